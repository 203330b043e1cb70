import { type BillingChange, type CallContext, isConnectorError } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { z } from "zod";
import { orderIdOfInvoice } from "./find-order-bills.ts";
import type { StripeClient } from "./stripe-client.ts";
import { metadataKeys } from "./stripe-metadata.ts";

const objectId = z.string().regex(/^[a-z]+_\w+$/);

/** What is read of an event: which object it is about. Nothing else of its payload is believed. */
const snapshotHint = z.looseObject({
  type: z.string(),
  data: z.looseObject({ object: z.looseObject({ id: objectId }) }),
});

/** A thin event says which object, and of which kind. Its `url` is not called: the id is enough. */
const thinHint = z.looseObject({
  object: z.literal("v2.core.event"),
  type: z.string(),
  related_object: z.looseObject({ id: objectId, type: z.string() }),
});

export const stripeEventTypes = [
  "invoice.paid",
  "invoice.payment_failed",
  "customer.subscription.created",
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "subscription_schedule.created",
  "subscription_schedule.updated",
  "subscription_schedule.canceled",
  "subscription_schedule.aborted",
  "subscription_schedule.completed",
  "subscription_schedule.released",
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
] as const;

/**
 * What an event means for an order, by the object as it is now: events arrive in any order and more
 * than once, so a late `payment_failed` of an invoice that was paid since reads as paid, whatever the
 * payload says (cashier-stripe #1201, #1759, #1760).
 */
export async function readStripeChange(input: {
  readonly body: unknown;
  readonly client: StripeClient;
  readonly context: CallContext;
}): Promise<BillingChange> {
  const { client, context } = input;
  const hint = readHint(input.body);
  if (hint === null) {
    return { kind: "irrelevant", because: "the event names no object that concerns an order" };
  }
  const { about, id } = hint;
  const read = <T>(what: string, run: (stripe: Stripe) => Promise<T>) =>
    readAgain(() => client.call({ what: `Reading ${what} ${id}`, isWrite: false, run }, context));
  switch (about) {
    case "invoice": {
      const invoice = await read("invoice", (stripe) => stripe.invoices.retrieve(id));
      return invoice === null ? gone(id) : fromStripeInvoice(invoice);
    }
    case "subscription_schedule": {
      const found = await read("schedule", (stripe) => stripe.subscriptionSchedules.retrieve(id));
      return found === null ? gone(id) : fromStripeSchedule(found);
    }
    case "subscription": {
      const found = await read("subscription", (stripe) => stripe.subscriptions.retrieve(id));
      return found === null ? gone(id) : fromStripeSubscription(found);
    }
    case "checkout": {
      const found = await read("checkout", (stripe) => stripe.checkout.sessions.retrieve(id));
      return found === null ? gone(id) : fromStripeSession(found, hint.type);
    }
    case null:
      return { kind: "irrelevant", because: `events of type ${hint.type} concern no order` };
  }
}

type Subject = "invoice" | "subscription" | "subscription_schedule" | "checkout";

/** Which object an event is about; `about` null for one of a kind that concerns no order. */
function readHint(
  body: unknown,
): { readonly type: string; readonly about: Subject | null; readonly id: string } | null {
  const thin = thinHint.safeParse(body);
  if (thin.success) {
    const { type, related_object } = thin.data;
    return { type, id: related_object.id, about: subjectOf(related_object.type) };
  }
  const snapshot = snapshotHint.safeParse(body);
  if (!snapshot.success) return null;
  const { type, data } = snapshot.data;
  const isKnown = stripeEventTypes.some((known) => known === type);
  // `customer.subscription.updated` is about a subscription: what stands before the verb.
  const about = isKnown ? subjectOf(type.split(".").at(-2) ?? "") : null;
  return { type, id: data.object.id, about };
}

function subjectOf(name: string): Subject | null {
  switch (name) {
    case "invoice":
    case "subscription":
    case "subscription_schedule":
      return name;
    case "session":
    case "checkout.session":
      return "checkout";
    default:
      return null;
  }
}

export function fromStripeInvoice(invoice: Stripe.Invoice): BillingChange {
  const orderId = orderIdOfInvoice(invoice);
  if (orderId === null)
    return { kind: "irrelevant", because: `invoice ${invoice.id} is not Usher's` };
  const change = { kind: "payment", orderId, recordId: invoice.id } as const;
  if (invoice.status === "paid") return { ...change, outcome: "paid" };
  if (invoice.status === "uncollectible") return { ...change, outcome: "failed" };
  if (invoice.status === "open" && invoice.attempted) return { ...change, outcome: "failed" };
  return {
    kind: "irrelevant",
    because: `invoice ${invoice.id} is ${invoice.status ?? "of no status"} by now`,
  };
}

export function fromStripeSubscription(subscription: Stripe.Subscription): BillingChange {
  const orderId = subscription.metadata[metadataKeys.orderId] ?? null;
  if (orderId === null) {
    return { kind: "irrelevant", because: `subscription ${subscription.id} is not Usher's` };
  }
  const state = stateOf(subscription.status);
  if (state === null) {
    return {
      kind: "irrelevant",
      because: `subscription ${subscription.id} is ${subscription.status}`,
    };
  }
  return { kind: "subscription", orderId, recordId: subscription.id, state };
}

/** One that was released says nothing: its subscription speaks for itself. One that has run its course has ended it. */
function fromStripeSchedule(schedule: Stripe.SubscriptionSchedule): BillingChange {
  const orderId = schedule.metadata?.[metadataKeys.orderId] ?? null;
  if (orderId === null) {
    return { kind: "irrelevant", because: `schedule ${schedule.id} is not Usher's` };
  }
  const change = { kind: "subscription", orderId, recordId: schedule.id } as const;
  switch (schedule.status) {
    case "not_started":
    case "active":
      return { ...change, state: "active" };
    case "canceled":
      return { ...change, state: "canceled" };
    case "completed":
      if (schedule.end_behavior === "cancel") return { ...change, state: "canceled" };
      return { kind: "irrelevant", because: `schedule ${schedule.id} is completed` };
    default:
      return { kind: "irrelevant", because: `schedule ${schedule.id} is ${schedule.status}` };
  }
}

/**
 * The session alone does not say that a payment which took days has failed. Its event may be
 * believed there: a session that failed is never paid any more.
 */
function fromStripeSession(session: Stripe.Checkout.Session, type: string): BillingChange {
  const orderId = session.metadata?.[metadataKeys.orderId] ?? null;
  if (orderId === null) {
    return { kind: "irrelevant", because: `checkout ${session.id} is not Usher's` };
  }
  const change = { kind: "checkout", orderId, recordId: session.id } as const;
  if (session.status === "expired") return { ...change, outcome: "expired" };
  if (session.status !== "complete") {
    return { kind: "irrelevant", because: `checkout ${session.id} is still open` };
  }
  if (session.payment_status !== "unpaid") return { ...change, outcome: "paid" };
  return { ...change, outcome: type.endsWith("async_payment_failed") ? "failed" : "pending" };
}

function stateOf(status: Stripe.Subscription.Status): "active" | "past_due" | "canceled" | null {
  switch (status) {
    case "active":
    case "trialing":
      return "active";
    case "past_due":
    case "unpaid":
    case "paused":
      return "past_due";
    case "canceled":
    case "incomplete_expired":
      return "canceled";
    case "incomplete":
      // Its first payment is still being made.
      return null;
    default:
      // A status of a later API version.
      return null;
  }
}

async function readAgain<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isConnectorError(error) && error.detail.category === "not_found") return null;
    throw error;
  }
}

function gone(id: string): BillingChange {
  return { kind: "irrelevant", because: `${id} is no longer there` };
}
