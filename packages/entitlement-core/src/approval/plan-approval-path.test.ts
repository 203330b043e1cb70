import { describe, expect, it } from "vitest";
import type { OrderContent } from "../order/order-content.ts";
import { aDeal, aDealLine, contentAt, contentOf } from "../testing/a-deal.ts";
import { facts, policyOf } from "../testing/a-stage.ts";
import type { ApprovalFacts } from "./approval-facts.ts";
import type { ApprovalCondition } from "./approval-policy.ts";
import { planApprovalPath } from "./plan-approval-path.ts";

function reasonsFor(
  when: readonly ApprovalCondition[],
  content: OrderContent,
  differing: Partial<ApprovalFacts> = {},
): readonly string[] {
  const policy = policyOf({ when });
  const path = planApprovalPath({ policy, content, facts: { ...facts, ...differing } });
  return path.stages.flatMap(({ reasons }) => reasons.map(({ sentence }) => sentence));
}

describe("discount above 20 %", () => {
  const when: readonly ApprovalCondition[] = [{ fact: "discount-percent", above: 20 }];

  it("does not ask at exactly 20 %", () => {
    expect(reasonsFor(when, contentAt("440.00"))).toEqual([]);
  });

  it("asks one cent below it, and does not say that 20 % is above 20 %", () => {
    expect(reasonsFor(when, contentAt("439.99"))).toEqual([
      "Discount of just over 20 % on line 1 (GTX-PRO) is above 20 %.",
    ]);
  });

  it("tells the actual discount and the limit, of the worst line", () => {
    const lines = [
      aDealLine({ id: "1", unitPrice: "430.00" }),
      aDealLine({ id: "2", unitPrice: "396.00" }),
      aDealLine({ id: "3" }),
    ];
    expect(reasonsFor(when, contentOf(aDeal({ lines })))).toEqual([
      "Discount of 28 % on line 2 (GTX-PRO) is above 20 %, and on 1 other line too.",
    ]);
  });

  it("asks when nobody knows the discount, because there is no list price in the deal's currency", () => {
    const content = contentOf(
      aDeal({ currency: "EUR", lines: [aDealLine({ productCode: "GTX-BASIC" })] }),
    );
    expect(reasonsFor(when, content)).toEqual([
      "The discount on line 1 (GTX-BASIC) is not known, because the catalog has no list price for it in EUR; the limit is 20 %.",
    ]);
  });
});

it.each<[ApprovalCondition, Partial<ApprovalFacts>, string | null]>([
  [
    { fact: "total-value", aboveMinor: 13_749_999, currency: "USD" },
    {},
    "Value of 137,500.00 USD is above 137,499.99 USD.",
  ],
  [{ fact: "total-value", aboveMinor: 13_750_000, currency: "USD" }, {}, null],
  [
    { fact: "total-value", aboveMinor: 99_999_999, currency: "EUR" },
    {},
    "Value of 137,500.00 USD is in another currency than the limit of 999,999.99 EUR.",
  ],
  [
    { fact: "term-months", above: 11 },
    {},
    "Term of 12 months on line 1 (GTX-PRO) is above 11 months.",
  ],
  [{ fact: "term-months", above: 12 }, {}, null],
  [{ fact: "country", isOneOf: ["DE", "FR"] }, {}, "The customer's country DE is one of DE, FR."],
  [{ fact: "country", isOneOf: ["FR"] }, {}, null],
  [{ fact: "country", isNotOneOf: ["FR"] }, {}, "The customer's country DE is outside FR."],
  [{ fact: "country", isNotOneOf: ["DE"] }, {}, null],
  [{ fact: "sku-class", isOneOf: ["pro"] }, {}, "Line 1 (GTX-PRO) is of class pro."],
  [{ fact: "sku-class", isOneOf: ["basic"] }, {}, null],
  [
    { fact: "sku-class", isOneOf: ["basic"] },
    { skuClasses: {} },
    "The class of line 1 (GTX-PRO) is not known; basic is asked for.",
  ],
  [
    { fact: "first-order-of-customer" },
    { isFirstOrderOfCustomer: true },
    "This is the first order of Acme.",
  ],
  [{ fact: "first-order-of-customer" }, {}, null],
  [{ fact: "always" }, {}, "Every order is asked for."],
])("%o with %o: %s", (condition, differing, sentence) => {
  expect(reasonsFor([condition], contentOf(), differing)).toEqual(
    sentence === null ? [] : [sentence],
  );
});

it("a customer whose country is not known is asked for by every rule on countries", () => {
  const content = contentOf(aDeal({ account: { id: "1", name: "Acme", country: null } }));
  for (const condition of [
    { fact: "country", isOneOf: ["FR"] },
    { fact: "country", isNotOneOf: ["DE"] },
  ] as const) {
    expect(reasonsFor([condition], content)).toHaveLength(1);
  }
});

it("one matching condition is enough, and every matching one is told", () => {
  const when: readonly ApprovalCondition[] = [
    { fact: "term-months", above: 11 },
    { fact: "country", isOneOf: ["FR"] },
    { fact: "sku-class", isOneOf: ["pro"] },
  ];
  expect(reasonsFor(when, contentOf())).toHaveLength(2);
});

it("stages stand in the order in which they are asked", () => {
  const policy = policyOf(
    { step: 2 },
    { step: 1 },
    { step: 2 },
    { when: [{ fact: "term-months", above: 99 }] },
  );
  const path = planApprovalPath({ policy, content: contentOf(), facts });
  expect(path.stages.map(({ key }) => key)).toEqual(["stage2", "stage1", "stage3"]);
});
