import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSimulator } from "../create-simulator.ts";
import { lineAmount, normalizeAmount, shareOf, wholeUnitAmount } from "./amount.ts";
import { canonicalForm, type FormTree, parseFormTree } from "./form-tree.ts";
import { addInterval } from "./period.ts";
import { parseSearch } from "./search-query.ts";

const plain = (tree: FormTree): unknown =>
  Object.fromEntries(
    [...tree].map(([key, value]) => [key, typeof value === "string" ? value : plain(value)]),
  );

describe("form parameters", () => {
  it("nest by brackets, number what is appended, and keep what is encoded", () => {
    expect(
      plain(
        parseFormTree(
          "a=1&items[0][price]=p&items[1][price]=q&expand[]=x&expand[]=y&metadata[k%20k]=v%20w",
        ),
      ),
    ).toEqual({
      a: "1",
      items: { 0: { price: "p" }, 1: { price: "q" } },
      expand: { 0: "x", 1: "y" },
      metadata: { "k k": "v w" },
    });
  });

  it("compare alike in whatever order they come, and differ when a value does", () => {
    // One form a name: `a` and `a[b]` together have no meaning.
    const pairs = fc.uniqueArray(
      fc.record({ key: fc.stringMatching(/^[a-z]{1,3}(\[[a-z]{1,2}\])?$/), value: fc.string() }),
      { selector: (one) => one.key.split("[")[0], maxLength: 8 },
    );
    fc.assert(
      fc.property(pairs, (list) => {
        const form = (items: typeof list) =>
          new URLSearchParams(
            items.map((one): [string, string] => [one.key, one.value]),
          ).toString();
        expect(canonicalForm(parseFormTree(form(list)))).toBe(
          canonicalForm(parseFormTree(form([...list].reverse()))),
        );
      }),
    );
    expect(canonicalForm(parseFormTree("a=1"))).not.toBe(canonicalForm(parseFormTree("a=2")));
  });

  it("cannot reach the prototype of anything", () => {
    expect(plain(parseFormTree("__proto__[polluted]=1"))).toEqual({
      ["__proto__"]: { polluted: "1" },
    });
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });
});

describe("amounts", () => {
  it("of a line are quantity times unit, exact", () => {
    expect(lineAmount("0.1", 3)).toBe(0);
    expect(lineAmount("0.1", 5)).toBe(1);
    expect(lineAmount("1999", 3)).toBe(5_997);
  });

  it("of a prorated change and of what is left of it add up to the whole, but for one unit of rounding", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 10 ** 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (amount, whole, share) => {
          const part = Math.floor(whole * share);
          expect(
            Math.abs(shareOf(amount, part, whole) + shareOf(amount, whole - part, whole) - amount),
          ).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it.each([
    ["12.50", "12.5", null],
    ["100.00", "100", 100],
    ["100", "100", 100],
    ["0.000", "0", 0],
  ])("%s is written %s", (given, normal, whole) => {
    expect(normalizeAmount(given)).toBe(normal);
    expect(wholeUnitAmount(given)).toBe(whole);
  });
});

describe("billing periods", () => {
  const at = (iso: string) => Date.parse(iso) / 1000;
  it.each([
    ["2026-01-31T10:00:00Z", "month", 1, "2026-02-28T10:00:00Z"],
    ["2028-01-31T00:00:00Z", "month", 1, "2028-02-29T00:00:00Z"],
    ["2026-11-24T06:39:48Z", "year", 3, "2029-11-24T06:39:48Z"],
    ["2028-02-29T00:00:00Z", "year", 1, "2029-02-28T00:00:00Z"],
    ["2026-12-31T23:59:59Z", "month", 12, "2027-12-31T23:59:59Z"],
    ["2026-11-24T00:00:00Z", "week", 2, "2026-12-08T00:00:00Z"],
  ] as const)("from %s, %s × %d: to %s", (from, interval, count, to) => {
    expect(addInterval(at(from), interval, count)).toBe(at(to));
  });
});

describe("search queries", () => {
  it("read metadata, substrings, comparisons, negation and null", () => {
    const { clauses, join } = parseSearch(
      `metadata["order"]:"o'1" AND -status:'active' AND created>=100 AND email:null AND name~'ac'`,
    );
    expect(join).toBe("and");
    expect(clauses).toMatchObject([
      { field: "metadata", key: "order", operator: ":", value: "o'1", isNegated: false },
      { field: "status", isNegated: true },
      { field: "created", operator: ">=", value: 100 },
      { field: "email", value: null },
      { field: "name", operator: "~", value: "ac" },
    ]);
  });

  it.each(["", "name", "name:'a' AND", "a:'1' AND b:'2' OR c:'3'", "metadata[x]:'y'"])(
    "refuse %j",
    (text) => {
      expect(() => parseSearch(text)).toThrow(/unable to parse/);
    },
  );
});

it("ids of an account never repeat", () => {
  const { parts } = createSimulator({ seed: 3 });
  const ids = new Set(Array.from({ length: 50_000 }, () => parts.account.newId("cus").id));
  expect(ids.size).toBe(50_000);
});
