import { save } from "./call.ts";
import { addInterval } from "./period.ts";
import { prorate } from "./proration.ts";
import type { Step } from "./step.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { CustomerRow, SubscriptionItemRow, SubscriptionRow } from "./stripe-rows.ts";
import { billPending, billPeriod } from "./subscription-billing.ts";
import { commonTerms } from "./subscription-items.ts";
import type { SchedulePhaseRow, SubscriptionScheduleRow } from "./subscription-schedule-rows.ts";

/** The schedule's first phase begins: its subscription comes to be, and its first period is billed. */
export function startSchedule(step: Step, before: SubscriptionScheduleRow): SubscriptionRow {
  const { account } = step;
  const phase = before.phases[0] as SchedulePhaseRow;
  const customer = account.tables.customer.get(before.customer) as CustomerRow;
  const { interval, intervalCount } = commonTerms(account.tables.price, phase.items);
  const { id, sequence } = account.newId("sub");
  const isCharged = before.collectionMethod === "charge_automatically";
  const row: SubscriptionRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    customer: before.customer,
    status: isCharged ? "incomplete" : "active",
    collectionMethod: before.collectionMethod,
    daysUntilDue: before.daysUntilDue,
    currency: phase.currency,
    description: null,
    metadata: phase.metadata,
    items: freshItems(step, phase),
    startDate: phase.startDate,
    billingCycleAnchor: phase.startDate,
    periodStart: phase.startDate,
    periodEnd: addInterval(phase.startDate, interval, intervalCount),
    trialStart: null,
    trialEnd: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    cancellation: { comment: null, feedback: null, reason: null },
    endedAt: null,
    latestInvoice: null,
    defaultPaymentMethod: null,
    schedule: before.id,
  };
  save(step, { kind: "subscription", row, events: ["customer.subscription.created"] });
  save(step, {
    kind: "subscription_schedule",
    row: { ...before, status: "active", subscription: id },
    before,
    events: ["subscription_schedule.updated"],
  });
  const paymentBehavior =
    isCharged && customer.defaultPaymentMethod === null ? "default_incomplete" : "allow_incomplete";
  return billPeriod(step, {
    row,
    reason: "subscription_create",
    extra: phase.extraLines,
    paymentBehavior,
  });
}

/** When the schedule that manages the subscription changes it next; null when it does not. */
export function nextPhaseOf(step: Step, row: SubscriptionRow): SchedulePhaseRow | null {
  const schedule = scheduleOf(step, row);
  if (schedule?.status !== "active") return null;
  return schedule.phases.find((phase) => phase.startDate > phaseStartOf(row)) ?? null;
}

/** The start of the phase that the subscription is in: phases are entered in turn. */
function phaseStartOf(row: SubscriptionRow): number {
  return row.phaseStart ?? row.startDate;
}

/**
 * The next phase begins: other items and metadata, prorated as the phase says, and a new billing
 * period when the phase anchors one.
 */
export function enterPhase(
  step: Step,
  before: SubscriptionRow,
  phase: SchedulePhaseRow,
): SubscriptionRow {
  const { account } = step;
  const at = phase.startDate;
  const isAnchored = phase.billingCycleAnchor === "phase_start";
  if (phase.extraLines.length > 0 && !isAnchored) {
    throw invalidRequest(
      "This simulator bills `add_invoice_items` of a later phase only with `billing_cycle_anchor: phase_start`.",
    );
  }
  const { interval, intervalCount } = commonTerms(account.tables.price, phase.items);
  const changed: SubscriptionRow = {
    ...before,
    items: freshItems(step, phase),
    metadata: { ...before.metadata, ...phase.metadata },
    phaseStart: at,
    ...(isAnchored
      ? {
          billingCycleAnchor: at,
          periodStart: at,
          periodEnd: addInterval(at, interval, intervalCount),
        }
      : {}),
  };
  save(step, {
    kind: "subscription",
    row: changed,
    before,
    events: ["customer.subscription.updated"],
  });
  if (phase.prorationBehavior !== "none") {
    // A new period is billed whole, so that only what is left of the old one is prorated.
    const after = isAnchored ? { ...changed, items: [] } : changed;
    prorate(step, { before, after, at });
  }
  if (!isAnchored)
    return phase.prorationBehavior === "always_invoice" ? billPending(step, changed) : changed;
  return billPeriod(step, {
    row: changed,
    reason: "subscription_cycle",
    extra: phase.extraLines,
    paymentBehavior: "allow_incomplete",
  });
}

/** When the last phase ends; null when nothing is scheduled. */
export function scheduleEndOf(step: Step, row: SubscriptionRow): number | null {
  const schedule = scheduleOf(step, row);
  return schedule?.status === "active" ? (schedule.phases.at(-1)?.endDate ?? null) : null;
}

/** The schedule has run its course: its subscription ends (which the caller does) or goes on by itself. */
export function completeSchedule(step: Step, row: SubscriptionRow): "cancel" | "release" {
  const before = scheduleOf(step, row) as SubscriptionScheduleRow;
  const now = step.account.nowSeconds();
  save(step, {
    kind: "subscription_schedule",
    row: { ...before, status: "completed", completedAt: now },
    before,
    events: ["subscription_schedule.completed"],
  });
  return before.endBehavior;
}

function scheduleOf(step: Step, row: SubscriptionRow): SubscriptionScheduleRow | undefined {
  return row.schedule == null
    ? undefined
    : step.account.tables.subscription_schedule.get(row.schedule);
}

function freshItems({ account }: Step, phase: SchedulePhaseRow): SubscriptionItemRow[] {
  return phase.items.map((item) => ({
    ...item,
    id: account.newId("si").id,
    created: account.nowSeconds(),
  }));
}
