import { save } from "./call.ts";
import { amountDue, amountRemaining } from "./invoice-amounts.ts";
import type { Step } from "./step.ts";
import type { InvoiceRow, SubscriptionRow } from "./stripe-rows.ts";

export function failPayment(step: Step, before: InvoiceRow): InvoiceRow {
  const row: InvoiceRow = {
    ...before,
    attemptCount: before.attemptCount + 1,
    isAttempted: true,
    nextPaymentAttempt: before.isAutoAdvance ? step.account.nowSeconds() + 3 * 86_400 : null,
  };
  save(step, {
    kind: "invoice",
    row,
    before,
    events: ["invoice.payment_failed", "invoice.updated"],
  });
  followPayment(step, row, "failed");
  return row;
}

export function markPaid(
  step: Step,
  before: InvoiceRow,
  { isOutOfBand }: { readonly isOutOfBand: boolean },
): InvoiceRow {
  const hasCharge = amountDue(before) > 0 && !isOutOfBand;
  const row: InvoiceRow = {
    ...before,
    status: "paid",
    isAttempted: true,
    isAutoAdvance: false,
    attemptCount: before.attemptCount + (hasCharge ? 1 : 0),
    amountPaid: before.amountPaid + amountRemaining(before),
    isPaidOutOfBand: isOutOfBand,
    paidAt: step.account.nowSeconds(),
    nextPaymentAttempt: null,
  };
  save(step, {
    kind: "invoice",
    row,
    before,
    events: ["invoice.updated", "invoice.paid", "invoice.payment_succeeded"],
  });
  followPayment(step, row, "paid");
  return row;
}

/** A paid first invoice makes its subscription active; a failed later one makes it past due. */
function followPayment(step: Step, invoice: InvoiceRow, outcome: "paid" | "failed") {
  const { account } = step;
  const before =
    invoice.subscription === null
      ? undefined
      : account.tables.subscription.get(invoice.subscription);
  if (before === undefined) return;
  const status = nextStatus(before, outcome);
  if (status === before.status) return;
  const row = { ...before, status };
  save(step, { kind: "subscription", row, before, events: ["customer.subscription.updated"] });
}

function nextStatus(
  subscription: SubscriptionRow,
  outcome: "paid" | "failed",
): SubscriptionRow["status"] {
  switch (subscription.status) {
    case "incomplete":
    case "past_due":
    case "unpaid":
      return outcome === "paid" ? "active" : subscription.status;
    case "active":
      return outcome === "failed" ? "past_due" : "active";
    case "trialing":
    case "canceled":
    case "incomplete_expired":
      return subscription.status;
  }
}
