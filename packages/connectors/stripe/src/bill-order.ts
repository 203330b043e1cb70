import type {
  BillingOrder,
  BillingRecord,
  BillingResult,
  CallContext,
} from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { billInvoice, invoiceBill } from "./bill-invoice.ts";
import { billSubscription, isStandingBill } from "./bill-subscription.ts";
import { cancelStanding } from "./cancel-order-billing.ts";
import { findOrderInvoices, findStandingBills, type StandingBill } from "./find-order-bills.ts";
import { groupSubscriptionLines } from "./group-subscription-lines.ts";
import { closeOrderSessions } from "./start-checkout.ts";
import type { StripeClient } from "./stripe-client.ts";
import type { StripeConfig } from "./stripe-config.ts";
import type { StripeCustomers } from "./stripe-customers.ts";
import { isBill } from "./stripe-metadata.ts";
import type { StripeProducts } from "./stripe-products.ts";
import { takeBackInvoice } from "./take-back-invoice.ts";

/** Stripe keeps idempotency keys for at least 24 hours; an hour of that is for clocks that differ. */
const keysHoldMs = 23 * 60 * 60 * 1000;

/**
 * Makes an order's bills: one subscription for its subscription lines, one invoice for the rest.
 * In the common case, a first revision of a known customer billed within a day, that is one call a
 * subscription and two and one a line for an invoice. Anything else looks first at what is there.
 * One after the other: Stripe locks the customer, and two writes at once only make each other wait.
 */
export async function billOrder(input: {
  readonly order: BillingOrder;
  readonly client: StripeClient;
  readonly customers: StripeCustomers;
  readonly products: StripeProducts;
  readonly config: StripeConfig;
  readonly nowMs: number;
  readonly context: CallContext;
}): Promise<BillingResult> {
  const { order, client, customers, config, context, nowMs } = input;
  const { id: customer, isNew } = await customers.ensure(order.customer, context);
  const where = { client, context, customer, orderId: order.orderId };
  const findStanding = () => findStandingBills(where);
  const findInvoices = () => findOrderInvoices(where);
  const groups = groupSubscriptionLines(order);
  const invoiceLines = order.lines.filter(({ billing }) => billing.kind === "invoice");
  const isFirst = order.revision <= 1;
  const mustLook = !isNew && !(isFirst && areKeysGood({ order, nowMs }));
  // Nobody is to pay on a page what is billed now; what was paid there is found below.
  if (mustLook && config.checkout) await closeOrderSessions(where);
  const allStanding = mustLook && (!isFirst || groups.length > 0) ? await findStanding() : [];
  const invoices = mustLook && (!isFirst || invoiceLines.length > 0) ? await findInvoices() : [];
  const records: BillingRecord[] = [];
  for (const group of groups) {
    const standing = allStanding.find((one) => isStandingBill(one, group.bill)) ?? null;
    records.push(
      await billSubscription({ ...input, customer, group, standing, findAll: findStanding }),
    );
  }
  if (invoiceLines.length > 0) {
    const existing = invoices;
    records.push(
      await billInvoice({
        ...input,
        customer,
        lines: invoiceLines,
        existing,
        findAll: findInvoices,
      }),
    );
  }
  const isKept = (one: StandingBill) => groups.some(({ bill }) => isStandingBill(one, bill));
  for (const standing of allStanding) {
    if (!isKept(standing)) await cancelStanding({ client, context, standing });
  }
  if (invoiceLines.length === 0) await takeBackInvoices({ client, context, invoices });
  return { remoteCustomerId: customer, records };
}

/** The revision has no invoice any more: the one of the revision before is undone. */
async function takeBackInvoices(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly invoices: readonly Stripe.Invoice[];
}): Promise<void> {
  for (const invoice of input.invoices) {
    if (!isBill(invoice, invoiceBill)) continue;
    await takeBackInvoice({ ...input, invoice, reason: "dropped by a later revision" });
  }
}

function areKeysGood(input: { readonly order: BillingOrder; readonly nowMs: number }): boolean {
  const { notBilledBeforeMs } = input.order;
  return notBilledBeforeMs !== undefined && input.nowMs - notBilledBeforeMs < keysHoldMs;
}
