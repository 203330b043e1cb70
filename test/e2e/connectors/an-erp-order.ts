import type { ErpOrder } from "@usher/connector-sdk/spec";

let orders = 0;

/** A new order of a new customer each time, revision 1. */
export function anErpOrder(change: Partial<ErpOrder> = {}): ErpOrder {
  orders += 1;
  return {
    orderId: `ord_booked_${orders}`,
    revision: 1,
    currency: "USD",
    customer: {
      customerId: `cus_booked_${orders}`,
      externalId: `crm-${orders}`,
      name: `Ærø & “Sons” ${orders}`,
      country: "DE",
    },
    lines: [anErpLine()],
    ...change,
  };
}

export function anErpLine(
  change: Partial<ErpOrder["lines"][number]> = {},
): ErpOrder["lines"][number] {
  return {
    lineId: "line_1",
    sku: "GTX-PRO",
    name: "GTX Pro",
    quantity: 3,
    unitAmountMinor: 8_325,
    startsOn: "2026-12-01",
    months: 12,
    ...change,
  };
}
