import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { isErrorCode } from "@usher/entitlement-core/errors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type ApiRig, keyOf, startApiRig } from "../../testing/api-rig.ts";
import {
  everyRoute,
  exampleBodyOf,
  jsonRoutes,
  keyedRoutes,
  pathWithUnknownIds,
} from "../../testing/every-route.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

const idempotent = (name: string) => ({
  "Idempotency-Key": createHash("sha1").update(name).digest("hex"),
});

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.json, answer.text).toMatchObject({ status, code, type: `/docs/errors/${code}` });
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.json.trace_id).toMatch(/^[\da-f]{32}$/);
  expect(answer.json.request_id).toBe(answer.headers.get("x-request-id"));
  expect(answer.json.detail.length).toBeGreaterThan(20);
  expect(isErrorCode(answer.json.code)).toBe(true);
}

/** Well-formed, and never stored: its transaction is rolled back. */
async function keyOfAnotherHub({ inTenant }: ApiRig): Promise<string> {
  let secret = "";
  const rolledBack = inTenant(async (tx) => {
    secret = await keyOf(tx, { name: "elsewhere" });
    throw new Error("rolled back");
  });
  await expect(rolledBack).rejects.toThrow("rolled back");
  return secret;
}

describe.each(
  keyedRoutes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const),
)("%s, the key", (_, route) => {
  const send = (call: Parameters<ApiRig["send"]>[2]) =>
    rig.send(route.method.toUpperCase(), pathWithUnknownIds(route), {
      ...(route.method === "post" ? { body: exampleBodyOf(route) } : {}),
      ...call,
    });

  it("must be there, well-formed, known, live and allowed to", async () => {
    expectProblem(await send({ key: "" }), 401, "missing_api_key");
    for (const garbage of [
      "Basic dXNlcjpwYXNz",
      "Bearer",
      "Bearer ",
      "Bearer x",
      "Bearer usher_sk_",
      "Bearer usher_sk_live_short",
      `Bearer ${rig.tenant.key}x`,
      `Bearer  ${rig.tenant.key}`,
      `${rig.tenant.key}`,
    ]) {
      expectProblem(
        await send({ key: "", headers: { Authorization: garbage } }),
        401,
        "malformed_api_key",
      );
    }
    const foreignHub = "usher_sk_test_0000000000000000000000000000000000000000000";
    expectProblem(
      await send({ key: "", headers: { Authorization: `Bearer ${foreignHub}` } }),
      401,
      "malformed_api_key",
    );
    expectProblem(await send({ key: await keyOfAnotherHub(rig) }), 401, "unknown_api_key");
    const [revoked, expired, scopeless] = await rig.inTenant(async (tx) => {
      const keys = [
        await keyOf(tx, { name: "revoked" }),
        await keyOf(tx, { name: "expired", expiresAt: (Date.now() - 1) as never }),
        await keyOf(tx, {
          name: "scopeless",
          scopes: [route.access === "check" ? "orders:read" : "check"],
        }),
      ];
      await tx.db
        .updateTable("api_keys")
        .set({ revoked_at: new Date() })
        .where("name", "=", "revoked")
        .execute();
      return keys;
    });
    expectProblem(await send({ key: revoked ?? "" }), 401, "revoked_api_key");
    expectProblem(await send({ key: expired ?? "" }), 401, "expired_api_key");
    expectProblem(await send({ key: scopeless ?? "" }), 403, "missing_scope");
  });

  it("is asked for a version that is spoken here", async () => {
    expectProblem(
      await send({ headers: { "Usher-Version": "2019-01-01" } }),
      400,
      "unsupported_version",
    );
  });
});

describe.each(
  jsonRoutes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const),
)("%s, the body", (name, route) => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    rig.post(pathWithUnknownIds(route), { body, headers: { ...idempotent(name), ...headers } });

  it("must be JSON, of the right type, flat, of bounded size, with known fields only", async () => {
    for (const malformed of ["{", "", "nonsense", "{'a':1}", '{"a":1,}'])
      expectProblem(await post(malformed), 400, "malformed_json");
    expectProblem(await post('{"a":1,"a":2}'), 400, "malformed_json");
    expectProblem(await post(Uint8Array.of(0x7b, 0xff, 0x7d)), 400, "malformed_json");
    for (const wrong of [[], "text", 7, null, true])
      expectProblem(await post(JSON.stringify(wrong)), 400, "invalid_request");
    expectProblem(await post("[".repeat(40) + "]".repeat(40)), 400, "body_too_deep");
    const unknown = await post({ ...(exampleBodyOf(route) as object), surely_unknown_field: 1 });
    expectProblem(unknown, 400, "invalid_request");
    expect(JSON.stringify(unknown.json.errors)).toContain("surely_unknown_field");
    for (const item of unknown.json.errors) expect(item.fix.length).toBeGreaterThan(3);
    expectProblem(
      await post("{}", { "Content-Type": "text/plain" }),
      415,
      "unsupported_media_type",
    );
    expectProblem(
      await post("{}", { "Content-Type": "application/json; charset=utf-16" }),
      415,
      "unsupported_media_type",
    );
    const gzipped = await post(gzipSync("{}"), { "Content-Encoding": "gzip" });
    expectProblem(gzipped, 415, "unsupported_media_type");
    const bytesMax = route.body?.bytesMax ?? 0;
    expectProblem(await post(`"${"x".repeat(bytesMax)}"`), 413, "body_too_large");
  });

  it("is cut off at its bound also when it comes in chunks without a length", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const response = await rig.api.app.request(`http://hub.test${pathWithUnknownIds(route)}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${rig.tenant.key}`,
        "Content-Type": "application/json",
        ...idempotent(name),
      },
      body: endless,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan((route.body?.bytesMax ?? 0) / 65_536 + 5);
  });
});

describe("every path", () => {
  it("answers a method it does not know with 405 and Allow, and OPTIONS with the methods", async () => {
    for (const route of everyRoute) {
      const path = pathWithUnknownIds(route);
      const wrong = await rig.send("DELETE", path);
      expectProblem(wrong, 405, "method_not_allowed");
      expect(wrong.headers.get("allow")).toContain(route.method.toUpperCase());
      const options = await rig.send("OPTIONS", path);
      expect(options.status).toBe(204);
      expect(options.headers.get("allow")).toContain(route.method.toUpperCase());
    }
  });

  it("answers HEAD as GET, without a body", async () => {
    for (const route of everyRoute.filter((one) => one.method === "get")) {
      const path = pathWithUnknownIds(route);
      const [head, get] = [await rig.send("HEAD", path), await rig.get(path)];
      expect(head.status, route.path).toBe(get.status);
      expect(head.text).toBe("");
    }
  });

  it("takes a malformed id for one that names nothing", async () => {
    for (const route of everyRoute.filter((one) => one.params !== undefined)) {
      for (const id of [
        "x",
        "ord_",
        "..%2f..%2fetc",
        "%00",
        "%ff",
        "ord_0000000000000000000000000I",
        "a".repeat(3_000),
      ]) {
        const path = route.path.replace(/\{\w+\}/, id);
        const answer = await rig.send(
          route.method.toUpperCase(),
          path,
          route.method === "post" ? { body: exampleBodyOf(route), headers: idempotent(id) } : {},
        );
        expect([404, 401], `${route.method} ${path} ${answer.text}`).toContain(answer.status);
      }
    }
  });

  it("says of a malformed id what it says of one that names nothing", async () => {
    for (const route of everyRoute) {
      if (route.method !== "get" || route.params === undefined) continue;
      const unknown = await rig.get(pathWithUnknownIds(route));
      const malformed = await rig.get(route.path.replace(/\{\w+\}/, "x"));
      expect([unknown.status, malformed.status], route.path).toEqual([404, 404]);
      expect(malformed.json.detail, route.path).toBe(unknown.json.detail);
    }
  });

  it("refuses unknown and malformed parameters of its query", async () => {
    for (const route of everyRoute.filter((one) => one.query !== undefined)) {
      const path = pathWithUnknownIds(route);
      for (const query of [
        "surely=unknown",
        "limit=0",
        "limit=-1",
        "limit=1e9",
        "limit=abc",
        "cursor=%00",
        "cursor=not-a-cursor",
        "limit=1&limit=2",
      ]) {
        if (route.operationId === "listCustomerEntitlements" && !query.startsWith("surely"))
          continue;
        const answer = await rig.get(`${path}?${query}`);
        expect([400, 404], `${path}?${query} ${answer.text}`).toContain(answer.status);
      }
    }
  });

  it("says nothing about the inside when there is no such path", async () => {
    expectProblem(await rig.get("/v1/secrets"), 404, "not_found");
    expectProblem(await rig.get("/v1/orders/"), 404, "not_found");
    expectProblem(await rig.get("/.env"), 404, "not_found");
  });
});
