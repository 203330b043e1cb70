import type { CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import type { StripeClient } from "./stripe-client.ts";
import { metadataKeys } from "./stripe-metadata.ts";

/** Of one customer, newest first; beyond this an order's bills are no longer looked for. */
const listedMax = 2_000;

/** What stands for one of an order's subscription bills: a subscription, the schedule it will come from, or both. */
export interface StandingBill {
  /** Null as long as its schedule has not begun. */
  readonly subscription: Stripe.Subscription | null;
  /** Null for a subscription that nothing is scheduled for. */
  readonly schedule: Stripe.SubscriptionSchedule | null;
}

/**
 * The order's living subscriptions and those that are yet to begin. From the customer's lists, which
 * are never behind, and not from the search, which is up to a minute.
 */
export async function findStandingBills(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly customer: string;
  readonly orderId: string;
}): Promise<readonly StandingBill[]> {
  // Schedules first: one that begins in between is then seen as a subscription, and never not at all.
  const schedules = await listSchedules(input);
  const subscriptions = await findOrderSubscriptions(input);
  const isOfOrder = (one: Stripe.SubscriptionSchedule) =>
    one.metadata?.[metadataKeys.orderId] === input.orderId;
  return [
    ...subscriptions.map((subscription) => ({
      subscription,
      // Not by metadata: an attempt may have been cut off before it could set any.
      schedule: schedules.find(({ id }) => id === idOf(subscription.schedule)) ?? null,
    })),
    ...schedules
      .filter((one) => one.status === "not_started" && isOfOrder(one))
      .filter(({ id }) => !subscriptions.some((one) => idOf(one.schedule) === id))
      .map((schedule) => ({ subscription: null, schedule })),
  ];
}

async function listSchedules(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly customer: string;
}): Promise<readonly Stripe.SubscriptionSchedule[]> {
  const { client, context, customer } = input;
  const all = await client.call(
    {
      what: "Looking for the order's schedules",
      isWrite: false,
      run: (stripe) =>
        stripe.subscriptionSchedules
          .list({ customer, limit: 100 })
          .autoPagingToArray({ limit: listedMax }),
    },
    context,
  );
  return all.filter(isLivingSchedule);
}

async function findOrderSubscriptions(input: {
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

export function isLivingSchedule(schedule: Stripe.SubscriptionSchedule): boolean {
  return schedule.status === "not_started" || schedule.status === "active";
}

function idOf(held: string | { readonly id: string } | null): string | null {
  return typeof held === "string" ? held : (held?.id ?? null);
}

export function isLivingInvoice(invoice: Stripe.Invoice): boolean {
  return invoice.status !== "void" && invoice.status !== "uncollectible";
}
