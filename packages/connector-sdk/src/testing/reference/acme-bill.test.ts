import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseDecimalSafeJson } from "../../http/index.ts";
import { acmeBill } from "./acme-bill-api.ts";
import { fromAcmeAmount, toAcmeAmount } from "./acme-money.ts";

const fixture = parseDecimalSafeJson(
  readFileSync(join(import.meta.dirname, "fixtures/bill.json"), "utf8"),
);

it("a bill's total arrives in minor units, exactly", () => {
  const { total } = acmeBill.parse(fixture);
  expect(fromAcmeAmount({ amount: total, currency: "EUR" })).toBe(125_050);
});

it.each([
  ["USD", 125_050, "1250.50"],
  ["JPY", 1_250, "1250"],
  ["BHD", 1_250, "1.250"],
])("an amount of %s goes there and back", (currency, minor, amount) => {
  expect(toAcmeAmount({ minor, currency })).toBe(amount);
  expect(fromAcmeAmount({ amount, currency })).toBe(minor);
});
