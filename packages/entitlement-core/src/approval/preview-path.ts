import type { CurrencyCode } from "../kernel/currency.ts";
import type { Money } from "../kernel/money.ts";
import { decimalFraction, isPercentAbove, percentBelow } from "../kernel/percent.ts";
import type { OrderContent, OrderLine } from "../order/order-content.ts";
import { orderTotal } from "../order/order-total.ts";
import type { ApprovalFacts } from "./approval-facts.ts";
import type { PlannedStage } from "./approval-path.ts";
import type { ApprovalPolicy } from "./approval-policy.ts";
import { planApprovalPath } from "./plan-approval-path.ts";

/** One change of the deal. Together the changes of a stage keep it from being asked. */
export type AvoidingChange =
  | { readonly kind: "raise-unit-price"; readonly lineId: string; readonly toAtLeast: Money }
  | { readonly kind: "shorten-term"; readonly lineId: string; readonly toAtMostMonths: number }
  | { readonly kind: "lower-total"; readonly toAtMost: Money };

export interface PreviewedStage {
  readonly stage: PlannedStage;
  /** The smallest changes with which the stage is not asked; null when no price, term or value avoids it. */
  readonly avoidedBy: readonly AvoidingChange[] | null;
}

/** The path as it would be asked, before anybody submits anything. */
export interface PathPreview {
  readonly stages: readonly PreviewedStage[];
}

/** Who would be asked for this content, why, and what would be just enough for not having to ask. */
export function previewPath({
  policy,
  content,
  facts,
}: {
  readonly policy: ApprovalPolicy;
  readonly content: OrderContent;
  readonly facts: ApprovalFacts;
}): PathPreview {
  const { stages } = planApprovalPath({ policy, content, facts });
  return {
    stages: stages.map((stage) => ({ stage, avoidedBy: changesThatAvoid({ stage, content }) })),
  };
}

function changesThatAvoid({
  stage,
  content,
}: {
  readonly stage: PlannedStage;
  readonly content: OrderContent;
}): readonly AvoidingChange[] | null {
  const changes: AvoidingChange[] = [];
  for (const { condition } of stage.reasons) {
    switch (condition.fact) {
      case "discount-percent":
        for (const line of content.lines) {
          if (line.listPrice === null) return null;
          if (
            isPercentAbove(
              percentBelow({ list: line.listPrice, actual: line.unitPrice }),
              condition.above,
            )
          ) {
            changes.push({
              kind: "raise-unit-price",
              lineId: line.lineId,
              toAtLeast: smallestPriceWithin(line.listPrice, condition.above),
            });
          }
        }
        break;
      case "term-months": {
        const months = Math.floor(condition.above);
        if (months < 1) return null;
        for (const line of content.lines) {
          if (line.term.months > condition.above) {
            changes.push({ kind: "shorten-term", lineId: line.lineId, toAtMostMonths: months });
          }
        }
        break;
      }
      case "total-value":
        if (condition.currency !== content.currency) return null;
        changes.push({
          kind: "lower-total",
          toAtMost: { minor: condition.aboveMinor, currency: condition.currency as CurrencyCode },
        });
        break;
      case "country":
      case "sku-class":
      case "first-order-of-customer":
      case "always":
        return null;
    }
  }
  return contradictsItself(changes, content) ? null : strictest(changes);
}

/**
 * The lowest unit price, in whole minor units, whose discount from `list` is not above `percent`:
 * list × (100 − percent) / 100, rounded up.
 */
export function smallestPriceWithin(list: Money, percent: number): Money {
  const { numerator, denominator } = decimalFraction(percent);
  const kept = BigInt(list.minor) * (100n * denominator - numerator);
  const whole = 100n * denominator;
  const minor = kept <= 0n ? 0n : (kept + whole - 1n) / whole;
  return { minor: Number(minor), currency: list.currency };
}

// Two rules of one stage may name one line twice: the stricter change is enough.
function strictest(changes: readonly AvoidingChange[]): readonly AvoidingChange[] {
  const byTarget = new Map<string, AvoidingChange>();
  for (const change of changes) {
    const target = change.kind === "lower-total" ? change.kind : `${change.kind}:${change.lineId}`;
    const other = byTarget.get(target);
    if (other === undefined || isStricter(change, other)) byTarget.set(target, change);
  }
  return [...byTarget.values()];
}

function isStricter(one: AvoidingChange, other: AvoidingChange): boolean {
  if (one.kind === "raise-unit-price" && other.kind === one.kind) {
    return one.toAtLeast.minor > other.toAtLeast.minor;
  }
  if (one.kind === "shorten-term" && other.kind === one.kind) {
    return one.toAtMostMonths < other.toAtMostMonths;
  }
  if (one.kind === "lower-total" && other.kind === one.kind) {
    return one.toAtMost.minor < other.toAtMost.minor;
  }
  return false;
}

// Prices that have to rise cannot at the same time bring the total under its limit when the raised
// prices of one unit a line already exceed it.
function contradictsItself(changes: readonly AvoidingChange[], content: OrderContent): boolean {
  const limits = changes.flatMap((one) => (one.kind === "lower-total" ? [one.toAtMost.minor] : []));
  if (limits.length === 0) return false;
  const floor = new Map<string, Money>();
  for (const change of changes) {
    if (change.kind === "raise-unit-price") floor.set(change.lineId, change.toAtLeast);
  }
  const oneOfEach = content.lines.map((line): OrderLine => {
    const unitPrice = floor.get(line.lineId) ?? { ...line.unitPrice, minor: 0 };
    return { ...line, unitPrice, quantity: 1 };
  });
  const least = orderTotal({
    currency: content.currency,
    lines: oneOfEach as [OrderLine, ...OrderLine[]],
  });
  return least.minor > Math.min(...limits);
}
