import type { CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { findOrderInvoices, findStandingBills, type StandingBill } from "./find-order-bills.ts";
import { cancelSchedule } from "./schedule-subscription.ts";
import { closeOrderSessions } from "./start-checkout.ts";
import type { StripeClient } from "./stripe-client.ts";
import type { StripeCustomers } from "./stripe-customers.ts";
import { hasStripeCode } from "./stripe-failure.ts";
import { takeBackInvoice } from "./take-back-invoice.ts";

/**
 * Takes back everything the order was billed with: its subscriptions end now, those that are
 * scheduled never begin, its invoices (those of
 * the subscriptions too) are deleted, voided or credited. It looks at what is there each time, so
 * repeating it, also after a crash half-way, ends in the same state. No customer, nothing to do.
 */
export async function cancelOrderBilling(input: {
  readonly orderId: string;
  readonly customerId: string;
  readonly remoteCustomerId: string | null;
  readonly reason: string;
  readonly closesCheckouts: boolean;
  readonly client: StripeClient;
  readonly customers: StripeCustomers;
  readonly context: CallContext;
}): Promise<void> {
  const { orderId, customerId, reason, client, customers, context } = input;
  const customer = input.remoteCustomerId ?? (await customers.findForSure(customerId, context));
  if (customer === null) return;
  const where = { client, context, customer, orderId };
  // Pages first: what is bought there in the meantime is then found below.
  if (input.closesCheckouts) await closeOrderSessions(where);
  // Subscriptions before invoices: a living one could still make another invoice.
  for (const standing of await findStandingBills(where)) {
    await cancelStanding({ client, context, standing });
  }
  for (const invoice of await findOrderInvoices(where)) {
    await takeBackInvoice({ client, context, invoice, reason });
  }
}

/** A schedule takes its subscription along; ended by itself, a subscription would leave it open. */
export async function cancelStanding(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly standing: StandingBill;
}): Promise<void> {
  const { client, context, standing } = input;
  const { subscription, schedule } = standing;
  if (schedule !== null) await cancelSchedule({ client, context, schedule });
  else if (subscription !== null) await cancelSubscription({ client, context, subscription });
}

async function cancelSubscription(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly subscription: Stripe.Subscription;
}): Promise<void> {
  const { client, context, subscription } = input;
  try {
    await client.call(
      {
        what: `Canceling subscription ${subscription.id}`,
        isWrite: true,
        keep: isGone,
        // Its invoices are taken back by themselves; a proration on top would credit twice.
        run: (stripe) =>
          stripe.subscriptions.cancel(subscription.id, { invoice_now: false, prorate: false }),
      },
      context,
    );
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Somebody else canceled it in the meantime; Stripe then no longer finds it. */
function isGone(error: unknown): boolean {
  return hasStripeCode(error, "resource_missing");
}
