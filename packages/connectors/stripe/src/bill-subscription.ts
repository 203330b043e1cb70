import type { BillingOrder, BillingRecord, CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { createOnce } from "./create-once.ts";
import { isLivingSubscription } from "./find-order-bills.ts";
import {
  type SubscriptionGroup,
  type SubscriptionLine,
  totalOf,
} from "./group-subscription-lines.ts";
import { outrunByRevision } from "./outrun-by-revision.ts";
import { toStripeAmount } from "./stripe-amount.ts";
import type { StripeClient } from "./stripe-client.ts";
import { collectionOf } from "./stripe-collection.ts";
import type { StripeConfig } from "./stripe-config.ts";
import { stripeKey } from "./stripe-key.ts";
import {
  isBill,
  lineMetadata,
  metadataKeys,
  orderMetadata,
  revisionOf,
} from "./stripe-metadata.ts";
import type { StripeProducts } from "./stripe-products.ts";

export interface SubscriptionBilling {
  readonly client: StripeClient;
  readonly products: StripeProducts;
  readonly config: StripeConfig;
  readonly context: CallContext;
  readonly order: BillingOrder;
  readonly customer: string;
  readonly nowMs: number;
  /** Reads the order's living subscriptions again. */
  readonly findAll: () => Promise<readonly Stripe.Subscription[]>;
}

/**
 * Makes the group's subscription, or brings that of an earlier revision up to this one: its items
 * by line, with the proration the connection asks for. One that has this revision already is left
 * as it is.
 */
export async function billSubscription(
  input: SubscriptionBilling & {
    readonly group: SubscriptionGroup;
    readonly existing: Stripe.Subscription | null;
  },
): Promise<BillingRecord> {
  const { group, existing } = input;
  const made =
    existing === null
      ? await createSubscription(input)
      : await updateSubscription({ ...input, existing });
  const lines = group.lines.map(({ line }) => line);
  return {
    kind: "subscription",
    id: made.id,
    lineIds: lines.map(({ lineId }) => lineId),
    totalMinor: totalOf(lines),
  };
}

async function createSubscription(
  input: SubscriptionBilling & { readonly group: SubscriptionGroup },
): Promise<Stripe.Subscription> {
  const { client, context, order, group, customer, config, findAll, nowMs } = input;
  const items = await Promise.all(group.lines.map((line) => toItem({ ...input, line })));
  const rests = await Promise.all(
    group.lines
      .filter(({ installments }) => installments.remainderMinor > 0)
      .map((line) => toRest({ ...input, line })),
  );
  const params: Stripe.SubscriptionCreateParams = {
    customer,
    items,
    ...(rests.length === 0 ? {} : { add_invoice_items: rests }),
    ...collectionOf(config),
    ...termDates({ group, nowMs }),
    proration_behavior: "none",
    metadata: orderMetadata({ order, bill: group.bill }),
  };
  return createOnce({
    client,
    context,
    what: `Making the subscription of order ${order.orderId}`,
    key: stripeKey(context.idempotencyKey, group.bill),
    create: (stripe, options) => stripe.subscriptions.create(params, options),
    reread: (stripe, id) => stripe.subscriptions.retrieve(id),
    find: async () => (await findAll()).find((one) => isBill(one, group.bill)) ?? null,
    isAlive: isLivingSubscription,
  });
}

async function updateSubscription(
  input: SubscriptionBilling & {
    readonly group: SubscriptionGroup;
    readonly existing: Stripe.Subscription;
  },
): Promise<Stripe.Subscription> {
  const { client, context, order, group, existing, config, nowMs } = input;
  const revision = revisionOf(existing.metadata);
  if (revision === order.revision) return existing;
  if (revision > order.revision) throw outrunByRevision({ order, revision });
  const byLine = new Map(
    existing.items.data.map((item) => [item.metadata[metadataKeys.lineId], item.id]),
  );
  const items: Stripe.SubscriptionUpdateParams.Item[] = [];
  for (const line of group.lines) {
    const id = byLine.get(line.line.lineId);
    byLine.delete(line.line.lineId);
    const item = await toItem({ ...input, line });
    items.push(id === undefined ? item : { id, ...item });
  }
  for (const id of byLine.values()) items.push({ id, deleted: true });
  const { cancel_at } = termDates({ group, nowMs });
  return client.call(
    {
      what: `Changing the subscription of order ${order.orderId}`,
      isWrite: true,
      run: (stripe) =>
        stripe.subscriptions.update(
          existing.id,
          {
            items,
            // Never left to the default: it decides whether the customer is billed for the change.
            proration_behavior: config.prorationBehavior,
            ...(cancel_at === undefined ? {} : { cancel_at }),
            metadata: orderMetadata({ order, bill: group.bill }),
          },
          { idempotencyKey: stripeKey(context.idempotencyKey, group.bill, "update") },
        ),
    },
    context,
  );
}

async function toItem(
  input: SubscriptionBilling & { readonly line: SubscriptionLine },
): Promise<Stripe.SubscriptionCreateParams.Item & Stripe.SubscriptionUpdateParams.Item> {
  const { products, context, order, line } = input;
  const { interval, intervalCount, perPeriodMinor } = line.installments;
  return {
    price_data: {
      currency: order.currency.toLowerCase(),
      product: await products.ensure(line.line, context),
      recurring: { interval, interval_count: intervalCount },
      unit_amount: toStripeAmount({ minor: perPeriodMinor, currency: order.currency }),
    },
    quantity: line.line.quantity,
    metadata: lineMetadata(line.line),
  };
}

async function toRest(
  input: SubscriptionBilling & { readonly line: SubscriptionLine },
): Promise<Stripe.SubscriptionCreateParams.AddInvoiceItem> {
  const { products, context, order, line } = input;
  return {
    price_data: {
      currency: order.currency.toLowerCase(),
      product: await products.ensure(line.line, context),
      unit_amount: toStripeAmount({
        minor: line.installments.remainderMinor,
        currency: order.currency,
      }),
    },
    quantity: line.line.quantity,
    metadata: lineMetadata(line.line),
  };
}

/** Nothing is charged before the term starts, and the subscription ends with it; a renewal is an order of its own. */
function termDates(input: { readonly group: SubscriptionGroup; readonly nowMs: number }): {
  readonly trial_end?: number;
  readonly cancel_at?: number;
} {
  const { group, nowMs } = input;
  const start = Math.floor(Date.parse(group.startsAtIso) / 1000);
  const end = Math.floor(Date.parse(group.endsAtIso) / 1000);
  const now = nowMs / 1000;
  return {
    ...(start > now + 60 ? { trial_end: start } : {}),
    ...(end > now + 60 ? { cancel_at: end } : {}),
  };
}
