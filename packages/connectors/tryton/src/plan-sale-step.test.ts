import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeldLine, HeldSale } from "./held-sale.ts";
import { planSaleStep, type SaleStep, type WantedLine } from "./plan-sale-step.ts";
import type { SaleMark } from "./tryton-marks.ts";

const wantedLine: WantedLine = {
  lineId: "line_1",
  sku: "GTX-PRO",
  quantity: 3,
  unitPrice: "83.25",
  description: "GTX Pro",
};

const revision = (number: number, isTakenBack = false): SaleMark => ({
  revision: number,
  isTakenBack,
});

function aLine(change: Partial<HeldLine> = {}): HeldLine {
  return {
    id: 11,
    lineId: "line_1",
    productId: 1,
    sku: "GTX-PRO",
    unit: 1,
    description: "GTX Pro",
    quantity: "3.0",
    unitPrice: "83.25",
    amount: "249.75",
    isPosted: false,
    ...change,
  };
}

function aSale(change: Partial<HeldSale> = {}): HeldSale {
  return {
    id: 1,
    number: "1",
    party: 2,
    currency: "USD",
    state: "processing",
    timestamp: "1.5",
    mark: revision(1),
    lines: [aLine()],
    openAmendments: [],
    ...change,
  };
}

const plan = (
  held: readonly HeldSale[],
  { wanted = [wantedLine], target = revision(1) }: Partial<Parameters<typeof planSaleStep>[0]> = {},
) => planSaleStep({ held, wanted, target });

describe("an order that is not there", () => {
  it("is made with all its lines at once", () => {
    expect(plan([])).toEqual({ step: "make", lineIds: ["line_1"] });
  });

  it("is settled when it is to be taken back", () => {
    expect(plan([], { wanted: [], target: revision(1, true) })).toEqual({ step: "settled" });
  });

  it("is made although a person used its reference for a sale of their own", () => {
    expect(plan([aSale({ mark: null, lines: [] })]).step).toBe("make");
  });
});

describe("an order that is half-made", () => {
  it.each([
    ["draft", "quote"],
    ["quotation", "confirm"],
    ["confirmed", "process"],
    ["processing", "settled"],
    ["done", "settled"],
  ] as const)("goes on from %s with %s", (state, step) => {
    expect(plan([aSale({ state })]).step).toBe(step);
  });

  it("is canceled and made anew when a later revision finds it", () => {
    const wanted = [{ ...wantedLine, quantity: 4 }];
    expect(plan([aSale({ state: "quotation" })], { wanted, target: revision(2) }).step).toBe(
      "cancel",
    );
    expect(plan([aSale({ state: "confirmed" })], { wanted, target: revision(2) }).step).toBe(
      "back-to-draft",
    );
  });

  it("of two copies keeps the one that came further, whichever was made first", () => {
    const first = aSale({ id: 1, state: "draft", lines: [aLine({ id: 11 })] });
    const second = aSale({ id: 2, state: "processing", lines: [aLine({ id: 21 })] });
    expect(plan([first, second])).toMatchObject({ step: "cancel", sale: { id: 1 } });
  });

  it("of two drafts keeps the older, so that two attempts choose the same", () => {
    const first = aSale({ id: 1, state: "draft", lines: [aLine({ id: 11 })] });
    const second = aSale({ id: 2, state: "draft", lines: [aLine({ id: 21 })] });
    expect(plan([second, first])).toMatchObject({ step: "quote", sale: { id: 1 } });
  });
});

describe("a booked order", () => {
  it("that stands at this revision is left as a person changed it", () => {
    expect(plan([aSale({ lines: [aLine({ quantity: "9.0" })] })]).step).toBe("settled");
  });

  it("is amended to a later revision, and only where it differs", () => {
    const wanted = [{ ...wantedLine, quantity: 5 }];
    const other = aLine({ id: 12, lineId: "line_2" });
    const step = plan([aSale({ lines: [aLine(), other] })], {
      wanted: [...wanted, { ...wantedLine, lineId: "line_2" }],
      target: revision(2),
    });
    expect(step).toMatchObject({ step: "amend", changes: [{ line: { id: 11 }, quantity: 5 }] });
    expect((step as Extract<SaleStep, { step: "amend" }>).changes).toHaveLength(1);
  });

  it("is left alone by an earlier revision", () => {
    expect(plan([aSale({ mark: revision(3) })], { target: revision(2) })).toEqual({
      step: "outrun",
      by: 3,
    });
  });

  it("gets a sale of its own for a line that is added", () => {
    const wanted = [wantedLine, { ...wantedLine, lineId: "line_2" }];
    expect(plan([aSale()], { wanted, target: revision(2) })).toEqual({
      step: "make",
      lineIds: ["line_2"],
    });
  });

  it("has a line that was invoiced at another price taken to nothing and sold anew", () => {
    const wanted = [{ ...wantedLine, unitPrice: "90.00" }];
    const posted = aSale({ lines: [aLine({ isPosted: true })] });
    expect(plan([posted], { wanted, target: revision(2) })).toMatchObject({
      step: "amend",
      changes: [{ quantity: 0, unitPrice: "83.25" }],
    });
    const credited = aSale({
      mark: revision(2),
      lines: [aLine({ isPosted: true, quantity: "0.0" })],
    });
    expect(plan([credited], { wanted, target: revision(2) })).toEqual({
      step: "make",
      lineIds: ["line_1"],
    });
  });

  it("is taken to nothing when it is taken back, and stays there", () => {
    const target = revision(1, true);
    expect(plan([aSale()], { wanted: [], target })).toMatchObject({
      step: "amend",
      changes: [{ quantity: 0 }],
    });
    expect(plan([aSale({ mark: target })], { wanted: [], target }).step).toBe("settled");
  });

  it("that was taken back is booked again by the same revision", () => {
    const sale = aSale({ mark: revision(1, true), lines: [aLine({ quantity: "0" })] });
    expect(plan([sale])).toMatchObject({ step: "amend", changes: [{ quantity: 3 }] });
  });

  it("has its half-made amendment finished, not made a second time", () => {
    const sale = aSale({ openAmendments: [{ id: 7, mark: revision(2) }] });
    const wanted = [{ ...wantedLine, quantity: 5 }];
    expect(plan([sale], { wanted, target: revision(2) })).toMatchObject({
      step: "validate-amendment",
      amendment: 7,
    });
    expect(plan([sale], { wanted, target: revision(3) })).toMatchObject({
      step: "drop-amendment",
      amendment: 7,
    });
  });
});

/** What Tryton does on a step, as far as the plan depends on it. */
function carryOut(
  held: readonly HeldSale[],
  step: SaleStep,
  input: PlanInput,
): readonly HeldSale[] {
  const { wanted, target } = input;
  const change = (sale: HeldSale, to: Partial<HeldSale>) =>
    held.map((one) => (one.id === sale.id ? { ...one, ...to } : one));
  switch (step.step) {
    case "make": {
      const id = Math.max(0, ...held.map((sale) => sale.id)) + 1;
      const lines = wanted
        .filter(({ lineId }) => step.lineIds.includes(lineId))
        .map((want, index) =>
          aLine({ ...want, id: id * 100 + index, quantity: String(want.quantity) }),
        );
      return [...held, aSale({ id, state: "draft", mark: target, lines })];
    }
    case "quote":
      return change(step.sale, { state: "quotation" });
    case "confirm":
      return change(step.sale, { state: "confirmed" });
    case "process":
      return change(step.sale, { state: "processing" });
    case "back-to-draft":
      return change(step.sale, { state: "draft" });
    case "cancel":
      return held.filter((one) => one.id !== step.sale.id);
    case "amend":
      return change(step.sale, { openAmendments: [{ id: 1, mark: target }] });
    case "drop-amendment":
      return change(step.sale, { openAmendments: [] });
    case "validate-amendment": {
      const again = plan(change(step.sale, { openAmendments: [] }), input);
      const changes = again.step === "amend" ? again.changes : [];
      const lines = step.sale.lines.map((line) => {
        const to = changes.find((one) => one.line.id === line.id);
        if (to === undefined) return line;
        const { quantity, unitPrice, description } = to;
        return { ...line, quantity: String(quantity), unitPrice, description };
      });
      return change(step.sale, { openAmendments: [], mark: target, lines });
    }
    case "outrun":
    case "settled":
      return held;
  }
}

type PlanInput = Pick<Parameters<typeof planSaleStep>[0], "wanted" | "target">;

const someLines = fc
  .uniqueArray(fc.constantFrom("line_1", "line_2", "line_3"), { maxLength: 3 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((lineId) =>
        fc.record({
          lineId: fc.constant(lineId),
          sku: fc.constantFrom("GTX-PRO", "GTX-BASIC"),
          quantity: fc.integer({ min: 1, max: 9 }),
          unitPrice: fc.constantFrom("83.25", "90.00"),
          description: fc.constantFrom("one", "other"),
        }),
      ),
    ),
  );

const someHeldLine = fc.record({
  lineId: fc.constantFrom("line_1", "line_2", "line_3"),
  sku: fc.constantFrom("GTX-PRO", "GTX-BASIC"),
  quantity: fc.constantFrom("0", "1.0", "3.0"),
  unitPrice: fc.constantFrom("83.25", "90.00"),
  isPosted: fc.boolean(),
});

const someSale = fc.record({
  state: fc.constantFrom("draft", "quotation", "confirmed", "processing", "done"),
  lines: fc.array(someHeldLine, { maxLength: 3 }),
  isAmended: fc.boolean(),
});

it("whatever stands there, the steps come to an end, and every wanted line then stands once", () => {
  fc.assert(
    fc.property(fc.array(someSale, { maxLength: 3 }), someLines, (sales, wanted) => {
      const input: PlanInput = { wanted, target: revision(5, wanted.length === 0) };
      let held: readonly HeldSale[] = sales.map((sale, index) =>
        aSale({
          id: index + 1,
          state: sale.state as HeldSale["state"],
          mark: revision(index + 1),
          lines: sale.lines.map((line, nth) => aLine({ ...line, id: (index + 1) * 10 + nth })),
          openAmendments: sale.isAmended ? [{ id: 1, mark: revision(index + 1) }] : [],
        }),
      );
      for (let steps = 0; ; steps += 1) {
        expect(steps).toBeLessThan(40);
        const step = plan(held, input);
        if (step.step === "settled") break;
        held = carryOut(held, step, input);
      }
      const standing = held.flatMap((sale) =>
        sale.lines
          .filter((line) => Number(line.quantity) !== 0)
          .map((line) => `${line.lineId} ${line.sku} ${Number(line.quantity)} ${line.unitPrice}`),
      );
      expect(standing.sort()).toEqual(
        wanted.map((one) => `${one.lineId} ${one.sku} ${one.quantity} ${one.unitPrice}`).sort(),
      );
      expect(held.every((sale) => ["processing", "done"].includes(sale.state))).toBe(true);
    }),
  );
});
