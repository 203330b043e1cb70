import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseDecimalSafeJson } from "../../http/index.ts";
import { fromAcmeAmount } from "./acme-money.ts";
import { acmeSalesOrder } from "./acme-sales-order-api.ts";

const fixture = parseDecimalSafeJson(
  readFileSync(join(import.meta.dirname, "fixtures/sales-order.json"), "utf8"),
);

it("a sales order's total arrives in minor units, though Acme writes a number", () => {
  const { total } = acmeSalesOrder.parse(fixture);
  expect(fromAcmeAmount({ amount: total, currency: "EUR" })).toBe(24_975);
});
