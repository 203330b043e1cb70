import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromDecimalAmount, parseDecimalSafeJson } from "@usher/connector-sdk/http";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toHeldSale } from "./held-sale.ts";
import { toErpInvoices } from "./to-erp-invoices.ts";
import { describeMark, lineIdOf, lineMark, markOf } from "./tryton-marks.ts";
import { trytonSale } from "./tryton-sale-api.ts";
import { isSameDecimal, toTrytonDecimal, trytonDecimal } from "./tryton-values.ts";

const recorded = readFileSync(
  join(import.meta.dirname, "fixtures/sale-amended-after-posting.json"),
  "utf8",
);
const { result: sales } = z
  .object({ result: z.array(trytonSale) })
  .parse(parseDecimalSafeJson(recorded));

describe("a recorded sale", () => {
  it("is read with its mark, its lines and what was posted", () => {
    expect(sales.map(toHeldSale)).toMatchObject([
      {
        id: 1,
        state: "processing",
        currency: "USD",
        mark: { revision: 2, isTakenBack: false },
        openAmendments: [],
        lines: [
          {
            lineId: "line_1",
            quantity: "5.0",
            unitPrice: "83.25",
            amount: "416.25",
            isPosted: true,
          },
          { lineId: "line_2", quantity: "0.0", unitPrice: "9.99", amount: "0.00", isPosted: true },
        ],
      },
    ]);
  });

  it("shows its invoices to the cent", () => {
    expect(toErpInvoices(sales)).toEqual({
      state: "awaiting_payment",
      invoices: [
        {
          id: "1",
          number: "1",
          state: "posted",
          untaxedMinor: 31_968,
          totalMinor: 31_968,
          currency: "USD",
        },
        {
          id: "2",
          number: null,
          state: "draft",
          untaxedMinor: 9_657,
          totalMinor: 9_657,
          currency: "USD",
        },
      ],
    });
  });
});

describe("amounts", () => {
  it.each([
    [31_968, "USD", "319.68"],
    [500, "JPY", "500"],
    [1_230, "KWD", "1.230"],
    [0, "USD", "0.00"],
  ])("%i minor units of %s are the decimal %s, and no JSON number", (minor, currency, decimal) => {
    expect(toTrytonDecimal({ minor, currency })).toEqual({ __class__: "Decimal", decimal });
  });

  it("come back as they went, whatever their size", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom("USD", "JPY", "KWD"), (minor, currency) => {
        const { decimal: amount } = toTrytonDecimal({ minor, currency });
        expect(fromDecimalAmount({ amount, currency, what: "x" })).toBe(minor === 0 ? 0 : minor);
      }),
    );
  });

  it("in Python's own notation are read as plain decimals", () => {
    expect(trytonDecimal.parse({ __class__: "Decimal", decimal: "5E+2" })).toBe("500");
    expect(trytonDecimal.parse({ __class__: "Decimal", decimal: "0E-8" })).toMatch(/^0\.0+$/);
    expect(trytonDecimal.safeParse({ __class__: "Decimal", decimal: "NaN" }).success).toBe(false);
    expect(trytonDecimal.safeParse(249.75).success).toBe(false);
  });

  it("with more digits than the currency has are no amount of it", () => {
    expect(() => fromDecimalAmount({ amount: "1.005", currency: "USD", what: "Sale 1" })).toThrow(
      /Sale 1: USD has 2 digits/,
    );
  });

  it.each([
    ["3", "3.0", true],
    ["3.10", "3.1", true],
    ["-0.00", "0", true],
    ["30", "3", false],
    ["0.3", "0.30001", false],
  ])("%s and %s are the same number: %s", (one, other, isSame) => {
    expect(isSameDecimal(one, other)).toBe(isSame);
  });
});

describe("marks", () => {
  it("a line's mark is found again, whatever a person wrote below it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^\n]{1,40}$/), fc.string(), (lineId, below) => {
        expect(lineIdOf(`${lineMark(lineId)}\n${below}`)).toBe(lineId);
      }),
    );
  });

  it.each([null, "", "by hand", "usher", "see usher:line:1"])("%j is nobody's mark", (note) => {
    expect(lineIdOf(note)).toBeNull();
    expect(markOf(note)).toBeNull();
  });

  it.each([
    { revision: 1, isTakenBack: false },
    { revision: 12, isTakenBack: true },
  ])("what %j describes is read back, with or without a reason behind it", (mark) => {
    expect(markOf(describeMark(mark))).toEqual(mark);
    expect(markOf(`${describeMark(mark)}: canceled by Dana`)).toEqual(mark);
  });
});
