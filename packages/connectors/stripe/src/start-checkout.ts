import { connectorFailure } from "@usher/connector-sdk/http";
import {
  type BillingLine,
  type BillingOrder,
  type CallContext,
  type CheckoutPage,
  type CheckoutRequest,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { invoiceBill } from "./bill-invoice.ts";
import { createOnce } from "./create-once.ts";
import { findOrderInvoices, findStandingBills } from "./find-order-bills.ts";
import { groupSubscriptionLines, type SubscriptionGroup } from "./group-subscription-lines.ts";
import { toStripeAmount } from "./stripe-amount.ts";
import type { StripeClient } from "./stripe-client.ts";
import type { StripeCustomers } from "./stripe-customers.ts";
import { stripeKey } from "./stripe-key.ts";
import { lineMetadata, metadataKeys, orderMetadata, revisionOf } from "./stripe-metadata.ts";
import type { StripeProducts } from "./stripe-products.ts";
import { toStripeItem, toStripeRests } from "./to-stripe-items.ts";

interface Starting {
  readonly client: StripeClient;
  readonly customers: StripeCustomers;
  readonly products: StripeProducts;
  readonly nowMs: number;
  readonly context: CallContext;
}

type LineItem = Stripe.Checkout.SessionCreateParams.LineItem;

/** Stripe starts a trial, which is how a checkout waits for its term, at the earliest then. */
const aheadMsMin = 48 * 60 * 60 * 1000;
const soonMs = 60 * 1000;

/**
 * A Checkout session for an order's lines: a subscription, or one payment with an invoice. What
 * comes of it carries the order's metadata as `bill` writes it, so that `bill` finds it and makes
 * nothing beside it. One session a revision at a time; one that lapsed is followed by another. An
 * order that is billed already gets none.
 * @see https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export async function startCheckout(
  input: Starting & { readonly request: CheckoutRequest },
): Promise<CheckoutPage> {
  const { client, customers, context, request } = input;
  const { order } = request;
  const content = await toContent(input);
  const { id: customer } = await customers.ensure(order.customer, context);
  const sessions = await findOrderSessions({ client, context, customer, orderId: order.orderId });
  for (const session of sessions) {
    if (session.status === "open" && revisionOf(session.metadata) < order.revision) {
      await closeSession({ client, context, session });
    }
  }
  const isCurrent = (one: Stripe.Checkout.Session) =>
    isLivingSession(one) && revisionOf(one.metadata) === order.revision;
  const held = sessions.find(isCurrent);
  if (held === undefined) await refuseWhatIsBilled({ ...input, order, customer });
  const session =
    held ??
    (await createOnce({
      client,
      context,
      what: `Opening the checkout of order ${order.orderId}`,
      key: stripeKey(context.idempotencyKey, "checkout"),
      create: (stripe, options) =>
        stripe.checkout.sessions.create(
          {
            ...content,
            customer,
            client_reference_id: order.orderId.slice(0, 200),
            metadata: orderMetadata({ order, bill: "checkout" }),
            success_url: request.successUrl,
            cancel_url: request.cancelUrl,
          },
          options,
        ),
      reread: (stripe, id) => stripe.checkout.sessions.retrieve(id),
      find: async () => {
        const again = await findOrderSessions({
          client,
          context,
          customer,
          orderId: order.orderId,
        });
        return again.find(isCurrent) ?? null;
      },
      isAlive: isLivingSession,
    }));
  return {
    remoteCustomerId: customer,
    recordId: session.id,
    url: session.status === "open" ? session.url : null,
    expiresAtMs: session.expires_at * 1000,
  };
}

/** A page for what is billed already would bill it twice. */
async function refuseWhatIsBilled(
  input: Starting & { readonly order: BillingOrder; readonly customer: string },
): Promise<void> {
  const { order, ...rest } = input;
  const where = { ...rest, orderId: order.orderId };
  const [standing] = await findStandingBills(where);
  const [invoice] = await findOrderInvoices(where);
  const id = standing?.subscription?.id ?? standing?.schedule?.id ?? invoice?.id;
  if (id === undefined) return;
  throw connectorFailure({
    category: "validation",
    message: `Order ${order.orderId} is billed already (${id}): a page to pay it on would bill it twice. Take the bill back first, or change it by a later revision.`,
    where: { record: `Order ${order.orderId}`, field: "bill" },
  });
}

/** Closes the pages that are still open for the order, so that nobody pays for what is taken back. */
export async function closeOrderSessions(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly customer: string;
  readonly orderId: string;
}): Promise<void> {
  for (const session of await findOrderSessions(input)) {
    if (session.status === "open") await closeSession({ ...input, session });
  }
}

async function toContent(input: Starting & { readonly request: CheckoutRequest }) {
  const { order } = input.request;
  const [group, ...others] = groupSubscriptionLines(order);
  const once = order.lines.filter(({ billing }) => billing.kind === "invoice");
  if (group === undefined && once.length > 0) return toPayment({ ...input, order, lines: once });
  if (group !== undefined && others.length === 0 && once.length === 0) {
    return toSubscription({ ...input, order, group });
  }
  throw connectorFailure({
    category: "validation",
    message:
      "A checkout at Stripe holds either lines billed once or subscription lines of one rhythm and one term. Split the order, or bill it instead.",
    where: { record: "Order", field: "lines" },
  });
}

async function toSubscription(
  input: Starting & { readonly order: BillingOrder; readonly group: SubscriptionGroup },
) {
  const { order, group, nowMs } = input;
  const startMs = Date.parse(group.startsAtIso);
  const isAhead = startMs > nowMs + soonMs;
  if (isAhead && startMs < nowMs + aheadMsMin) {
    throw connectorFailure({
      category: "validation",
      message: `A checkout at Stripe starts at once or in 48 hours at the earliest; the term starts at ${group.startsAtIso}. Bill the order instead.`,
      where: { record: "Order line", field: "term" },
    });
  }
  const items = await Promise.all(group.lines.map((line) => toStripeItem({ ...input, line })));
  const line_items: LineItem[] = [...items, ...(await toStripeRests(input))];
  return {
    mode: "subscription",
    line_items,
    subscription_data: {
      metadata: orderMetadata({ order, bill: group.bill }),
      ...(isAhead ? { trial_end: Math.floor(startMs / 1000) } : {}),
    },
  } satisfies Partial<Stripe.Checkout.SessionCreateParams>;
}

async function toPayment(
  input: Starting & { readonly order: BillingOrder; readonly lines: readonly BillingLine[] },
) {
  const { products, context, order, lines } = input;
  const line_items: LineItem[] = [];
  for (const line of lines) {
    line_items.push({
      price_data: {
        currency: order.currency.toLowerCase(),
        product: await products.ensure(line, context),
        unit_amount: toStripeAmount({ minor: line.unitAmountMinor, currency: order.currency }),
      },
      quantity: line.quantity,
      metadata: lineMetadata(line),
    });
  }
  return {
    mode: "payment",
    line_items,
    invoice_creation: {
      enabled: true,
      invoice_data: { metadata: orderMetadata({ order, bill: invoiceBill }) },
    },
  } satisfies Partial<Stripe.Checkout.SessionCreateParams>;
}

async function findOrderSessions(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly customer: string;
  readonly orderId: string;
}): Promise<readonly Stripe.Checkout.Session[]> {
  const { client, context, customer, orderId } = input;
  const all = await client.call(
    {
      what: "Looking for the order's checkouts",
      isWrite: false,
      run: (stripe) =>
        stripe.checkout.sessions.list({ customer, limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    },
    context,
  );
  return all.filter((one) => one.metadata?.[metadataKeys.orderId] === orderId);
}

async function closeSession(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly session: Stripe.Checkout.Session;
}): Promise<void> {
  const { client, context, session } = input;
  const what = `Closing checkout ${session.id}`;
  try {
    await client.call(
      { what, isWrite: true, run: (stripe) => stripe.checkout.sessions.expire(session.id) },
      context,
    );
  } catch (error) {
    // Refused, perhaps because the customer has just gone through it, or it lapsed.
    if (!isConnectorError(error) || error.detail.category !== "validation") throw error;
    const current = await client.call(
      { what, isWrite: false, run: (stripe) => stripe.checkout.sessions.retrieve(session.id) },
      context,
    );
    if (current.status === "open") throw error;
  }
}

function isLivingSession(session: Stripe.Checkout.Session): boolean {
  return session.status !== "expired";
}
