import fc from "fast-check";
import { expect, it } from "vitest";
import type { ErrorCode } from "../errors/error-code.ts";
import { published } from "../testing/a-catalog.ts";
import { aDeal, aDealLine } from "../testing/a-deal.ts";
import type { Deal, DealLine } from "./deal.ts";
import { parseDeal } from "./parse-deal.ts";
import { parseQuantity } from "./parse-quantity.ts";

const catalog = published();

/** Each does one thing wrong, in a field that no other touches. */
const dealBreaks: readonly (readonly [ErrorCode, Partial<Deal>])[] = [
  ["missing_account", { account: null }],
  ["deal_reopened", { isWon: false }],
  ["deal_cancels", { kind: "cancel" }],
];
const lineBreaks: readonly (readonly [ErrorCode, Partial<DealLine>])[] = [
  ["unknown_product", { productCode: "GTXPro" }],
  ["invalid_quantity", { quantity: "0.5" }],
  ["invalid_price", { unitPrice: "-1" }],
  ["invalid_term", { months: -1 }],
];

it("every injected fault is told, and nothing else", () => {
  const someLine = fc.subarray([...lineBreaks]);
  fc.assert(
    fc.property(
      fc.subarray([...dealBreaks]),
      fc.array(someLine, { minLength: 1, maxLength: 4 }),
      (onDeal, onLines) => {
        const lines = onLines.map((breaks, index) =>
          aDealLine({ id: `line${index}`, ...Object.assign({}, ...breaks.map(([, one]) => one)) }),
        );
        const deal = aDeal({ lines, ...Object.assign({}, ...onDeal.map(([, one]) => one)) });
        const wanted = [
          ...onDeal.map(([code]) => `deal ${code}`),
          ...onLines.flatMap((breaks, index) => breaks.map(([code]) => `line${index} ${code}`)),
        ];
        const parsed = parseDeal({ deal, catalog });
        const told = parsed.ok
          ? []
          : parsed.faults.map(({ code, lineId }) => `${lineId ?? "deal"} ${code}`);
        expect(told.toSorted()).toEqual(wanted.toSorted());
      },
    ),
  );
});

it("never throws, whatever a connector passes on, and always names what is wrong", () => {
  const anything = fc.anything({ withNullPrototype: false, maxDepth: 3 });
  const aLine = fc.oneof(anything, fc.record(fieldsOf(aDealLine(), anything)));
  const deals = fc.record({
    ...fieldsOf(aDeal(), anything),
    lines: fc.oneof(anything, fc.array(aLine, { maxLength: 3 })),
  });
  fc.assert(
    fc.property(deals, (deal) => {
      const parsed = parseDeal({ deal: deal as unknown as Deal, catalog });
      if (parsed.ok) return;
      for (const { sentence, where } of parsed.faults) {
        expect(sentence.length).toBeGreaterThan(where.record.length);
        expect(where.field).not.toBe("");
        expect(sentence).not.toMatch(/\p{Surrogate}|\0/u);
      }
    }),
    { numRuns: 500 },
  );
});

it("no text is taken for a quantity that it does not say", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String)),
      (text) => {
        const quantity = parseQuantity(text);
        if (quantity !== null) expect(Number(text)).toBe(quantity);
      },
    ),
  );
});

/** Each field is now as it should be and now anything at all. */
function fieldsOf(good: object, anything: fc.Arbitrary<unknown>) {
  return Object.fromEntries(
    Object.entries(good).map(([key, value]) => [key, fc.oneof(fc.constant(value), anything)]),
  );
}
