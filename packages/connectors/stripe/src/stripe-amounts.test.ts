import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chargeableStepOf, fromStripeAmount, toStripeAmount } from "./stripe-amount.ts";
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

const aYearlyPrice = { unitAmountMinor: 900, interval: "year", stepMinor: 1 } as const;

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
            stepMinor: 1,
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

  it("splits what Stripe can bill into parts that Stripe can bill: KWD takes two of its three decimals", () => {
    const currencies = "USD EUR JPY KRW ISK UGX HUF TWD MGA BHD JOD KWD OMR TND".split(" ");
    fc.assert(
      fc.property(
        fc.constantFrom(...currencies),
        fc.nat({ max: 10_000_000 }),
        fc.integer({ min: 1, max: 36 }),
        (currency, steps, months) => {
          const stepMinor = chargeableStepOf(currency);
          const unitAmountMinor = steps * stepMinor;
          const { perPeriodMinor, remainderMinor } = toStripeInstallments({
            unitAmountMinor,
            months,
            interval: "month",
            stepMinor,
          });
          expect(perPeriodMinor * months + remainderMinor).toBe(unitAmountMinor);
          for (const minor of [unitAmountMinor, perPeriodMinor, remainderMinor]) {
            const amount = toStripeAmount({ minor, currency });
            expect(fromStripeAmount({ amount, currency })).toBe(minor);
          }
        },
      ),
    );
  });

  it("bills a term of broken years in one, and refuses one that Stripe cannot", () => {
    expect(toStripeInstallments({ ...aYearlyPrice, months: 18 })).toEqual({
      interval: "month",
      intervalCount: 18,
      perPeriodMinor: 900,
      remainderMinor: 0,
    });
    expect(() => toStripeInstallments({ ...aYearlyPrice, months: 42 })).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ category: "validation" }) }),
    );
  });
});
