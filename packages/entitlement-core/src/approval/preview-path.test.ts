import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CurrencyCode } from "../kernel/currency.ts";
import { moneyToDecimal } from "../kernel/money.ts";
import { isPercentAbove, percentBelow } from "../kernel/percent.ts";
import { aDeal, aDealLine, contentAt, contentOf } from "../testing/a-deal.ts";
import { facts, policyOf } from "../testing/a-stage.ts";
import type { ApprovalCondition } from "./approval-policy.ts";
import { planApprovalPath } from "./plan-approval-path.ts";
import { previewPath, smallestPriceWithin } from "./preview-path.ts";

function avoidedBy(when: readonly ApprovalCondition[], content = contentAt("396.00")) {
  const { stages } = previewPath({ policy: policyOf({ when }), content, facts });
  return stages.map((one) => one.avoidedBy);
}

describe("the smallest change that avoids a stage", () => {
  it("is the lowest price within the limit, to the cent", () => {
    expect(avoidedBy([{ fact: "discount-percent", above: 20 }])).toEqual([
      [
        {
          kind: "raise-unit-price",
          lineId: "00kLine1",
          toAtLeast: { minor: 44_000, currency: "USD" },
        },
      ],
    ]);
  });

  it("is the longest term within the limit", () => {
    expect(avoidedBy([{ fact: "term-months", above: 6 }])).toEqual([
      [{ kind: "shorten-term", lineId: "00kLine1", toAtMostMonths: 6 }],
    ]);
  });

  it("is the highest value within the limit", () => {
    expect(avoidedBy([{ fact: "total-value", aboveMinor: 5_000_000, currency: "USD" }])).toEqual([
      [{ kind: "lower-total", toAtMost: { minor: 5_000_000, currency: "USD" } }],
    ]);
  });

  it("is of the stricter of two rules on one line", () => {
    const when = [10, 20].map((above): ApprovalCondition => ({ fact: "discount-percent", above }));
    expect(avoidedBy(when)).toEqual([
      [
        {
          kind: "raise-unit-price",
          lineId: "00kLine1",
          toAtLeast: { minor: 49_500, currency: "USD" },
        },
      ],
    ]);
  });

  it("names every line that needs one", () => {
    const lines = [
      aDealLine({ id: "a", unitPrice: "396.00" }),
      aDealLine({ id: "b" }),
      aDealLine({ id: "c", unitPrice: "1.00" }),
    ];
    const [changes] = avoidedBy(
      [{ fact: "discount-percent", above: 20 }],
      contentOf(aDeal({ lines })),
    );
    expect(changes?.map((one) => "lineId" in one && one.lineId)).toEqual(["a", "c"]);
  });

  it.each<[string, readonly ApprovalCondition[]]>([
    ["every order", [{ fact: "always" }]],
    ["a country", [{ fact: "country", isOneOf: ["DE"] }]],
    [
      "a class beside a discount",
      [
        { fact: "sku-class", isOneOf: ["pro"] },
        { fact: "discount-percent", above: 20 },
      ],
    ],
    ["a value in another currency", [{ fact: "total-value", aboveMinor: 1, currency: "EUR" }]],
    ["no term at all", [{ fact: "term-months", above: 0 }]],
    [
      "prices that cannot rise and stay below the value",
      [
        { fact: "discount-percent", above: 20 },
        { fact: "total-value", aboveMinor: 10_000, currency: "USD" },
      ],
    ],
  ])("does not exist for %s", (_what, when) => {
    expect(avoidedBy(when)).toEqual([null]);
  });
});

it("the smallest price within the limit is not asked for, and a minor unit less is", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 10_000_000_000 }),
      fc.integer({ min: 0, max: 9_900 }),
      (minor, hundredths) => {
        const list = { minor, currency: "USD" as CurrencyCode };
        const limit = hundredths / 100;
        const least = smallestPriceWithin(list, limit);
        const isAsked = (actual: number) =>
          isPercentAbove(percentBelow({ list, actual: { ...list, minor: actual } }), limit);
        expect(isAsked(least.minor)).toBe(false);
        expect(isAsked(least.minor - 1)).toBe(true);
      },
    ),
  );
});

it("following the preview avoids the stage", () => {
  const policy = policyOf({ when: [{ fact: "discount-percent", above: 33.3 }] });
  const [stage] = previewPath({ policy, content: contentAt("1.00"), facts }).stages;
  const [change] = stage?.avoidedBy ?? [];
  if (change?.kind !== "raise-unit-price") throw new Error("a price was expected");
  const content = contentAt(moneyToDecimal(change.toAtLeast));
  expect(planApprovalPath({ policy, content, facts }).stages).toEqual([]);
});
