import { statusAt, trustKeys, verifyStatusList, verifyToken } from "@usher/token-signer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { type GrantedCustomer, grantedCustomer } from "../../testing/granted-customer.ts";

let rig: ApiRig;
let customer: GrantedCustomer;
beforeAll(async () => {
  rig = await startApiRig();
  customer = await grantedCustomer(rig);
});
afterAll(() => rig.stop());

const issue = (body: object = {}, headers = {}) =>
  rig.post("/v1/tokens", { body: { customer: customer.customerId, ...body }, headers });

describe("tokens", () => {
  it("are signed license documents that the published keys verify", async () => {
    const { json, status, headers } = await issue({ ttl_seconds: 3_600 });
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/v1/tokens/${json.jti}`);
    const [head = ""] = json.token.split(".");
    expect(JSON.parse(Buffer.from(head, "base64url").toString())).toMatchObject({
      typ: "usher-license+jwt",
      alg: "EdDSA",
      kid: json.kid,
    });
    expect(json.claims).toMatchObject({
      iss: "http://hub.test",
      aud: "usher",
      sub: customer.customerId,
      jti: json.jti,
    });
    expect(Object.keys(json.claims.entitlements)).toEqual(
      expect.arrayContaining(["sso", "seats", "api_calls"]),
    );
    expect(json.claims.exp - json.claims.iat).toBe(3_600);
    const jwks = await rig.get("/.well-known/jwks.json", { key: "" });
    expect(jwks.json.keys.map((key: { kid: string }) => key.kid)).toContain(json.kid);
    for (const key of jwks.json.keys) expect(Object.keys(key)).not.toContain("d");
    const keys = trustKeys([{ issuer: "http://hub.test", jwks: jwks.json.keys }]);
    const expected = { keys, issuer: "http://hub.test", audience: "usher" };
    expect(verifyToken({ compact: json.token, now: Date.now(), ...expected })).toMatchObject({
      ok: true,
    });
    expect(
      verifyToken({ compact: `${json.token.slice(0, -4)}AAAA`, now: Date.now(), ...expected }),
    ).toMatchObject({ ok: false });
  });

  it("stand in a signed status list, whose bit is set by revoking", async () => {
    const { json } = await issue();
    const { uri } = json.claims.status.status_list;
    const path = new URL(uri).pathname;
    const before = await rig.get(path, { key: "" });
    expect(before.headers.get("content-type")).toBe("application/statuslist+jwt");
    const revoked = await rig.post(`/v1/tokens/${json.jti}/revoke`, {
      body: { because: "Laptop lost" },
    });
    expect(revoked.json).toMatchObject({
      revoked_because: "Laptop lost",
      revoked_at: expect.stringMatching(/Z$/),
    });
    const after = await rig.get(path, {
      key: "",
      headers: { "If-None-Match": before.headers.get("etag") ?? "" },
    });
    expect(after.status).toBe(200);
    expect(after.text).not.toBe(before.text);
    const jwks = await rig.get("/.well-known/jwks.json", { key: "" });
    const keys = trustKeys([{ issuer: "http://hub.test", jwks: jwks.json.keys }]);
    const { idx } = json.claims.status.status_list;
    const statusIn = (compact: string) => {
      const list = verifyStatusList({
        compact,
        keys,
        issuer: "http://hub.test",
        uri,
        now: Date.now(),
      });
      return list.ok ? statusAt({ bits: list.value.bits, index: idx }) : list;
    };
    expect([statusIn(before.text), statusIn(after.text)]).toEqual(["valid", "revoked"]);
    const again = await rig.post(`/v1/tokens/${json.jti}/revoke`);
    expect(again.json).toMatchObject({ status: 409, code: "token_revoked" });
    expect((await rig.get(`/v1/tokens/${json.jti}`)).json.revoked_because).toBe("Laptop lost");
  });

  it("are not signed twice under one Idempotency-Key", async () => {
    const headers = { "Idempotency-Key": "one-token" };
    const [first, second] = [await issue({}, headers), await issue({}, headers)];
    expect(second.json.jti).toBe(first.json.jti);
    expect(second.headers.get("idempotency-replayed")).toBe("true");
  });

  it("are refused where there is nothing to sign, and where there is nobody", async () => {
    const asked = await rig.post("/v1/orders", {
      body: {
        source: { system: "x", id: "empty", version: "1" },
        kind: "new",
        customer: { external_id: "EMPTY", name: "Empty" },
        currency: "USD",
        lines: [
          {
            line_id: "1",
            sku: "PRO",
            quantity: 1,
            unit_price: { amount: "100" },
            term: { starts_on: "2026-11-01", months: 1 },
          },
        ],
      },
      headers: { "Idempotency-Key": "empty" },
    });
    expect((await issue({ customer: asked.json.customer.id })).json.code).toBe("nothing_to_sign");
    expect((await issue({ customer: "ext:nobody" })).json.code).toBe("not_found");
    for (const ttl of [0, 59, 31_622_401, 1.5, "60"])
      expect((await issue({ ttl_seconds: ttl })).json.code).toBe("invalid_request");
  });

  it("of a list that does not exist are not found", async () => {
    expect(
      (await rig.get("/v1/status_lists/stl_01jd8e6q2mf8hr4wv2nq9x5t3c", { key: "" })).status,
    ).toBe(404);
  });
});

describe("GET /v1/customers/{id}/entitlements", () => {
  it("shows each feature with its sources, at any instant", async () => {
    for (const id of [customer.customerId, `ext:${customer.externalId}`]) {
      const { json } = await rig.get(`/v1/customers/${id}/entitlements`);
      expect(json.customer.id).toBe(customer.customerId);
      expect(json.data.map((one: { feature: string }) => one.feature).toSorted()).toEqual([
        "api_calls",
        "retention_days",
        "seats",
        "sso",
      ]);
      expect(json.data.find((one: { feature: string }) => one.feature === "seats")).toMatchObject({
        limit: 250,
        is_active: true,
        fail_policy: "closed",
        breakdown: [{ order_id: customer.orderId }],
      });
    }
    const long = await rig.get(
      `/v1/customers/${customer.customerId}/entitlements?at=2031-01-01T00:00:00Z`,
    );
    expect(long.json.data.every((one: { is_active: boolean }) => !one.is_active)).toBe(true);
  });

  it("answers polls with 304 while nothing changes, although time goes on", async () => {
    const path = `/v1/customers/${customer.customerId}/entitlements`;
    const first = await rig.get(path);
    expect(
      (await rig.get(path, { headers: { "If-None-Match": first.headers.get("etag") ?? "" } }))
        .status,
    ).toBe(304);
  });

  it("knows no customer of another name", async () => {
    for (const id of ["ext:nobody", "cus_01jd8e6q2mf8hr4wv2nq9x5t3c", "nonsense"])
      expect((await rig.get(`/v1/customers/${id}/entitlements`)).status).toBe(404);
    expect(
      (await rig.get(`/v1/customers/${customer.customerId}/entitlements?at=yesterday`)).json
        .errors[0].pointer,
    ).toBe("query:at");
  });
});
