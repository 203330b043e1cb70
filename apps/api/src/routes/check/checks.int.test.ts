import { applySupersession, entitlementsOfOrder } from "@usher/database";
import { supersede } from "@usher/entitlement-core/entitlement";
import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, keyOf, startApiRig } from "../../testing/api-rig.ts";
import { eventually } from "../../testing/eventually.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";
import { anOrderRequest } from "../../testing/order-request.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

const check = (body: object, key?: string) =>
  rig.post("/v1/check", { body, ...(key === undefined ? {} : { key }) });
const use = (subject: string, quantity: number, id = `${subject}-${Math.random()}`) =>
  rig.post("/v1/usage_events", {
    body: {
      specversion: "1.0",
      id,
      source: "test",
      type: "usher.usage",
      subject,
      data: { feature: "api_calls", quantity },
    },
  });

describe("POST /v1/check", () => {
  it("says yes with limit, provenance and freshness", async () => {
    const { externalId, orderId, customerId } = await grantedCustomer(rig);
    for (const customer of [`ext:${externalId}`, customerId]) {
      const { json, status } = await check({ customer, feature: "seats" });
      expect(status).toBe(200);
      expect(json).toMatchObject({
        allowed: true,
        reason: "allowed",
        state: "active",
        limit: 250,
        usage: 0,
        remaining: 250,
        in_overage: false,
        source: "live",
        breakdown: [{ order_id: orderId, line_id: "1", limit: 250 }],
      });
      expect(json.lag_ms).toBeLessThan(5_000);
    }
    expect((await check({ customer: customerId, feature: "retention_days" })).json.value).toBe(30);
  });

  it("says no as an answer, never as an error", async () => {
    const { customerId } = await grantedCustomer(rig);
    const reasons = async (body: object) => {
      const { json, status } = await check(body);
      expect(status).toBe(200);
      expect(json.allowed).toBe(false);
      return json.reason;
    };
    expect(await reasons({ customer: "ext:nobody", feature: "sso" })).toBe("unknown_customer");
    expect(await reasons({ customer: customerId, feature: "teleport" })).toBe("unknown_feature");
    expect(await reasons({ customer: customerId, feature: "seats", amount: 251 })).toBe(
      "limit_reached",
    );
    const asked = await rig.post("/v1/orders", {
      body: anOrderRequest(),
      headers: { "Idempotency-Key": "not-granted" },
    });
    expect(await reasons({ customer: asked.json.customer.id, feature: "sso" })).toBe(
      "no_entitlement",
    );
  });

  it("counts usage at once in this process, each event once", async () => {
    const { customerId } = await grantedCustomer(rig);
    await use(customerId, 400, "u-1");
    await use(customerId, 400, "u-1");
    await use(customerId, 500, "u-2");
    const { json } = await check({ customer: customerId, feature: "api_calls", amount: 100 });
    expect(json).toMatchObject({ allowed: true, usage: 900, remaining: 100, limit: 1_000 });
    expect(
      (await check({ customer: customerId, feature: "api_calls", amount: 101 })).json.reason,
    ).toBe("limit_reached");
  });

  it("never gives one question another one's answer, however they are mixed", async () => {
    const { customerId } = await grantedCustomer(rig);
    await use(customerId, 990);
    for (let round = 0; round < 3; round += 1) {
      for (const [amount, allowed] of [
        [10, true],
        [11, false],
        [1, true],
        [0, true],
      ] as const) {
        expect(
          (await check({ customer: customerId, feature: "api_calls", amount })).json.allowed,
        ).toBe(allowed);
      }
      expect(
        (await check({ customer: customerId, feature: "seats", amount: 11 })).json.allowed,
      ).toBe(true);
    }
  });

  it("follows rights that end, by announcement or by looking", async () => {
    const { customerId, orderId } = await grantedCustomer(rig);
    expect((await check({ customer: customerId, feature: "sso" })).json.allowed).toBe(true);
    await rig.inTenant(async (tx) => {
      const held = await entitlementsOfOrder(tx, orderId as OrderId);
      await applySupersession(tx, supersede({ held, drafts: [], now: Date.now() as Instant }));
    });
    await eventually(
      async () =>
        expect((await check({ customer: customerId, feature: "sso" })).json.allowed).toBe(false),
      1_500,
    );
  });

  it("answers the past from the books, with the use as it was then", async () => {
    const { customerId } = await grantedCustomer(rig);
    const before = new Date(Date.now() - 2 * 3_600_000).toISOString();
    expect((await check({ customer: customerId, feature: "sso", at: before })).json).toMatchObject({
      allowed: false,
      source: "live",
      reason: "not_yet_active",
    });
    const later = new Date(Date.now() + 86_400_000).toISOString();
    expect((await check({ customer: customerId, feature: "sso", at: later })).json).toMatchObject({
      allowed: true,
      source: "live",
    });
  });
});

describe("POST /v1/check/batch", () => {
  it("answers each item in order, errors included", async () => {
    const { customerId } = await grantedCustomer(rig);
    const { json, status } = await rig.post("/v1/check/batch", {
      body: {
        checks: [
          { customer: customerId, feature: "sso" },
          { customer: customerId },
          { customer: "ext:nobody", feature: "sso" },
          "nonsense",
          {
            customer: customerId,
            feature: "seats",
            at: new Date(Date.now() - 3_600_000).toISOString(),
          },
          { customer: customerId, feature: "seats", amount: 5 },
        ],
      },
    });
    expect(status).toBe(200);
    expect(json.data).toMatchObject([
      { allowed: true },
      { problem: { code: "invalid_request" } },
      { allowed: false, reason: "unknown_customer" },
      { problem: { code: "invalid_request" } },
      { allowed: false, source: "live" },
      { allowed: true, limit: 250 },
    ]);
  });

  it("takes the list alone as well, with the same answers", async () => {
    const { customerId } = await grantedCustomer(rig);
    const checks = [{ customer: customerId, feature: "sso" }, { customer: customerId }];
    const alone = await rig.post("/v1/check/batch", { body: checks });
    expect(alone.status).toBe(200);
    expect(alone.json.data).toMatchObject([
      { allowed: true },
      { problem: { code: "invalid_request" } },
    ]);
  });

  it("names what is wrong with the body itself", async () => {
    for (const [body, pointer] of [
      [{}, "/checks"],
      [{ checks: [], more: 1 }, "/checks"],
      [{ checks: "all" }, "/checks"],
    ] as const) {
      const { json, status } = await rig.post("/v1/check/batch", { body });
      expect(status).toBe(400);
      expect(JSON.stringify(json.errors)).toContain(pointer);
    }
  });

  it("is bounded", async () => {
    const checks = Array.from({ length: 1_001 }, () => ({ customer: "ext:1", feature: "sso" }));
    expect((await rig.post("/v1/check/batch", { body: { checks } })).status).toBe(400);
    expect((await rig.post("/v1/check/batch", { body: checks })).status).toBe(400);
    expect((await rig.post("/v1/check/batch", { body: { checks: [] } })).status).toBe(400);
    expect((await rig.post("/v1/check/batch", { body: [] })).status).toBe(400);
  });
});

describe("a revoked key", () => {
  it("is refused within a second, also while it is in constant use", async () => {
    const secret = await rig.inTenant((tx) =>
      keyOf(tx, { name: "to be revoked", scopes: ["check"] }),
    );
    const keys = await rig.get("/v1/api_keys?limit=200");
    const { id } = keys.json.data.find((one: { name: string }) => one.name === "to be revoked");
    const ask = () => check({ customer: "ext:1", feature: "sso" }, secret);
    for (let use = 0; use < 5; use += 1) expect((await ask()).status).toBe(200);
    await rig.post(`/v1/api_keys/${id}/revoke`);
    await eventually(async () => {
      const refused = await ask();
      expect(refused.json.code).toBe("revoked_api_key");
    }, 1_000);
  });
});
