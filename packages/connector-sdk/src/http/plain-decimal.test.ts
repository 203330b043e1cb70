import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDecimalSafeJson } from "./parse-decimal-safe-json.ts";
import { plainDecimal } from "./plain-decimal.ts";

describe("plainDecimal", () => {
  it.each([
    ["1e2", "100"],
    ["1E+2", "100"],
    ["1.5e-3", "0.0015"],
    ["-12.345e1", "-123.45"],
    ["0.1e1", "1"],
    ["12.50", "12.50"],
    ["0", "0"],
    ["1e-1", "0.1"],
    ["100e-2", "1.00"],
  ])("writes %s as %s", (literal, plain) => {
    expect(plainDecimal(literal)).toBe(plain);
  });

  it("refuses an exponent that would fill memory", () => {
    expect(plainDecimal("1e999999999")).toBeNull();
  });

  it("keeps the value of any number JavaScript can write", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e90, max: 1e90 }),
        (value) => {
          const literal = JSON.stringify(value);
          fc.pre(plainDecimal(literal) !== null);
          expect(Number(plainDecimal(literal))).toBe(value === 0 ? 0 : value);
        },
      ),
    );
  });
});

describe("parseDecimalSafeJson", () => {
  it("keeps a number only where a double holds it exactly, however and wherever it is written", () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,19})$/);
    const literal = fc
      .tuple(fc.constantFrom("", "-"), digits, fc.constantFrom("", ".5", ".0", "e2", "E-3"))
      .map((parts) => parts.join(""));
    const gap = fc.constantFrom("", " ", "\n\t ");
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1 }), gap, gap, (literals, before, after) => {
        const list = `[${literals.map((one) => before + one + after).join(",")}]`;
        const members = literals.map((one, index) => `"k${index}"${after}:${before}${one}`);
        const expected = literals.map((one) =>
          /^-?\d+$/.test(one) && Number.isSafeInteger(Number(one)) ? Number(one) + 0 : "text",
        );
        const seen = (value: unknown) => (typeof value === "string" ? "text" : value);
        for (const text of [list, `{${members.join(",")}}`, `{"in":${list}}`]) {
          const parsed = parseDecimalSafeJson(text) as object;
          const values = Object.values("in" in parsed ? (parsed.in as object) : parsed);
          expect(values.map(seen)).toEqual(expected);
        }
        const alone = parseDecimalSafeJson(before + (literals[0] ?? "0"));
        expect(seen(alone)).toEqual(expected[0]);
      }),
      { numRuns: 500 },
    );
  });

  it("lets no amount pass through floating point", () => {
    const text =
      '{"a":0.1,"b":1e2,"c":12.50,"d":9007199254740993,"e":[0.30000000000000004],"f":-0}';
    expect(parseDecimalSafeJson(text)).toEqual({
      a: "0.1",
      b: "100",
      c: "12.50",
      d: "9007199254740993",
      e: ["0.30000000000000004"],
      f: 0,
    });
  });

  it("leaves plain integers, text, flags and nulls as they are", () => {
    const text = '{"n":42,"s":"0.10","t":true,"z":null,"nested":{"n":-7}}';
    expect(parseDecimalSafeJson(text)).toEqual({
      n: 42,
      s: "0.10",
      t: true,
      z: null,
      nested: { n: -7 },
    });
  });

  it("does not let a key reach the prototype", () => {
    const parsed = parseDecimalSafeJson('{"__proto__":{"isAdmin":true}}');
    expect((parsed as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each(["", "{", "<html></html>", "[1,]"])("throws on %j, which is no JSON", (text) => {
    expect(() => parseDecimalSafeJson(text)).toThrow(SyntaxError);
  });
});
