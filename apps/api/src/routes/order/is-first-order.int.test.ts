import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiRig, startApiRig } from "../../testing/api-rig.ts";
import { anOrderRequest } from "../../testing/order-request.ts";
import { isFirstOrder } from "./is-first-order.ts";

let rig: ApiRig;
beforeAll(async () => {
  rig = await startApiRig();
});
afterAll(() => rig.stop());

it.each([
  ["Received", false],
  ["Active", false],
  ["Ended", false],
  ["Rejected", true],
  ["Canceled", true],
] as const)(
  "a customer whose only order stands at %s: the next is their first: %s",
  async (status, isFirst) => {
    const request = anOrderRequest();
    const externalId = `001${status}`;
    expect(await rig.inTenant((tx) => isFirstOrder(tx, externalId))).toBe(true);
    const { json } = await rig.post("/v1/orders", {
      headers: { "Idempotency-Key": externalId },
      body: { ...request, customer: { ...request.customer, external_id: externalId } },
    });
    await rig.inTenant((tx) =>
      tx.db.updateTable("orders").set({ status }).where("id", "=", json.id).execute(),
    );
    expect(await rig.inTenant((tx) => isFirstOrder(tx, externalId))).toBe(isFirst);
  },
);
