import { save } from "./call.ts";
import { expireCheckouts } from "./complete-checkout.ts";
import { addInterval } from "./period.ts";
import {
  completeSchedule,
  enterPhase,
  nextPhaseOf,
  scheduleEndOf,
  startSchedule,
} from "./schedule-life.ts";
import type { Step } from "./step.ts";
import type { PriceRow, SubscriptionRow } from "./stripe-rows.ts";
import { billPeriod, endSubscription } from "./subscription-billing.ts";

/** Periods made up for at most at one look: a clock that jumped ten years is no reason to hang. */
const PERIODS_MAX = 48;

/**
 * Lets time act on subscriptions: schedules begin, their phases follow one another and end, trials
 * end, periods renew, dated cancellations take effect; and on the pages where they are bought, which lapse.
 */
export function advanceSubscriptions(step: Step): number {
  const { account } = step;
  const now = account.nowSeconds();
  expireCheckouts(step);
  const starting = account.tables.subscription_schedule
    .where("waiting", "yes")
    .filter((row) => (row.phases[0]?.startDate ?? now) <= now);
  for (const row of starting) account.store.transact(() => startSchedule(step, row));
  const due = [...account.tables.subscription.all()].filter((row) => isDue(step, row, now));
  for (const row of due) account.store.transact(() => advance(step, row, now));
  return starting.length + due.length;
}

function isDue(step: Step, row: SubscriptionRow, now: number): boolean {
  if (
    row.status === "canceled" ||
    row.status === "incomplete" ||
    row.status === "incomplete_expired"
  )
    return false;
  const dates = [
    row.periodEnd,
    row.cancelAt,
    nextPhaseOf(step, row)?.startDate,
    scheduleEndOf(step, row),
  ];
  return dates.some((date) => date != null && date <= now);
}

function advance(step: Step, start: SubscriptionRow, now: number) {
  const { account } = step;
  let row = start;
  for (let period = 0; period < PERIODS_MAX; period += 1) {
    const until = Math.min(now, row.periodEnd);
    const next = nextPhaseOf(step, row);
    if (next !== null && next.startDate <= until) {
      row = enterPhase(step, row, next);
      continue;
    }
    const scheduleEnd = scheduleEndOf(step, row);
    if (scheduleEnd !== null && scheduleEnd <= until) {
      if (completeSchedule(step, row) === "cancel") {
        endSubscription(step, row, { ...row.cancellation, reason: "cancellation_requested" });
        return;
      }
      row = { ...row, schedule: null };
      account.store.put(account.tables.subscription, row);
      continue;
    }
    const ends = row.cancelAt !== null && row.cancelAt <= until;
    if (ends) {
      endSubscription(step, row, { ...row.cancellation, reason: "cancellation_requested" });
      return;
    }
    if (row.periodEnd > now) return;
    row = renew(step, row);
  }
}

function renew(step: Step, before: SubscriptionRow): SubscriptionRow {
  const price = step.account.tables.price.get(before.items[0]?.price ?? "") as PriceRow;
  const { interval, intervalCount } = price.recurring as NonNullable<PriceRow["recurring"]>;
  const row: SubscriptionRow = {
    ...before,
    status: before.status === "trialing" ? "active" : before.status,
    periodStart: before.periodEnd,
    periodEnd: addInterval(before.periodEnd, interval, intervalCount),
  };
  save(step, { kind: "subscription", row, before, events: ["customer.subscription.updated"] });
  const hasMethod =
    (row.defaultPaymentMethod ??
      step.account.tables.customer.get(row.customer)?.defaultPaymentMethod ??
      null) !== null;
  const paymentBehavior = hasMethod ? "allow_incomplete" : "default_incomplete";
  return billPeriod(step, { row, reason: "subscription_cycle", extra: [], paymentBehavior });
}
