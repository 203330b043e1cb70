import { expect, it } from "vitest";
import type { OrderContent } from "../order/order-content.ts";
import { aDeal, aDealLine, contentAt, contentOf } from "../testing/a-deal.ts";
import { facts } from "../testing/a-stage.ts";
import type { ApprovalCondition } from "./approval-policy.ts";
import { hashStageInputs } from "./hash-stage-inputs.ts";

function hash(condition: ApprovalCondition, content: OrderContent, isFirstOrderOfCustomer = false) {
  return hashStageInputs([condition], { content, facts: { ...facts, isFirstOrderOfCustomer } });
}

const base = contentOf();
const renamed = contentOf(aDeal({ name: "Acme Pro, final" }));
const cheaper = contentAt("440.00");
const more = contentOf(aDeal({ lines: [aDealLine({ quantity: "251" })] }));
const longer = contentOf(aDeal({ lines: [aDealLine({ months: 24 })] }));
const later = contentOf(aDeal({ lines: [aDealLine({ startsOn: "2027-02-01" })] }));
const abroad = contentOf(aDeal({ account: { id: "001Acme", name: "Acme", country: "FR" } }));
const moved = contentOf(aDeal({ account: { id: "002", name: "Other", country: "DE" } }));
const all = { renamed, cheaper, more, longer, later, abroad, moved };

it.each<[ApprovalCondition, readonly (keyof typeof all)[]]>([
  [{ fact: "discount-percent", above: 20 }, ["cheaper"]],
  [{ fact: "total-value", aboveMinor: 1, currency: "USD" }, ["cheaper", "more"]],
  [{ fact: "term-months", above: 11 }, ["longer"]],
  [{ fact: "country", isOneOf: ["DE"] }, ["abroad"]],
  [{ fact: "sku-class", isOneOf: ["pro"] }, []],
  [{ fact: "first-order-of-customer" }, []],
  [{ fact: "always" }, ["renamed", "cheaper", "more", "longer", "later", "abroad", "moved"]],
])("%o sees exactly what it looks at: %j", (condition, seen) => {
  const changed = Object.entries(all).filter(
    ([, content]) => hash(condition, content) !== hash(condition, base),
  );
  expect(changed.map(([name]) => name)).toEqual(seen);
});

it("a first order of another customer is another question", () => {
  const first = { fact: "first-order-of-customer" } as const;
  expect(hash(first, moved, true)).not.toBe(hash(first, base, true));
});

it("neither the ids nor the order of lines are asked about", () => {
  const lines = [aDealLine({ id: "a" }), aDealLine({ id: "b", unitPrice: "1.00" })];
  const reentered = [aDealLine({ id: "c", unitPrice: "1.00" }), aDealLine({ id: "d" })];
  const discount = { fact: "discount-percent", above: 20 } as const;
  expect(hash(discount, contentOf(aDeal({ lines })))).toBe(
    hash(discount, contentOf(aDeal({ lines: reentered }))),
  );
});
