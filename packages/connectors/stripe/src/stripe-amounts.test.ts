import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromStripeAmount, toStripeAmount } from "./stripe-amount.ts";
import { toStripeInstallments } from "./stripe-installments.ts";

describe("toStripeAmount", () => {
  it.each([
    ["USD", 1_250, 1_250],
    ["EUR", 1, 1],
    ["JPY", 500, 500],
    ["KRW", 1_000, 1_000],
    ["KWD", 1_230, 1_230],
    ["ISK", 5, 500],
    ["UGX", 5, 500],
    ["MGA", 500, 5],
  ])(
    "%s %i minor units is %i at Stripe: by the currency, never times 100",
    (currency, minor, amount) => {
      expect(toStripeAmount({ minor, currency })).toBe(amount);
      expect(fromStripeAmount({ amount, currency: currency.toLowerCase() })).toBe(minor);
    },
  );

  it.each([
    ["KWD", 1_234],
    ["MGA", 501],
    ["XXQ", 1],
  ])("refuses %s %i, which Stripe cannot hold exactly", (currency, minor) => {
    expect(() => toStripeAmount({ minor, currency })).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ category: "validation" }) }),
    );
  });
});

describe("toStripeInstallments", () => {
  it("adds up to the price of the term exactly, whatever does not divide", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 100_000_000 }),
        fc.integer({ min: 1, max: 36 }),
        fc.constantFrom("month", "year"),
        (unitAmountMinor, months, interval) => {
          const { intervalCount, perPeriodMinor, remainderMinor, ...made } = toStripeInstallments({
            unitAmountMinor,
            months,
            interval,
          });
          const monthsPerPeriod = (made.interval === "year" ? 12 : 1) * intervalCount;
          const periods = months / monthsPerPeriod;
          expect(Number.isInteger(periods)).toBe(true);
          expect(perPeriodMinor * periods + remainderMinor).toBe(unitAmountMinor);
          expect(remainderMinor).toBeLessThan(periods);
          expect(remainderMinor).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it("bills a term of broken years in one, and refuses one that Stripe cannot", () => {
    expect(toStripeInstallments({ unitAmountMinor: 900, months: 18, interval: "year" })).toEqual({
      interval: "month",
      intervalCount: 18,
      perPeriodMinor: 900,
      remainderMinor: 0,
    });
    expect(() =>
      toStripeInstallments({ unitAmountMinor: 900, months: 42, interval: "year" }),
    ).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ category: "validation" }) }),
    );
  });
});
