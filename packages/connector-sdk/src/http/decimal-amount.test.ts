import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromDecimalAmount, toDecimalAmount } from "./decimal-amount.ts";

describe("decimal amounts", () => {
  it("come back as they went, in currencies of none, two and three decimals", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        fc.constantFrom("JPY", "USD", "KWD"),
        (minor, currency) => {
          const amount = toDecimalAmount({ minor, currency });
          expect(fromDecimalAmount({ amount, currency, what: "An amount" })).toBe(minor);
        },
      ),
    );
  });

  it("are refused with a reason: a currency that is none, more digits than the currency has", () => {
    expect(() => toDecimalAmount({ minor: 1, currency: "XXQ" })).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ category: "validation" }) }),
    );
    expect(() => fromDecimalAmount({ amount: "1.234", currency: "USD", what: "A total" })).toThrow(
      expect.objectContaining({
        detail: expect.objectContaining({
          category: "schema_drift",
          message: expect.stringContaining("A total: "),
        }),
      }),
    );
  });
});
