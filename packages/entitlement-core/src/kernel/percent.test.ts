import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CurrencyCode } from "./currency.ts";
import { isPercentAbove, percentBelow, percentText } from "./percent.ts";

const usd = (minor: number) => ({ minor, currency: "USD" as CurrencyCode });
const below = (list: number, actual: number) =>
  percentBelow({ list: usd(list), actual: usd(actual) });

describe("percentBelow", () => {
  it("a discount of exactly 20 % is not above 20 %, and one cent more is", () => {
    expect(isPercentAbove(below(55_000, 44_000), 20)).toBe(false);
    expect(isPercentAbove(below(55_000, 43_999), 20)).toBe(true);
  });

  it("is exact where floating point is not", () => {
    // (100 - 70.1) / 100 is 0.29900000000000004 in floating point.
    expect(isPercentAbove(below(1000, 701), 29.9)).toBe(false);
    // 1 - 0.9 is 0.09999999999999998, and 1.1 - 1 is above 0.1.
    expect(isPercentAbove(below(10, 9), 10)).toBe(false);
  });

  it("agrees with whole-number arithmetic for every price and every limit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.maxSafeNat(),
        fc.integer({ min: 0, max: 9_999 }),
        (list, actual, hundredths) => {
          const isAbove =
            10_000n * (BigInt(list) - BigInt(actual)) > BigInt(hundredths) * BigInt(list);
          expect(isPercentAbove(below(list, actual), hundredths / 100)).toBe(isAbove);
        },
      ),
    );
  });

  it("nothing is below a list price of 0, and a price above list is no discount", () => {
    expect(isPercentAbove(below(0, 0), 0)).toBe(false);
    expect(isPercentAbove(below(100, 150), 0)).toBe(false);
  });

  it.each([
    [100, 72, "28"],
    [1000, 875, "12.5"],
    [300, 200, "33.33"],
    [300, 100, "66.67"],
    [100, 150, "-50"],
    [100, 100, "0"],
    [100_000, 79_999, "20"],
  ])("of %i at %i is shown as %s", (list, actual, text) => {
    expect(percentText(below(list, actual))).toBe(text);
  });
});
