import { canonicalHash } from "../kernel/canonical-hash.ts";
import { hashOrderContent } from "../order/hash-order-content.ts";
import { orderTotal } from "../order/order-total.ts";
import type { ApprovalSubject } from "./approval-facts.ts";
import type { ApprovalCondition } from "./approval-policy.ts";

/**
 * Hash over exactly the facts that a stage's conditions look at, matching or not. Two revisions
 * with the same hash gave the approvers of this stage the same question.
 * Line ids and the order of lines are no facts: a CRM gives new ids when lines are re-entered.
 */
export function hashStageInputs(
  conditions: readonly ApprovalCondition[],
  subject: ApprovalSubject,
): string {
  const inputs: Record<string, unknown> = {};
  for (const { fact } of conditions) inputs[fact] = factOf(fact, subject);
  return canonicalHash(inputs);
}

function factOf(fact: ApprovalCondition["fact"], { content, facts }: ApprovalSubject): unknown {
  switch (fact) {
    case "discount-percent":
      return inAnyOrder(
        content.lines.map(({ sku, listPrice, unitPrice }) => ({ sku, listPrice, unitPrice })),
      );
    case "total-value":
      return orderTotal(content);
    case "term-months":
      return inAnyOrder(content.lines.map(({ sku, term }) => ({ sku, months: term.months })));
    case "country":
      return content.customer.country;
    case "sku-class":
      return inAnyOrder(content.lines.map(({ sku }) => ({ sku, class: facts.skuClasses[sku] })));
    case "first-order-of-customer":
      return {
        isFirst: facts.isFirstOrderOfCustomer,
        customer: facts.isFirstOrderOfCustomer ? content.customer.externalId : null,
      };
    case "always":
      return hashOrderContent(content);
  }
}

function inAnyOrder(list: readonly unknown[]): readonly string[] {
  return list.map(canonicalHash).sort();
}
