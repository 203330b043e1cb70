import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toUnits } from "./exact-decimal.ts";
import {
  type CreditedLine,
  type HeldLine,
  type OrderPlan,
  planOrderLines,
  type WantedLine,
} from "./plan-order-lines.ts";

const want = (change: Partial<WantedLine> = {}): WantedLine => ({
  lineId: "l1",
  item: "7",
  quantity: 3,
  rate: "83.25",
  description: "GTX Pro",
  ...change,
});
const hold = (change: Partial<HeldLine> = {}): HeldLine => ({
  line: 1,
  lineId: "l1",
  item: "7",
  quantity: "3",
  rate: "83.25",
  quantityBilled: "0",
  ...change,
});
const plan = (change: Partial<Parameters<typeof planOrderLines>[0]>) =>
  planOrderLines({ wanted: [], held: [], credited: [], ...change });
const billed = hold({ quantityBilled: "3" });

describe("lines that were not billed", () => {
  it("are made, set and dropped as the revision wants", () => {
    expect(plan({ wanted: [want()] }).lines).toMatchObject([
      { line: null, set: { quantity: "3" } },
    ]);
    expect(plan({ wanted: [want({ quantity: 5 })], held: [hold()] }).lines).toMatchObject([
      { line: 1, set: { quantity: "5", isClosed: false } },
    ]);
    const other = want({ lineId: "l2" });
    expect(plan({ wanted: [other], held: [hold()] }).lines).toMatchObject([
      { line: null, set: { lineId: "l2" } },
    ]);
  });

  it("are closed, not dropped, when the whole order is taken back", () => {
    expect(plan({ held: [hold()] })).toMatchObject({
      lines: [{ line: 1, set: { quantity: "3", isClosed: true } }],
      credit: [],
    });
  });

  it("83.250 is the rate 83.25", () => {
    expect(plan({ wanted: [want()], held: [hold({ rate: "83.250" })] }).lines).toHaveLength(1);
  });
});

describe("lines that were billed", () => {
  it("more is added to what was billed", () => {
    expect(plan({ wanted: [want({ quantity: 5 })], held: [billed] })).toMatchObject({
      lines: [{ line: 1, set: { quantity: "5", isClosed: false } }],
      credit: [],
    });
  });

  it("too much is credited, and the line keeps what was billed", () => {
    expect(plan({ wanted: [want({ quantity: 1 })], held: [billed] })).toMatchObject({
      lines: [{ line: 1, set: { quantity: "3", isClosed: true } }],
      credit: [{ lineId: "l1", item: "7", quantity: "2", rate: "83.25" }],
    });
  });

  it("at another price are credited whole and sold anew: nothing that was billed is re-priced", () => {
    expect(plan({ wanted: [want({ rate: "80.00" })], held: [billed] })).toMatchObject({
      lines: [
        { line: 1, set: { rate: "83.25", isClosed: true } },
        { line: null, set: { rate: "80.00", quantity: "3", isClosed: false } },
      ],
      credit: [{ quantity: "3", rate: "83.25" }],
    });
  });

  it("what was credited already is not credited again", () => {
    const credited = [{ lineId: "l1", item: "7", quantity: "3", rate: "83.25" }];
    expect(plan({ held: [billed], credited }).credit).toEqual([]);
    // And is sold again on top of what was billed.
    expect(plan({ wanted: [want({ quantity: 2 })], held: [billed], credited }).lines).toMatchObject(
      [{ line: 1, set: { quantity: "5" } }],
    );
  });
});

it("a person's own line stays as it is", () => {
  const own = hold({ line: 9, lineId: null });
  expect(plan({ wanted: [want()], held: [own] }).lines).toMatchObject([
    { line: 9, set: null },
    { line: null },
  ]);
});

it("of a line that stands twice one copy is left", () => {
  const lines = plan({ wanted: [want()], held: [hold(), hold({ line: 2 })] }).lines;
  expect(lines).toMatchObject([{ line: 1, set: { quantity: "3" } }]);
});

describe("whatever is held, billed and credited", () => {
  const lineId = fc.constantFrom("l1", "l2");
  const item = fc.constantFrom("7", "8");
  const rate = fc.constantFrom("1", "2.50");
  const quantity = fc.integer({ min: 0, max: 9 });
  const position = { lineId, item, rate };
  const held = fc
    .array(fc.record({ ...position, quantity, more: quantity }), { maxLength: 6 })
    .map((all) =>
      all.map((one, at) => ({
        ...one,
        line: at + 1,
        quantity: String(one.quantity + one.more),
        quantityBilled: String(one.quantity),
      })),
    );
  const wanted = fc.uniqueArray(
    fc.record({
      ...position,
      quantity: fc.integer({ min: 1, max: 9 }),
      description: fc.constant(""),
    }),
    { selector: ({ lineId: id }) => id, maxLength: 2 },
  );

  it("what is left is what is wanted, nothing billed is undercut, and the next plan changes nothing", () => {
    fc.assert(
      fc.property(held, wanted, (lines, wants) => {
        const first = plan({ wanted: wants, held: lines });
        for (const line of lines) {
          const kept = first.lines.find((one) => one.line === line.line)?.set;
          expect(toUnits(kept?.quantity ?? "0") >= toUnits(line.quantityBilled)).toBe(true);
        }
        const after = carryOut(first, lines);
        const again = plan({ wanted: wants, held: after, credited: first.credit });
        expect(again.credit).toEqual([]);
        expect(again.lines.map(({ set }) => set?.quantity)).toEqual(
          first.lines.map(({ set }) => set?.quantity),
        );
        if (wants.length === 0) return;
        expect(worthOf(after) - worthOf(first.credit)).toBe(worthOf(wants));
      }),
    );
  });

  function carryOut(done: OrderPlan, before: readonly HeldLine[]): readonly HeldLine[] {
    return done.lines.flatMap(({ line, set }, at): readonly HeldLine[] => {
      if (set === null) return [];
      const quantityBilled = before.find((one) => one.line === line)?.quantityBilled ?? "0";
      return [{ ...set, line: line ?? 100 + at, quantityBilled }];
    });
  }

  function worthOf(
    lines: readonly (Pick<CreditedLine, "rate"> & { readonly quantity: string | number })[],
  ): bigint {
    let sum = 0n;
    for (const line of lines) sum += toUnits(String(line.quantity)) * toUnits(line.rate);
    return sum;
  }
});
