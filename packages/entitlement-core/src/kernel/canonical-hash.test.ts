import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalHash } from "./canonical-hash.ts";

it("is the SHA-256 of the canonical JSON", () => {
  // printf '{"a":1}' | sha256sum
  expect(canonicalHash({ a: 1 })).toBe(
    "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
  );
});

it("does not see the order of keys and sees the order of items", () => {
  const keys = fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(keys, fc.jsonValue({ noUnicodeString: false }), (names, value) => {
      const entries = names.map((name, index) => [name, [index, value]] as const);
      expect(canonicalHash(Object.fromEntries(entries.toReversed()))).toBe(
        canonicalHash(Object.fromEntries(entries)),
      );
      expect(canonicalHash(names)).not.toBe(canonicalHash(names.toReversed()));
    }),
  );
});

it("refuses what JSON cannot say", () => {
  expect(() => canonicalHash(Number.NaN)).toThrow();
  expect(() => canonicalHash("\ud800")).toThrow();
  expect(() => canonicalHash(undefined)).toThrow(TypeError);
});
