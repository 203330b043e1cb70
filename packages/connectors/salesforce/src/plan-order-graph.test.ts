import { describe, expect, it } from "vitest";
import type { HeldOrder } from "./held-order.ts";
import { planOrderGraph } from "./plan-order-graph.ts";
import { orderFields } from "./salesforce-order-fields.ts";

const wanted = {
  orderId: "ord/1",
  fixed: { AccountId: "001" },
  values: { EffectiveDate: "2026-12-01" },
  items: ["a", "b"].map((key) => ({
    key,
    pricebookEntryId: "01u1",
    values: { Quantity: 1 },
  })),
};
const held: HeldOrder = {
  id: "801",
  number: "00000001",
  revision: 1,
  isActivated: true,
  isCanceled: false,
  items: [
    { id: "802a", key: "a", pricebookEntryId: "01u1", total: "1" },
    { id: "802b", key: "b", pricebookEntryId: "01u2", total: "1" },
    { id: "802c", key: "c", pricebookEntryId: "01u1", total: "1" },
  ],
};

function plan(order: HeldOrder | null) {
  return planOrderGraph({
    wanted,
    held: order,
    fields: orderFields("Usher"),
    statuses: { draft: "Draft", activated: "Activated" },
  });
}

const steps = (order: HeldOrder | null) =>
  plan(order).map(({ method, path, referenceId }) => `${referenceId}: ${method} ${path}`);

describe("the graph of an order", () => {
  it("makes the order and its products, and activates it last", () => {
    expect(steps(null)).toEqual([
      "order: POST /sobjects/Order",
      "line_0: PATCH /sobjects/OrderItem/Usher_Line_Id__c/a",
      "line_1: PATCH /sobjects/OrderItem/Usher_Line_Id__c/b",
      "activate: PATCH /sobjects/Order/@{order.id}",
    ]);
    expect(plan(null)[0]?.body).toMatchObject({ Usher_Order_Id__c: "ord/1", Status: "Draft" });
  });

  it("reopens an activated order by itself, swaps a product, drops what is not wanted", () => {
    expect(steps(held)).toEqual([
      "reopen: PATCH /sobjects/Order/801",
      "order: PATCH /sobjects/Order/801",
      "line_0: PATCH /sobjects/OrderItem/802a",
      "drop_1: DELETE /sobjects/OrderItem/802b",
      "line_1: PATCH /sobjects/OrderItem/Usher_Line_Id__c/b",
      "gone_2: DELETE /sobjects/OrderItem/802c",
      "activate: PATCH /sobjects/Order/801",
    ]);
    expect(plan(held)[0]?.body).toEqual({ Status: "Draft" });
    expect(plan(held)[2]?.body).toEqual({ Quantity: 1 });
  });

  it("goes on with a draft without reopening it", () => {
    expect(steps({ ...held, isActivated: false })[0]).toBe("order: PATCH /sobjects/Order/801");
  });
});
