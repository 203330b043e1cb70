import fc from "fast-check";
import { expect, it } from "vitest";
import { formatUnits, multiplyDecimals, parseDecimal, toUnits } from "./decimal.ts";

it("a decimal of units reads back as the same units", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 0, max: 6 }),
      (units, places) => {
        const decimal = parseDecimal(formatUnits(units, places));
        expect(decimal && toUnits(decimal, places)).toBe(units);
      },
    ),
  );
});

it("a product is exact where floating point is not", () => {
  const price = parseDecimal("1.005");
  const quantity = parseDecimal("1000");
  expect(price && quantity && toUnits(multiplyDecimals(price, quantity), 2)).toBe(100_500n);
});

it.each([
  ["0.5", 1n],
  ["-0.5", -1n],
  ["1.49999", 1n],
  ["1e3", 1000n],
  ["2.5e-1", 0n],
])("%s rounds to %s whole units", (text, expected) => {
  const decimal = parseDecimal(text);
  expect(decimal && toUnits(decimal, 0)).toBe(expected);
});

it.each(["", "1.", ".5", "abc", "1,5", "NaN", "0x10"])("%j is no decimal", (text) => {
  expect(parseDecimal(text)).toBeUndefined();
});
