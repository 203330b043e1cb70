import type { BillingRecord } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { createOnce } from "./create-once.ts";
import { isLivingSchedule, isLivingSubscription, type StandingBill } from "./find-order-bills.ts";
import { totalOf } from "./group-subscription-lines.ts";
import { outrunByRevision } from "./outrun-by-revision.ts";
import {
  cancelSchedule,
  changeSchedule,
  releaseSchedule,
  scheduleChange,
  toStripeSchedule,
} from "./schedule-subscription.ts";
import { collectionOf } from "./stripe-collection.ts";
import { stripeKey } from "./stripe-key.ts";
import { isBill, metadataKeys, orderMetadata, revisionOf } from "./stripe-metadata.ts";
import { type SubscriptionBilling, termOf } from "./subscription-billing.ts";
import { toStripeItem, toStripeRests } from "./to-stripe-items.ts";

/**
 * Makes the group's subscription, or brings that of an earlier revision up to this one: its items
 * by line, with the proration the connection asks for. What begins later is scheduled: a schedule
 * of its own before the subscription is there, a phase of one when it is. What has this revision
 * already is left as it is.
 */
export async function billSubscription(
  input: SubscriptionBilling & { readonly standing: StandingBill | null },
): Promise<BillingRecord> {
  const { group, standing } = input;
  const id =
    standing === null
      ? (await createSubscription(input)).id
      : await reviseSubscription({ ...input, standing });
  const lines = group.lines.map(({ line }) => line);
  return {
    kind: "subscription",
    id,
    lineIds: lines.map(({ lineId }) => lineId),
    totalMinor: totalOf(lines),
  };
}

type Made = Stripe.Subscription | Stripe.SubscriptionSchedule;

/**
 * Both are made under one key: when the term begins between two attempts, the second finds what the
 * first has scheduled instead of making a subscription beside it.
 */
async function createSubscription(input: SubscriptionBilling): Promise<Made> {
  const { client, context, order, group, findAll } = input;
  const { isAhead, start } = termOf(input);
  const params = isAhead ? null : await toSubscription(input);
  const schedule = isAhead ? await toStripeSchedule(input) : null;
  const { customer } = input;
  return createOnce<Made>({
    client,
    context,
    what: `Making the subscription of order ${order.orderId}`,
    key: stripeKey(context.idempotencyKey, group.bill),
    create: (stripe, options) =>
      params === null
        ? stripe.subscriptionSchedules.create({ customer, start_date: start, ...schedule }, options)
        : stripe.subscriptions.create(params, options),
    reread: (stripe, id) =>
      params === null
        ? stripe.subscriptionSchedules.retrieve(id)
        : stripe.subscriptions.retrieve(id),
    find: async () => {
      const found = (await findAll()).find((one) => isStandingBill(one, group.bill));
      return found?.subscription ?? found?.schedule ?? null;
    },
    isAlive: (made) =>
      made.object === "subscription" ? isLivingSubscription(made) : isLivingSchedule(made),
  });
}

async function toSubscription(
  input: SubscriptionBilling,
): Promise<Stripe.SubscriptionCreateParams> {
  const { order, group, customer, config } = input;
  const { end, isOver } = termOf(input);
  const rests = await toStripeRests(input);
  return {
    customer,
    items: await Promise.all(group.lines.map((line) => toStripeItem({ ...input, line }))),
    ...(rests.length === 0 ? {} : { add_invoice_items: [...rests] }),
    ...collectionOf(config),
    // It ends with the term; a renewal is an order of its own.
    ...(isOver ? {} : { cancel_at: end }),
    proration_behavior: "none",
    metadata: orderMetadata({ order, bill: group.bill }),
  };
}

/** The id of what stands for the group then. */
async function reviseSubscription(
  input: SubscriptionBilling & { readonly standing: StandingBill },
): Promise<string> {
  const { client, context, order, standing } = input;
  const { subscription, schedule } = standing;
  const standingId = subscription?.id ?? schedule?.id ?? "";
  const revision = revisionOfStanding(standing);
  if (revision === order.revision) {
    await endWithTerm(input);
    return standingId;
  }
  if (revision > order.revision) throw outrunByRevision({ order, revision });
  const { isAhead } = termOf(input);
  if (subscription === null) {
    if (schedule === null) throw new Error("a bill stands that is neither made nor scheduled");
    if (isAhead) {
      await changeSchedule({ ...input, schedule });
      return standingId;
    }
    // Its start cannot be moved into the past.
    await cancelSchedule({ client, context, schedule });
    return (await createSubscription(input)).id;
  }
  // One in a trial charges nothing before its term anyway.
  if (isAhead && subscription.status !== "trialing") {
    await scheduleChange({ ...input, subscription, schedule });
    return standingId;
  }
  if (schedule !== null) await releaseSchedule({ client, context, schedule });
  return (await updateSubscription({ ...input, subscription })).id;
}

/** A checkout cannot say when its subscription ends. */
async function endWithTerm(
  input: SubscriptionBilling & { readonly standing: StandingBill },
): Promise<void> {
  const { client, context, order, standing } = input;
  const { subscription, schedule } = standing;
  const { end, isOver } = termOf(input);
  const hasEnd = subscription === null || schedule !== null || subscription.cancel_at !== null;
  if (hasEnd || isOver) return;
  await client.call(
    {
      what: `Ending the subscription of order ${order.orderId} with its term`,
      isWrite: true,
      run: (stripe) =>
        stripe.subscriptions.update(
          subscription.id,
          { cancel_at: end, proration_behavior: "none" },
          { idempotencyKey: stripeKey("usher:end", subscription.id, end) },
        ),
    },
    context,
  );
}

async function updateSubscription(
  input: SubscriptionBilling & { readonly subscription: Stripe.Subscription },
): Promise<Stripe.Subscription> {
  const { client, context, order, group, subscription, config } = input;
  const byLine = new Map(
    subscription.items.data.map((item) => [item.metadata[metadataKeys.lineId], item.id]),
  );
  const items: Stripe.SubscriptionUpdateParams.Item[] = [];
  for (const line of group.lines) {
    const id = byLine.get(line.line.lineId);
    byLine.delete(line.line.lineId);
    const item = await toStripeItem({ ...input, line });
    items.push(id === undefined ? item : { id, ...item });
  }
  for (const id of byLine.values()) items.push({ id, deleted: true });
  const { end, isOver } = termOf(input);
  return client.call(
    {
      what: `Changing the subscription of order ${order.orderId}`,
      isWrite: true,
      run: (stripe) =>
        stripe.subscriptions.update(
          subscription.id,
          {
            items,
            // Never left to the default: it decides whether the customer is billed for the change.
            proration_behavior: config.prorationBehavior,
            ...(isOver ? {} : { cancel_at: end }),
            metadata: orderMetadata({ order, bill: group.bill }),
          },
          { idempotencyKey: stripeKey(context.idempotencyKey, group.bill, "update") },
        ),
    },
    context,
  );
}

/** True for what stands for the bill of that name. */
export function isStandingBill({ subscription, schedule }: StandingBill, bill: string): boolean {
  const named = subscription ?? schedule;
  return named !== null && isBill(named, bill);
}

/** A scheduled change counts as made: its revision stands on the schedule until its phase begins. */
function revisionOfStanding({ subscription, schedule }: StandingBill): number {
  return Math.max(
    revisionOf(subscription?.metadata ?? null),
    revisionOf(schedule?.metadata ?? null),
  );
}
