import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { prorate } from "./proration.ts";
import { startSchedule } from "./schedule-life.ts";
import { readPhases } from "./schedule-phases.ts";
import { showSubscriptionSchedule } from "./show-subscription-schedule.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { CollectionMethod, SubscriptionRow } from "./stripe-rows.ts";
import { billPending, endSubscription } from "./subscription-billing.ts";
import type { SchedulePhaseRow, SubscriptionScheduleRow } from "./subscription-schedule-rows.ts";

const END_BEHAVIORS = ["cancel", "release"] as const;
const PRORATIONS = ["create_prorations", "always_invoice", "none"] as const;

/**
 * A schedule of phases for a subscription that begins later, or one put over a subscription that
 * runs (`from_subscription`, which takes nothing else).
 * @see https://docs.stripe.com/api/subscription_schedules/create
 */
export function createSubscriptionSchedule(call: Call): CallResult {
  const { account, params } = call;
  const subscription = params.text("from_subscription");
  if (subscription !== undefined) return putOver(call, subscription);
  const customer = findCustomer(account, params.requiredText("customer"));
  const now = account.nowSeconds();
  const start = params.text("start_date");
  const startDate = start === undefined || start === "now" ? now : Number(start);
  if (!Number.isInteger(startDate))
    throw invalidRequest(`Invalid timestamp: ${start}`, { param: "start_date" });
  const { id, sequence } = account.newId("sub_sched");
  const row: SubscriptionScheduleRow = {
    id,
    sequence,
    created: now,
    customer: customer.id,
    status: "not_started",
    endBehavior: params.oneOf("end_behavior", END_BEHAVIORS) ?? "release",
    metadata: params.metadata({}),
    ...readDefaults(call, { collectionMethod: "charge_automatically", daysUntilDue: null }),
    phases: readPhases(call, startDate),
    subscription: null,
    releasedSubscription: null,
    canceledAt: null,
    completedAt: null,
    releasedAt: null,
  };
  params.finish();
  save(call, { kind: "subscription_schedule", row, events: ["subscription_schedule.created"] });
  if (startDate <= now) startSchedule(call, row);
  return showSubscriptionSchedule(account, find(account, "subscription_schedule", id));
}

function putOver(call: Call, id: string): CallResult {
  const { account, params } = call;
  const subscription = find(account, "subscription", id, "from_subscription");
  // Stripe: "When using this parameter, other parameters (such as phase values) cannot be set."
  params.finish();
  if (subscription.schedule != null) {
    throw invalidRequest(
      `You cannot migrate a subscription that is already attached to a schedule: ${subscription.schedule}.`,
      { param: "from_subscription" },
    );
  }
  if (subscription.status === "canceled" || subscription.status === "incomplete_expired") {
    throw invalidRequest(
      `You cannot migrate a subscription that is in the \`${subscription.status}\` status to a subscription schedule.`,
      { param: "from_subscription" },
    );
  }
  const made = account.newId("sub_sched");
  const phase: SchedulePhaseRow = {
    startDate: subscription.periodStart,
    endDate: subscription.cancelAt ?? subscription.periodEnd,
    currency: subscription.currency,
    items: subscription.items,
    extraLines: [],
    metadata: subscription.metadata,
    prorationBehavior: "create_prorations",
    billingCycleAnchor: null,
  };
  const row: SubscriptionScheduleRow = {
    ...made,
    created: account.nowSeconds(),
    customer: subscription.customer,
    status: "active",
    endBehavior: subscription.cancelAt === null ? "release" : "cancel",
    metadata: {},
    collectionMethod: subscription.collectionMethod,
    daysUntilDue: subscription.daysUntilDue,
    phases: [phase],
    subscription: subscription.id,
    releasedSubscription: null,
    canceledAt: null,
    completedAt: null,
    releasedAt: null,
  };
  save(call, { kind: "subscription_schedule", row, events: ["subscription_schedule.created"] });
  save(call, {
    kind: "subscription",
    row: { ...subscription, schedule: row.id, phaseStart: phase.startDate },
    before: subscription,
    events: ["customer.subscription.updated"],
  });
  return showSubscriptionSchedule(account, row);
}

/**
 * Changes what is to come. A running phase has to be given again as it began; its items are
 * prorated by the request's own `proration_behavior`.
 * @see https://docs.stripe.com/billing/subscriptions/subscription-schedules#updating
 */
export function updateSubscriptionSchedule(call: Call): CallResult {
  const { account, params, path } = call;
  const before = findOpen(call, path["id"] ?? "");
  const running = runningPhase(call, before);
  const first = before.phases[0] as SchedulePhaseRow;
  const phases = params.has("phases") ? readPhases(call, first.startDate) : before.phases;
  const proration = params.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations";
  const row: SubscriptionScheduleRow = {
    ...before,
    endBehavior: params.oneOf("end_behavior", END_BEHAVIORS) ?? before.endBehavior,
    metadata: params.metadata(before.metadata),
    ...readDefaults(call, before),
    phases,
  };
  params.finish();
  const again = phases.find((phase) => phase.startDate === running?.startDate);
  if (running !== null && again === undefined) {
    throw invalidRequest(
      "You can not modify the start date of the current phase. Pass the current phase's start_date.",
      { param: "phases[0][start_date]" },
    );
  }
  if (running === null && (phases[0]?.startDate ?? 0) <= account.nowSeconds()) {
    throw invalidRequest(
      "The start date of a schedule that has not started must be in the future.",
      {
        param: "phases[0][start_date]",
      },
    );
  }
  save(call, {
    kind: "subscription_schedule",
    row,
    before,
    events: ["subscription_schedule.updated"],
  });
  if (running !== null && again !== undefined)
    changeRunning(call, { row, running, again, proration });
  return showSubscriptionSchedule(account, row);
}

/** What an update changes of the phase that runs, it changes of the subscription at once. */
function changeRunning(
  call: Call,
  input: {
    readonly row: SubscriptionScheduleRow;
    readonly running: SchedulePhaseRow;
    readonly again: SchedulePhaseRow;
    readonly proration: (typeof PRORATIONS)[number];
  },
) {
  const { row, running, again, proration } = input;
  const shape = ({ items }: SchedulePhaseRow) =>
    JSON.stringify(items.map(({ price, quantity, metadata }) => [price, quantity, metadata]));
  if (shape(running) === shape(again)) return;
  const before = find(call.account, "subscription", row.subscription ?? "");
  const after: SubscriptionRow = { ...before, items: again.items };
  save(call, {
    kind: "subscription",
    row: after,
    before,
    events: ["customer.subscription.updated"],
  });
  if (proration !== "none") prorate(call, { before, after, at: call.account.nowSeconds() });
  if (proration === "always_invoice") billPending(call, after);
}

/** Ends the schedule and its subscription now. */
export function cancelSubscriptionSchedule(call: Call): CallResult {
  const { account, params, path } = call;
  const before = findOpen(call, path["id"] ?? "");
  const wantsInvoice = params.boolean("invoice_now") ?? true;
  const wantsProration = params.boolean("prorate") ?? true;
  params.finish();
  const row: SubscriptionScheduleRow = {
    ...before,
    status: "canceled",
    canceledAt: account.nowSeconds(),
  };
  save(call, {
    kind: "subscription_schedule",
    row,
    before,
    events: ["subscription_schedule.canceled"],
  });
  const subscription =
    before.subscription === null ? undefined : account.tables.subscription.get(before.subscription);
  if (subscription !== undefined && subscription.status !== "canceled") {
    const ended = endSubscription(call, subscription, {
      ...subscription.cancellation,
      reason: "cancellation_requested",
    });
    if (wantsProration)
      prorate(call, {
        before: subscription,
        after: { ...ended, items: [] },
        at: account.nowSeconds(),
      });
    if (wantsInvoice) billPending(call, ended);
  }
  return showSubscriptionSchedule(account, row);
}

/** Ends the schedule and leaves its subscription running, without an end unless `preserve_cancel_date`. */
export function releaseSubscriptionSchedule(call: Call): CallResult {
  const { account, params, path } = call;
  const before = findOpen(call, path["id"] ?? "");
  const keepsEnd = params.boolean("preserve_cancel_date") ?? false;
  params.finish();
  const row: SubscriptionScheduleRow = {
    ...before,
    status: "released",
    releasedAt: account.nowSeconds(),
    subscription: null,
    releasedSubscription: before.subscription,
  };
  save(call, {
    kind: "subscription_schedule",
    row,
    before,
    events: ["subscription_schedule.released"],
  });
  const subscription =
    before.subscription === null ? undefined : account.tables.subscription.get(before.subscription);
  if (subscription !== undefined) {
    const ends = keepsEnd && before.endBehavior === "cancel";
    const cancelAt = ends ? (before.phases.at(-1)?.endDate ?? null) : null;
    save(call, {
      kind: "subscription",
      row: { ...subscription, schedule: null, cancelAt },
      before: subscription,
      events: ["customer.subscription.updated"],
    });
  }
  return showSubscriptionSchedule(account, row);
}

export function retrieveSubscriptionSchedule({ account, params, path }: Call): CallResult {
  params.finish();
  return showSubscriptionSchedule(
    account,
    find(account, "subscription_schedule", path["id"] ?? ""),
  );
}

export function listSubscriptionSchedules({ account, params }: Call): CallResult {
  const customer = params.text("customer");
  const isScheduled = params.boolean("scheduled");
  const isCreatedThen = createdFilter(params);
  const page = listRows({
    table: account.tables.subscription_schedule,
    params,
    url: "/v1/subscription_schedules",
    label: "subscription schedule",
    narrow: customer === undefined ? undefined : { index: "customer", value: customer },
    keep: (row) =>
      (isScheduled === undefined || (row.status === "not_started") === isScheduled) &&
      isCreatedThen(row),
    show: (row) => showSubscriptionSchedule(account, row),
  });
  params.finish();
  return page;
}

function findOpen({ account }: Call, id: string): SubscriptionScheduleRow {
  const row = find(account, "subscription_schedule", id);
  if (row.status === "not_started" || row.status === "active") return row;
  throw invalidRequest(
    `You cannot change a subscription schedule that is currently in the \`${row.status}\` status. It must be in the \`not_started\` or \`active\` status.`,
  );
}

function runningPhase({ account }: Call, row: SubscriptionScheduleRow): SchedulePhaseRow | null {
  const subscription =
    row.subscription === null ? undefined : account.tables.subscription.get(row.subscription);
  if (row.status !== "active" || subscription === undefined) return null;
  const start = subscription.phaseStart ?? subscription.startDate;
  return row.phases.find((phase) => phase.startDate === start) ?? null;
}

/** `default_settings`: how money is collected in every phase. */
function readDefaults(
  { params }: Call,
  before: { readonly collectionMethod: CollectionMethod; readonly daysUntilDue: number | null },
) {
  const given = params.object("default_settings");
  const collectionMethod =
    given?.oneOf("collection_method", ["charge_automatically", "send_invoice"]) ??
    before.collectionMethod;
  const daysUntilDue =
    given?.object("invoice_settings")?.integer("days_until_due") ?? before.daysUntilDue;
  if (collectionMethod === "send_invoice" && daysUntilDue === null) {
    throw invalidRequest(
      "You must pass `days_until_due` when `collection_method` is `send_invoice`.",
      { param: "default_settings[invoice_settings][days_until_due]" },
    );
  }
  return { collectionMethod, daysUntilDue };
}
