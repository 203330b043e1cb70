import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import { checkPaymentMethod } from "./customer-calls.ts";
import { voidInvoice } from "./finalize-invoice.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { addInterval } from "./period.ts";
import { prorate } from "./proration.ts";
import { showSubscription } from "./show-subscription.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";
import type { CollectionMethod, CustomerRow, SubscriptionRow } from "./stripe-rows.ts";
import { billPending, billPeriod, endSubscription } from "./subscription-billing.ts";
import { commonTerms, readChangedItems, readNewItems } from "./subscription-items.ts";
import { readExtraLines } from "./subscription-lines.ts";

const COLLECTION_METHODS = ["charge_automatically", "send_invoice"] as const;
const PRORATIONS = ["create_prorations", "always_invoice", "none"] as const;
const PAYMENT_BEHAVIORS = [
  "allow_incomplete",
  "default_incomplete",
  "error_if_incomplete",
  "pending_if_incomplete",
] as const;
const FEEDBACKS = [
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
] as const;

/** Starts a subscription, in a trial when `trial_end` lies ahead, and bills its first period. */
export function createSubscription(call: Call): CallResult {
  const { account, params } = call;
  const customer = findCustomer(account, params.requiredText("customer"));
  const collectionMethod =
    params.oneOf("collection_method", COLLECTION_METHODS) ?? "charge_automatically";
  const daysUntilDue = params.integer("days_until_due") ?? null;
  checkDue(collectionMethod, daysUntilDue);
  const items = readNewItems(call, params);
  const terms = commonTerms(account.tables.price, items);
  checkCurrency(params.currency("currency"), terms.currency);
  const paymentBehavior = params.oneOf("payment_behavior", PAYMENT_BEHAVIORS) ?? "allow_incomplete";
  const paymentMethod = params.text("default_payment_method");
  const { id, sequence } = account.newId("sub");
  const now = account.nowSeconds();
  const trialEnd = readTrialEnd(call, now);
  const startDate = params.integer("backdate_start_date") ?? now;
  const periodEnd = trialEnd ?? addInterval(startDate, terms.interval, terms.intervalCount);
  const row: SubscriptionRow = {
    id,
    sequence,
    created: now,
    customer: customer.id,
    status:
      trialEnd !== null
        ? "trialing"
        : collectionMethod === "charge_automatically"
          ? "incomplete"
          : "active",
    collectionMethod,
    daysUntilDue,
    currency: terms.currency,
    description: params.text("description") ?? null,
    metadata: params.metadata({}),
    items,
    startDate,
    billingCycleAnchor: trialEnd ?? startDate,
    periodStart: startDate,
    periodEnd,
    trialStart: trialEnd === null ? null : now,
    trialEnd,
    ...noCancelation,
    ...readCancelation(call, periodEnd),
    endedAt: null,
    latestInvoice: null,
    defaultPaymentMethod: paymentMethod === undefined ? null : checkPaymentMethod(paymentMethod),
  };
  const extra = readExtraLines(call, params, terms.currency, now);
  params.oneOf("proration_behavior", PRORATIONS);
  params.boolean("off_session");
  params.finish();
  if (row.status === "incomplete" && paymentBehavior !== "default_incomplete")
    requirePaymentMethod(row, customer);
  save(call, { kind: "subscription", row, events: ["customer.subscription.created"] });
  return showSubscription(
    account,
    billPeriod(call, { row, reason: "subscription_create", extra, paymentBehavior }),
  );
}

/** Unix seconds of the end of the trial; null when there is none. */
function readTrialEnd({ params }: Call, now: number): number | null {
  const days = params.integer("trial_period_days");
  if (days !== undefined && days > 0) return now + days * 86_400;
  const text = params.text("trial_end");
  if (text === undefined || text === "now") return null;
  const end = Number(text);
  if (!Number.isInteger(end))
    throw invalidRequest(`Invalid timestamp: ${text}`, { param: "trial_end" });
  if (end > now) return end;
  throw invalidRequest("The trial_end must be in the future.", { param: "trial_end" });
}

/**
 * Changes a subscription. Changed items are prorated to the second unless `proration_behavior` is
 * none: as pending invoice items, or on an invoice made now (`always_invoice`).
 * @see https://docs.stripe.com/billing/subscriptions/prorations
 */
export function updateSubscription(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "subscription", path["id"] ?? "");
  if (isEnded(before)) {
    throw invalidRequest(
      "A canceled subscription can only update its cancellation_details and metadata.",
    );
  }
  checkUnmanaged(before, params);
  const collectionMethod =
    params.oneOf("collection_method", COLLECTION_METHODS) ?? before.collectionMethod;
  const given = params.integer("days_until_due");
  const daysUntilDue = collectionMethod === "send_invoice" ? (given ?? before.daysUntilDue) : null;
  checkDue(collectionMethod, collectionMethod === "send_invoice" ? daysUntilDue : (given ?? null));
  const items = params.has("items") ? readChangedItems(call, params, before) : before.items;
  const terms = commonTerms(account.tables.price, items);
  checkCurrency(before.currency, terms.currency);
  const proration = params.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations";
  const at = params.integer("proration_date") ?? account.nowSeconds();
  const description = params.textOrUnset("description");
  const paymentMethod = params.text("default_payment_method");
  const row: SubscriptionRow = {
    ...before,
    ...readCancelation(call, before.periodEnd),
    collectionMethod,
    daysUntilDue,
    items,
    description: description === undefined ? before.description : description,
    metadata: params.metadata(before.metadata),
    defaultPaymentMethod:
      paymentMethod === undefined ? before.defaultPaymentMethod : checkPaymentMethod(paymentMethod),
  };
  params.oneOf("payment_behavior", PAYMENT_BEHAVIORS);
  params.boolean("off_session");
  params.finish();
  save(call, { kind: "subscription", row, before, events: ["customer.subscription.updated"] });
  if (proration !== "none") prorate(call, { before, after: row, at });
  const invoiced = proration === "always_invoice" ? billPending(call, row) : row;
  return showSubscription(account, invoiced);
}

/** Ends it now. An incomplete one's open invoice is voided; other invoices stop advancing by themselves. */
export function cancelSubscription(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "subscription", path["id"] ?? "");
  if (isEnded(before)) throw noSuch("subscription", before.id, "id");
  const now = account.nowSeconds();
  const details = params.object("cancellation_details");
  const wantsProration = params.boolean("prorate") ?? false;
  const wantsInvoice = params.boolean("invoice_now") ?? false;
  const cancellation = {
    comment: details?.text("comment") ?? null,
    feedback: details?.oneOf("feedback", FEEDBACKS) ?? null,
    reason: "cancellation_requested" as const,
  };
  params.finish();
  const row = endSubscription(call, { ...before, canceledAt: now }, cancellation);
  for (const invoice of account.tables.invoice.where("subscription", row.id)) {
    if (before.status === "incomplete" && invoice.status === "open") voidInvoice(call, invoice);
    else if ((invoice.status === "open" || invoice.status === "draft") && invoice.isAutoAdvance) {
      const stopped = { ...invoice, isAutoAdvance: false, autoFinalizesAt: null };
      save(call, { kind: "invoice", row: stopped, before: invoice, events: ["invoice.updated"] });
    }
  }
  if (wantsProration) prorate(call, { before, after: { ...row, items: [] }, at: now });
  if (wantsInvoice) billPending(call, row);
  return showSubscription(account, account.tables.subscription.get(row.id) as SubscriptionRow);
}

export function retrieveSubscription({ account, params, path }: Call): CallResult {
  params.finish();
  return showSubscription(account, find(account, "subscription", path["id"] ?? ""));
}

/** Canceled ones are left out unless `status` asks for them. */
export function listSubscriptions({ account, params }: Call): CallResult {
  const customer = params.text("customer");
  const price = params.text("price");
  const status = params.text("status");
  const collectionMethod = params.oneOf("collection_method", COLLECTION_METHODS);
  const isCreatedThen = createdFilter(params);
  const page = listRows({
    table: account.tables.subscription,
    params,
    url: "/v1/subscriptions",
    label: "subscription",
    narrow: customer === undefined ? undefined : { index: "customer", value: customer },
    keep: (row) =>
      hasStatus(row, status) &&
      (price === undefined || row.items.some((item) => item.price === price)) &&
      (collectionMethod === undefined || row.collectionMethod === collectionMethod) &&
      isCreatedThen(row),
    show: (row) => showSubscription(account, row),
  });
  params.finish();
  return page;
}

function hasStatus(row: SubscriptionRow, wanted: string | undefined): boolean {
  if (wanted === "all") return true;
  if (wanted === undefined) return row.status !== "canceled";
  if (wanted === "ended") return isEnded(row);
  return row.status === wanted;
}

function isEnded(row: SubscriptionRow): boolean {
  return row.status === "canceled" || row.status === "incomplete_expired";
}

const noCancelation = {
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  cancellation: { comment: null, feedback: null, reason: null },
} as const;

/** `cancel_at` and `cancel_at_period_end`; nothing when neither is given. */
function readCancelation({ account, params }: Call, periodEnd: number) {
  const atPeriodEnd = params.boolean("cancel_at_period_end");
  const cancelAt = params.textOrUnset("cancel_at");
  if (atPeriodEnd === undefined && cancelAt === undefined) return {};
  const at = atPeriodEnd === true ? periodEnd : cancelAt == null ? null : Number(cancelAt);
  if (at === null) return noCancelation;
  if (!Number.isInteger(at))
    throw invalidRequest(`Invalid timestamp: ${String(cancelAt)}`, { param: "cancel_at" });
  return {
    cancelAt: at,
    cancelAtPeriodEnd: atPeriodEnd ?? false,
    canceledAt: account.nowSeconds(),
    cancellation: { comment: null, feedback: null, reason: "cancellation_requested" as const },
  };
}

/** A schedule says when its subscription ends, and would undo what is changed behind its back. */
function checkUnmanaged(row: SubscriptionRow, params: Call["params"]) {
  if (row.schedule == null) return;
  for (const name of ["cancel_at", "cancel_at_period_end"]) {
    if (!params.has(name)) continue;
    throw invalidRequest(
      `The subscription is managed by the subscription schedule \`${row.schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
      { param: name },
    );
  }
  if (params.has("items")) {
    throw invalidRequest(
      `The subscription is managed by the subscription schedule \`${row.schedule}\`; this simulator changes its items by the schedule alone.`,
      { param: "items" },
    );
  }
}

function checkCurrency(wanted: string | undefined, held: string) {
  if (wanted === undefined || wanted === held) return;
  throw invalidRequest(
    `The price specified only supports \`${held}\`. This doesn't match the expected currency: \`${wanted}\`.`,
    { param: "currency" },
  );
}

function checkDue(collectionMethod: CollectionMethod, daysUntilDue: number | null) {
  if (collectionMethod === "send_invoice" && daysUntilDue === null) {
    throw invalidRequest(
      "You must pass `days_until_due` when `collection_method` is `send_invoice`.",
      { param: "days_until_due" },
    );
  }
  if (collectionMethod === "charge_automatically" && daysUntilDue !== null) {
    throw invalidRequest(
      "You can only set `days_until_due` if `collection_method` is `send_invoice`.",
      { param: "days_until_due" },
    );
  }
}

function requirePaymentMethod(row: SubscriptionRow, customer: CustomerRow) {
  if (row.defaultPaymentMethod !== null || customer.defaultPaymentMethod !== null) return;
  throw invalidRequest(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
    { code: "resource_missing" },
  );
}
