import { save } from "./call.ts";
import type { CheckoutSessionRow } from "./checkout-rows.ts";
import { draftInvoice } from "./draft-invoice.ts";
import { finalizeInvoice } from "./finalize-invoice.ts";
import { addInterval } from "./period.ts";
import { markPaid } from "./settle-invoice.ts";
import type { Step } from "./step.ts";
import { PAYMENT_METHODS } from "./stripe-account.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { CustomerRow, SubscriptionRow } from "./stripe-rows.ts";
import { billPeriod } from "./subscription-billing.ts";
import { commonTerms } from "./subscription-items.ts";

/**
 * The customer goes through the page. `pending`: with a payment that takes days, which a second
 * time ends in `paid` or `failed`.
 * @see https://docs.stripe.com/checkout/fulfillment
 */
export function completeCheckout(
  step: Step,
  before: CheckoutSessionRow,
  outcome: "paid" | "pending" | "failed",
): CheckoutSessionRow {
  if (before.status === "complete" && before.paymentStatus === "unpaid" && outcome !== "pending") {
    return settle(step, before, outcome);
  }
  if (before.status !== "open")
    throw invalidRequest(`This Checkout Session is ${before.status}.`, { param: "id" });
  if (outcome !== "paid" && before.mode === "subscription")
    throw invalidRequest("This simulator completes a subscription's checkout as paid only.");
  if (outcome === "failed") return before;
  const row: CheckoutSessionRow = { ...before, status: "complete" };
  if (outcome === "pending") {
    save(step, { kind: "checkout.session", row, events: ["checkout.session.completed"] });
    return row;
  }
  const paid: CheckoutSessionRow = {
    ...row,
    paymentStatus: row.trialEnd === null ? "paid" : "no_payment_required",
    ...(row.mode === "subscription"
      ? { subscription: subscribe(step, row).id }
      : { invoice: row.makesInvoice ? invoicePaid(step, row) : null }),
  };
  save(step, { kind: "checkout.session", row: paid, events: ["checkout.session.completed"] });
  return paid;
}

/** Sessions nobody completed in time. */
export function expireCheckouts(step: Step): void {
  const now = step.account.nowSeconds();
  for (const row of step.account.tables["checkout.session"].where("status", "open")) {
    if (row.expiresAt > now) continue;
    step.account.store.transact(() =>
      save(step, {
        kind: "checkout.session",
        row: { ...row, status: "expired" },
        events: ["checkout.session.expired"],
      }),
    );
  }
}

function settle(
  step: Step,
  before: CheckoutSessionRow,
  outcome: "paid" | "failed",
): CheckoutSessionRow {
  const row: CheckoutSessionRow =
    outcome === "failed"
      ? before
      : {
          ...before,
          paymentStatus: "paid",
          invoice: before.makesInvoice ? invoicePaid(step, before) : null,
        };
  const type =
    outcome === "paid"
      ? "checkout.session.async_payment_succeeded"
      : "checkout.session.async_payment_failed";
  save(step, { kind: "checkout.session", row, events: [type] });
  return row;
}

function invoicePaid(step: Step, row: CheckoutSessionRow): string {
  const draft = draftInvoice(step, {
    customer: step.account.tables.customer.get(row.customer) as CustomerRow,
    currency: row.currency,
    collectionMethod: "charge_automatically",
    billingReason: "manual",
    lines: row.lines,
    isAutoAdvance: false,
    metadata: row.madeMetadata,
  });
  const open = finalizeInvoice(step, draft);
  return (open.status === "paid" ? open : markPaid(step, open, { isOutOfBand: false })).id;
}

function subscribe(step: Step, session: CheckoutSessionRow): SubscriptionRow {
  const { account } = step;
  const now = account.nowSeconds();
  const { interval, intervalCount } = commonTerms(account.tables.price, session.items);
  const row: SubscriptionRow = {
    ...account.newId("sub"),
    created: now,
    customer: session.customer,
    status: session.trialEnd === null ? "incomplete" : "trialing",
    collectionMethod: "charge_automatically",
    daysUntilDue: null,
    currency: session.currency,
    description: null,
    metadata: session.madeMetadata,
    items: session.items,
    startDate: now,
    billingCycleAnchor: session.trialEnd ?? now,
    periodStart: now,
    periodEnd: session.trialEnd ?? addInterval(now, interval, intervalCount),
    trialStart: session.trialEnd === null ? null : now,
    trialEnd: session.trialEnd,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    cancellation: { comment: null, feedback: null, reason: null },
    latestInvoice: null,
    // The card that was entered on the page.
    defaultPaymentMethod: PAYMENT_METHODS.succeeds,
  };
  save(step, { kind: "subscription", row, events: ["customer.subscription.created"] });
  return billPeriod(step, {
    row,
    reason: "subscription_create",
    extra: session.lines,
    paymentBehavior: "allow_incomplete",
  });
}
