import { save } from "./call.ts";
import { draftInvoice } from "./draft-invoice.ts";
import { finalizeInvoice } from "./finalize-invoice.ts";
import { payInvoice } from "./pay-invoice.ts";
import { attachItems, lineOfItem, pendingItems } from "./pending-items.ts";
import type { Step } from "./step.ts";
import { StripeError } from "./stripe-error.ts";
import type {
  BillingReason,
  CustomerRow,
  InvoiceLineRow,
  InvoiceRow,
  PriceRow,
  SubscriptionRow,
} from "./stripe-rows.ts";
import { lineOfSubscriptionItem } from "./subscription-lines.ts";

export type PaymentBehavior =
  | "allow_incomplete"
  | "default_incomplete"
  | "error_if_incomplete"
  | "pending_if_incomplete";

/**
 * Bills the period that begins: a draft for about an hour with send_invoice, finalized and charged
 * at once with charge_automatically. An invoice over nothing, as for a trial, is paid at once.
 * @see https://docs.stripe.com/billing/invoices/subscription
 */
export function billPeriod(
  step: Step,
  input: {
    readonly row: SubscriptionRow;
    readonly reason: Extract<BillingReason, "subscription_create" | "subscription_cycle">;
    readonly extra: readonly Omit<InvoiceLineRow, "id">[];
    readonly paymentBehavior: PaymentBehavior;
  },
): SubscriptionRow {
  const { account } = step;
  const { row, reason, extra, paymentBehavior } = input;
  const pending = pendingItems(step, row.customer, row.currency, row.id);
  const invoice = draftFor(step, row, reason, [
    ...row.items.map((item) =>
      lineOfSubscriptionItem(account.tables.price.get(item.price) as PriceRow, row, item),
    ),
    ...extra,
    ...pending.map(lineOfItem),
  ]);
  attachItems(step, pending, invoice.id);
  account.store.put(account.tables.subscription, { ...row, latestInvoice: invoice.id });
  const asksForMoney = invoice.lines.some((line) => line.amount !== 0);
  if (row.collectionMethod === "charge_automatically" || !asksForMoney) {
    const open = finalizeInvoice(step, invoice);
    if (open.status === "open" && paymentBehavior !== "default_incomplete") {
      const { declined } = payInvoice(step, open, { isOutOfBand: false });
      if (declined !== undefined && paymentBehavior === "error_if_incomplete")
        throw new StripeError(402, declined);
    }
  }
  return account.tables.subscription.get(row.id) as SubscriptionRow;
}

/** Puts what is pending for a subscription on an invoice now. */
export function billPending(step: Step, row: SubscriptionRow): SubscriptionRow {
  const { account } = step;
  const items = pendingItems(step, row.customer, row.currency, row.id);
  if (items.length === 0) return row;
  const invoice = draftFor(step, row, "subscription_update", items.map(lineOfItem));
  attachItems(step, items, invoice.id);
  account.store.put(account.tables.subscription, { ...row, latestInvoice: invoice.id });
  if (row.collectionMethod === "charge_automatically") {
    const open = finalizeInvoice(step, invoice);
    const customer = account.tables.customer.get(row.customer) as CustomerRow;
    const hasMethod = (row.defaultPaymentMethod ?? customer.defaultPaymentMethod) !== null;
    if (open.status === "open" && hasMethod) payInvoice(step, open, { isOutOfBand: false });
  }
  return account.tables.subscription.get(row.id) as SubscriptionRow;
}

function draftFor(
  step: Step,
  row: SubscriptionRow,
  billingReason: BillingReason,
  lines: readonly Omit<InvoiceLineRow, "id">[],
): InvoiceRow {
  return draftInvoice(step, {
    customer: step.account.tables.customer.get(row.customer) as CustomerRow,
    currency: row.currency,
    collectionMethod: row.collectionMethod,
    billingReason,
    lines,
    subscription: row,
    daysUntilDue: row.daysUntilDue,
    isAutoAdvance:
      row.collectionMethod === "send_invoice" || billingReason === "subscription_cycle",
    defaultPaymentMethod: row.defaultPaymentMethod,
  });
}

/** Ends a subscription at its own instant, or now; a schedule that is still open ends with it. */
export function endSubscription(
  step: Step,
  before: SubscriptionRow,
  cancellation: SubscriptionRow["cancellation"],
): SubscriptionRow {
  const now = step.account.nowSeconds();
  const row: SubscriptionRow = {
    ...before,
    status: "canceled",
    canceledAt: before.canceledAt ?? now,
    endedAt: now,
    cancelAtPeriodEnd: false,
    cancellation,
  };
  save(step, { kind: "subscription", row, before, events: ["customer.subscription.deleted"] });
  const schedule =
    before.schedule == null
      ? undefined
      : step.account.tables.subscription_schedule.get(before.schedule);
  if (schedule?.status === "active") {
    save(step, {
      kind: "subscription_schedule",
      row: { ...schedule, status: "canceled", canceledAt: now },
      before: schedule,
      events: ["subscription_schedule.canceled"],
    });
  }
  return row;
}
