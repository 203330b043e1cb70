import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { grantedCustomer } from "../../testing/granted-customer.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

describe("POST /v1/check", () => {
  it("says yes with limit, provenance and freshness once the rights are granted", async () => {
    const { externalId, orderId } = await grantedCustomer(rig, { sku: "PRO", quantity: 250 });
    const answer = await rig.post("/v1/check", {
      body: { customer: `ext:${externalId}`, feature: "seats" },
    });
    expect(answer.json).toMatchObject({
      allowed: true,
      reason: "allowed",
      state: "active",
      limit: 250,
      usage: 0,
      remaining: 250,
      overage: 0,
      in_overage: false,
      source: "live",
      breakdown: [{ order_id: orderId, line_id: "1", limit: 250 }],
    });
    expect(answer.json.lag_ms).toBeLessThan(2_000);
    expect(answer.status).toBe(200);
  });
});
