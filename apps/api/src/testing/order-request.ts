let count = 0;

/** A valid `POST /v1/orders` body for a deal of its own. */
export function anOrderRequest(
  change: { readonly unitPrice?: string; readonly sku?: string; readonly externalId?: string } = {},
) {
  count += 1;
  return {
    source: { system: "my-crm", id: `D-${process.pid}-${count}`, version: "1" },
    kind: "new",
    name: `Deal ${count}`,
    customer: {
      external_id: change.externalId ?? `A-${count}`,
      name: `Customer ${count}`,
      country: "DE",
    },
    currency: "USD",
    lines: [
      {
        line_id: "1",
        sku: change.sku ?? "PRO",
        quantity: 250,
        unit_price: { amount: change.unitPrice ?? "100.00" },
        term: { starts_on: "2026-11-01", months: 12 },
      },
    ],
  };
}
