import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CurrencyCode, exponentOf, parseCurrency } from "./currency.ts";
import {
  addMoney,
  formatMoney,
  type MoneyFault,
  moneyToDecimal,
  multiplyMoney,
  parseMoney,
  sumMoney,
} from "./money.ts";

const usd = "USD" as CurrencyCode;

describe("parseMoney", () => {
  it.each([
    ["12.50", "USD", 1250],
    ["12", "USD", 1200],
    ["12.500000", "USD", 1250],
    ["0012.5", "USD", 1250],
    ["0", "USD", 0],
    ["-0.00", "USD", 0],
    ["1250", "JPY", 1250],
    ["1250.00", "JPY", 1250],
    ["1.234", "KWD", 1234],
    ["1.5", "MGA", 150],
    ["90071992547409.91", "USD", Number.MAX_SAFE_INTEGER],
  ])("%s %s is %i minor units", (amount, currency, minor) => {
    expect(parseMoney({ amount, currency })).toEqual({ ok: true, value: { minor, currency } });
  });

  it.each<[string, string, MoneyFault["kind"]]>([
    ["12.505", "USD", "too-many-decimals"],
    ["12.5", "JPY", "too-many-decimals"],
    ["1.2345", "KWD", "too-many-decimals"],
    ["1e3", "USD", "not-a-decimal"],
    ["1,000.00", "USD", "not-a-decimal"],
    ["+1", "USD", "not-a-decimal"],
    [".5", "USD", "not-a-decimal"],
    ["5.", "USD", "not-a-decimal"],
    [" 5", "USD", "not-a-decimal"],
    ["", "USD", "not-a-decimal"],
    ["NaN", "USD", "not-a-decimal"],
    ["٣", "USD", "not-a-decimal"],
    ["9".repeat(5_000), "USD", "not-a-decimal"],
    ["-0.01", "USD", "negative"],
    ["90071992547409.92", "USD", "too-large"],
    ["9".repeat(30), "JPY", "too-large"],
    ["1", "usd", "unknown-currency"],
    ["1", "XYZ", "unknown-currency"],
    ["1", "toString", "unknown-currency"],
  ])("refuses %s %s: %s", (amount, currency, kind) => {
    const read = parseMoney({ amount, currency });
    expect(read).toMatchObject({ ok: false, reasons: [{ kind }] });
    expect(!read.ok && read.reasons[0].sentence.length).toBeLessThan(200);
  });

  it("takes a negative amount where it is asked to", () => {
    expect(parseMoney({ amount: "-12.50", currency: "USD", allowNegative: true })).toEqual({
      ok: true,
      value: { minor: -1250, currency: "USD" },
    });
  });

  it("reads back every amount it writes, in currencies of 0, 2, 3 and 4 decimals", () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.constantFrom("JPY", "USD", "EUR", "KWD", "CLF"),
        (minor, code) => {
          const currency = code as CurrencyCode;
          const amount = moneyToDecimal({ minor, currency });
          expect(parseMoney({ amount, currency, allowNegative: true })).toEqual({
            ok: true,
            value: { minor, currency },
          });
        },
      ),
    );
  });
});

it("is written for people with groups and the currency's decimals", () => {
  expect(formatMoney({ minor: 120_525_000, currency: usd })).toBe("1,205,250.00 USD");
  expect(formatMoney({ minor: -5, currency: usd })).toBe("-0.05 USD");
  expect(formatMoney({ minor: 1234, currency: "JPY" as CurrencyCode })).toBe("1,234 JPY");
  expect(formatMoney({ minor: 1234, currency: "KWD" as CurrencyCode })).toBe("1.234 KWD");
});

it("a quantity of n costs what n single ones cost", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.nat(40), (minor, quantity) => {
      const one = { minor, currency: usd };
      expect(multiplyMoney(one, quantity)).toEqual(
        sumMoney(
          Array.from({ length: quantity }, () => one),
          usd,
        ),
      );
    }),
  );
});

it("an amount beyond the safe integers is never made", () => {
  const most = { minor: Number.MAX_SAFE_INTEGER, currency: usd };
  expect(() => multiplyMoney(most, 2)).toThrow(/beyond/);
  expect(() => addMoney(most, { minor: 1, currency: usd })).toThrow(/beyond/);
  expect(() => multiplyMoney(most, 0.5)).toThrow(/whole quantity/);
});

it("two currencies do not add up", () => {
  expect(() =>
    addMoney({ minor: 1, currency: usd }, { minor: 1, currency: "EUR" as CurrencyCode }),
  ).toThrow("USD and EUR do not add up.");
});

it("every currency of the table has the digits ISO 4217 gives it", () => {
  const digits = (code: string) => exponentOf(parseCurrency(code) ?? usd);
  expect(["USD", "JPY", "KWD", "CLF", "MGA", "MRU", "ISK", "HUF"].map(digits)).toEqual([
    2, 0, 3, 4, 2, 2, 0, 2,
  ]);
});
