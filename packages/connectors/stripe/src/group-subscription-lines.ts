import type { BillingLine, BillingOrder } from "@usher/connector-sdk/spec";
import { chargeableStepOf } from "./stripe-amount.ts";
import { type StripeInstallments, toStripeInstallments } from "./stripe-installments.ts";

export interface SubscriptionLine {
  readonly line: BillingLine;
  readonly installments: StripeInstallments;
}

/** Lines that one subscription can hold. `bill` names it, the same in every revision. */
export interface SubscriptionGroup {
  readonly bill: string;
  readonly startsAtIso: string;
  readonly endsAtIso: string;
  readonly lines: readonly SubscriptionLine[];
}

/** Stripe takes this many items a subscription. */
const itemsMax = 20;

/**
 * One subscription for all subscription lines, as far as Stripe allows: its items share interval
 * and dates, and are 20 at most. Lines keep their order, so a retry forms the same groups.
 */
export function groupSubscriptionLines({
  lines,
  currency,
}: Pick<BillingOrder, "lines" | "currency">): readonly SubscriptionGroup[] {
  const stepMinor = chargeableStepOf(currency);
  const groups = new Map<string, SubscriptionLine[]>();
  for (const line of lines) {
    if (line.billing.kind !== "subscription") continue;
    const { unitAmountMinor, months } = line;
    const installments = toStripeInstallments({
      unitAmountMinor,
      months,
      interval: line.billing.interval,
      stepMinor,
    });
    const key = [
      `${installments.intervalCount}${installments.interval}`,
      line.startsAtIso,
      line.endsAtIso,
    ].join("/");
    const group = groups.get(key) ?? [];
    group.push({ line, installments });
    groups.set(key, group);
  }
  const parts = [...groups.values()].flatMap((group) => chunk(group));
  return parts.flatMap((part, index) => {
    const first = part[0]?.line;
    if (first === undefined) return [];
    const { startsAtIso, endsAtIso } = first;
    return [{ bill: `subscription-${index + 1}`, startsAtIso, endsAtIso, lines: part }];
  });
}

function chunk(group: readonly SubscriptionLine[]): SubscriptionLine[][] {
  const parts: SubscriptionLine[][] = [];
  for (let from = 0; from < group.length; from += itemsMax)
    parts.push(group.slice(from, from + itemsMax));
  return parts;
}

/** What the lines bill over their whole term. */
export function totalOf(lines: readonly BillingLine[]): number {
  return lines.reduce((sum, { quantity, unitAmountMinor }) => sum + quantity * unitAmountMinor, 0);
}
