import type { CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import type { StripeClient } from "./stripe-client.ts";
import { metadataKeys } from "./stripe-metadata.ts";

/** Of one customer, newest first; beyond this an order's bills are no longer looked for. */
const listedMax = 2_000;

/**
 * The order's living subscriptions. From the customer's list, which is never behind, and not from
 * the search, which is up to a minute.
 */
export async function findOrderSubscriptions(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly customer: string;
  readonly orderId: string;
}): Promise<readonly Stripe.Subscription[]> {
  const { client, context, customer, orderId } = input;
  const all = await client.call(
    {
      what: "Looking for the order's subscriptions",
      isWrite: false,
      run: (stripe) =>
        stripe.subscriptions
          .list({ customer, status: "all", limit: 100 })
          .autoPagingToArray({ limit: listedMax }),
    },
    context,
  );
  return all.filter(
    (one) => one.metadata[metadataKeys.orderId] === orderId && isLivingSubscription(one),
  );
}

/** The order's invoices that still ask for money or got it, those of its subscriptions included. */
export async function findOrderInvoices(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly customer: string;
  readonly orderId: string;
}): Promise<readonly Stripe.Invoice[]> {
  const { client, context, customer, orderId } = input;
  const all = await client.call(
    {
      what: "Looking for the order's invoices",
      isWrite: false,
      run: (stripe) =>
        stripe.invoices.list({ customer, limit: 100 }).autoPagingToArray({ limit: listedMax }),
    },
    context,
  );
  return all.filter((one) => orderIdOfInvoice(one) === orderId && isLivingInvoice(one));
}

/** The order an invoice belongs to: by itself, or through the subscription it bills. */
export function orderIdOfInvoice(invoice: Stripe.Invoice): string | null {
  return (
    invoice.metadata?.[metadataKeys.orderId] ??
    // Since 2025 the subscription stands under `parent`; `invoice.subscription` is gone.
    invoice.parent?.subscription_details?.metadata?.[metadataKeys.orderId] ??
    null
  );
}

export function isLivingSubscription(subscription: Stripe.Subscription): boolean {
  return subscription.status !== "canceled" && subscription.status !== "incomplete_expired";
}

export function isLivingInvoice(invoice: Stripe.Invoice): boolean {
  return invoice.status !== "void" && invoice.status !== "uncollectible";
}
