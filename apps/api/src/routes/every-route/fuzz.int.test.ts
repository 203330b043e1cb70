import type { RouteDescription } from "@usher/api-contract";
import { createOpenApiDocument } from "@usher/api-contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { everyRoute, exampleBodyOf } from "../../testing/every-route.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";

const document = createOpenApiDocument();
const paths = (document.paths ?? {}) as Readonly<
  Record<string, Readonly<Record<string, { readonly responses: object }>>>
>;

let rig: ApiRig;
let ids: readonly string[];
beforeAll(async () => {
  rig = await startApiRig({ limits: { requestsPerSecond: 1_000_000 } });
  const { orderId, customerId, externalId } = await grantedCustomer(rig);
  ids = [orderId, customerId, `ext:${externalId}`, "ext:", "cus_", "x"];
});
afterAll(() => rig.stop());

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "\u0000",
    "\ud800",
    "'; drop table orders; --",
    "$\u007bjndi:ldap://x}",
    "../../etc/passwd",
    "9".repeat(400),
    "1e999",
    "-0",
    "__proto__",
    "null",
    "😀".repeat(20),
  ),
);
const anyJson = fc.oneof(
  nasty,
  fc.jsonValue({ maxDepth: 4 }),
  fc.integer(),
  fc.double(),
  fc.constant(Number.MAX_SAFE_INTEGER + 2),
);

/** The example body with some of its parts replaced, dropped, doubled or invented. */
function mutated(body: unknown): fc.Arbitrary<unknown> {
  if (typeof body !== "object" || body === null)
    return fc.oneof({ weight: 3, arbitrary: fc.constant(body) }, anyJson);
  if (Array.isArray(body)) {
    const items = fc.tuple(...body.map(mutated));
    return fc.oneof(
      { weight: 4, arbitrary: items },
      anyJson,
      items.map((list) => [...list, ...list]),
      fc.constant([]),
    );
  }
  const fields = fc.record(
    Object.fromEntries(Object.entries(body).map(([key, value]) => [key, mutated(value)])),
    { requiredKeys: [] },
  );
  const whole = fc.record(
    Object.fromEntries(Object.entries(body).map(([key, value]) => [key, mutated(value)])),
  );
  return fc.oneof({ weight: 5, arbitrary: whole }, { weight: 2, arbitrary: fields }, anyJson);
}

function requestOf(route: RouteDescription) {
  return fc.record({
    id: fc.oneof(
      fc.nat(5).map((at) => ids[at] ?? "x"),
      nasty.map((text) => text.slice(0, 200)),
    ),
    body: mutated(exampleBodyOf(route)),
    query: fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      fc
        .array(
          fc.tuple(
            fc.constantFrom("limit", "cursor", "status", "at", "customer", "mine", "source_id"),
            nasty,
          ),
          { maxLength: 3 },
        )
        .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${safe(value)}`).join("&")}`),
    ),
    headers: fc.record(
      {
        "Idempotency-Key": fc.oneof(
          fc.uuid(),
          fc
            .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 300 })
            .map((text) => text.trim() || "x"),
        ),
        "If-Match": fc.constantFrom("*", '"x"', "", "W/"),
        "If-None-Match": fc.constantFrom("*", '"x"', ","),
        traceparent: fc.constantFrom(
          "00-0-0-0",
          "garbage",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        "Usher-Version": fc.constantFrom("2026-11-24", "x"),
      },
      { requiredKeys: ["Idempotency-Key"] },
    ),
  });
}

function safe(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ""));
}

describe("whatever is sent", () => {
  it.each(
    everyRoute.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const),
  )("%s answers as its document says, and never with 500", async (_, route) => {
    const documented = Object.keys(paths[route.path]?.[route.method]?.responses ?? {}).map(Number);
    await fc.assert(
      fc.asyncProperty(requestOf(route), async ({ id, body, query, headers }) => {
        const path = route.path.replace(/\{\w+\}/, safe(id) || "x") + query;
        const answer = await rig.send(route.method.toUpperCase(), path, {
          headers,
          ...(route.method === "post"
            ? {
                body: JSON.stringify(body) ?? "null",
                headers: { ...headers, "Content-Type": "application/json" },
              }
            : {}),
        });
        expect(
          answer.status,
          `${path}\n${answer.text}\n${rig.logged.slice(-2).join("")}`,
        ).toBeLessThan(500);
        // A path that an id turned into another one is answered by whatever is there.
        if (!/[/?#.]|^$/.test(id)) expect(documented, answer.text).toContain(answer.status);
      }),
      { numRuns: route.method === "post" ? 60 : 25 },
    );
  });
});
