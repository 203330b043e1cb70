import { connectorFailure } from "@usher/connector-sdk/http";
import { type CallContext, isConnectorError } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { isLivingSchedule } from "./find-order-bills.ts";
import type { StripeClient } from "./stripe-client.ts";
import { stripeKey } from "./stripe-key.ts";
import { orderMetadata } from "./stripe-metadata.ts";
import { type SubscriptionBilling, termOf } from "./subscription-billing.ts";
import { toStripeItem, toStripeRests } from "./to-stripe-items.ts";

/** Everything of a schedule but where it begins. It ends its subscription with the term: a renewal is an order of its own. */
export async function toStripeSchedule(input: SubscriptionBilling) {
  const { order, group, config } = input;
  return {
    default_settings: defaultSettings(config),
    end_behavior: "cancel",
    metadata: orderMetadata({ order, bill: group.bill }),
    phases: [await toPhase({ ...input, prorationBehavior: "none" })],
  } satisfies Stripe.SubscriptionScheduleUpdateParams;
}

/** A later revision of what has not begun: it begins, holds and ends as that says. */
export async function changeSchedule(
  input: SubscriptionBilling & { readonly schedule: Stripe.SubscriptionSchedule },
): Promise<void> {
  const { client, context, order, group, schedule } = input;
  const { phases, ...rest } = await toStripeSchedule(input);
  const { start } = termOf(input);
  await client.call(
    {
      what: `Changing the schedule of order ${order.orderId}`,
      isWrite: true,
      run: (stripe) =>
        stripe.subscriptionSchedules.update(
          schedule.id,
          {
            ...rest,
            phases: phases.map((phase) => ({ ...phase, start_date: start })),
            proration_behavior: "none",
          },
          { idempotencyKey: stripeKey(context.idempotencyKey, group.bill, "reschedule") },
        ),
    },
    context,
  );
}

/**
 * A later revision whose term is still to come, of a subscription that runs: what runs is left as
 * it is until then, and the change is a phase of its own, prorated as the connection asks for.
 */
export async function scheduleChange(
  input: SubscriptionBilling & {
    readonly subscription: Stripe.Subscription;
    readonly schedule: Stripe.SubscriptionSchedule | null;
  },
): Promise<void> {
  const { client, context, order, group, config } = input;
  const schedule = input.schedule ?? (await putScheduleOver(input));
  const { start } = termOf(input);
  const running = runningPhase({ schedule, subscription: input.subscription });
  const next = await toPhase({ ...input, prorationBehavior: config.prorationBehavior });
  await client.call(
    {
      what: `Scheduling the change of order ${order.orderId}`,
      isWrite: true,
      run: (stripe) =>
        stripe.subscriptionSchedules.update(
          schedule.id,
          {
            default_settings: defaultSettings(config),
            end_behavior: "cancel",
            metadata: orderMetadata({ order, bill: group.bill }),
            phases: [
              { ...running, end_date: start },
              // Periods are counted from the term's start, or its parts would not add up.
              { ...next, billing_cycle_anchor: "phase_start" },
            ],
            // The phase that runs is not changed; this keeps it so that nothing is billed for it.
            proration_behavior: "none",
          },
          { idempotencyKey: stripeKey(context.idempotencyKey, group.bill, "schedule") },
        ),
    },
    context,
  );
}

/** Takes no parameters beside the subscription, so that it cannot be told by metadata whose it is. */
async function putScheduleOver(
  input: SubscriptionBilling & { readonly subscription: Stripe.Subscription },
): Promise<Stripe.SubscriptionSchedule> {
  const { client, context, group, subscription } = input;
  return client.call(
    {
      what: `Putting a schedule over subscription ${subscription.id}`,
      isWrite: true,
      run: (stripe) =>
        stripe.subscriptionSchedules.create(
          { from_subscription: subscription.id },
          { idempotencyKey: stripeKey(context.idempotencyKey, group.bill, "from-subscription") },
        ),
    },
    context,
  );
}

/** The phase a schedule is in, as it has to be given back to leave it as it is. */
function runningPhase(input: {
  readonly schedule: Stripe.SubscriptionSchedule;
  readonly subscription: Stripe.Subscription;
}): Stripe.SubscriptionScheduleUpdateParams.Phase {
  const { schedule, subscription } = input;
  const phase = schedule.phases.find(
    ({ start_date }) => start_date === schedule.current_phase?.start_date,
  );
  if (phase === undefined) {
    throw connectorFailure({
      category: "conflict_stale",
      message: `Schedule ${schedule.id} is between two phases; it is read again.`,
      retryAfterMs: 60_000,
    });
  }
  return {
    start_date: phase.start_date,
    proration_behavior: "none",
    items: subscription.items.data.map(({ price, quantity, metadata }) => ({
      ...samePrice(price),
      ...(quantity === undefined ? {} : { quantity }),
      metadata,
    })),
    metadata: phase.metadata ?? {},
  };
}

/** A price that was made with its item is not active, and cannot be named again: its like is made. */
function samePrice({ id, active, currency, product, recurring, unit_amount }: Stripe.Price) {
  if (active || recurring === null || unit_amount === null) return { price: id };
  const { interval, interval_count } = recurring;
  return {
    price_data: {
      currency,
      product: typeof product === "string" ? product : product.id,
      recurring: {
        interval: interval as Stripe.PriceCreateParams.Recurring.Interval,
        interval_count,
      },
      unit_amount,
    },
  };
}

async function toPhase(
  input: SubscriptionBilling & {
    readonly prorationBehavior: "create_prorations" | "always_invoice" | "none";
  },
) {
  const { order, group, prorationBehavior } = input;
  const items = await Promise.all(group.lines.map((line) => toStripeItem({ ...input, line })));
  const rests = await toStripeRests(input);
  return {
    items,
    ...(rests.length === 0 ? {} : { add_invoice_items: [...rests] }),
    end_date: termOf(input).end,
    proration_behavior: prorationBehavior,
    // Becomes the subscription's when the phase begins.
    metadata: orderMetadata({ order, bill: group.bill }),
  } satisfies Stripe.SubscriptionScheduleUpdateParams.Phase;
}

function defaultSettings({ collectionMethod, daysUntilDue }: SubscriptionBilling["config"]) {
  return collectionMethod === "send_invoice"
    ? { collection_method: collectionMethod, invoice_settings: { days_until_due: daysUntilDue } }
    : { collection_method: collectionMethod };
}

interface ScheduleStep {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly schedule: Stripe.SubscriptionSchedule;
}

/** Ends the schedule together with the subscription it manages, if it has begun. Repeatable. */
export async function cancelSchedule(step: ScheduleStep): Promise<void> {
  await endSchedule({
    ...step,
    what: `Canceling schedule ${step.schedule.id}`,
    // Its invoices are taken back by themselves; a proration on top would credit twice.
    end: (stripe, id) =>
      stripe.subscriptionSchedules.cancel(id, { invoice_now: false, prorate: false }),
  });
}

/** Undoes what is scheduled and leaves the subscription as it runs, also its end. Repeatable. */
export async function releaseSchedule(step: ScheduleStep): Promise<void> {
  await endSchedule({
    ...step,
    what: `Releasing schedule ${step.schedule.id}`,
    end: (stripe, id) => stripe.subscriptionSchedules.release(id, { preserve_cancel_date: true }),
  });
}

async function endSchedule(
  input: ScheduleStep & {
    readonly what: string;
    readonly end: (stripe: Stripe, id: string) => Promise<unknown>;
  },
): Promise<void> {
  const { client, context, schedule, what, end } = input;
  const { id } = schedule;
  try {
    await client.call({ what, isWrite: true, run: (stripe) => end(stripe, id) }, context);
  } catch (error) {
    // Refused, perhaps because it ended in the meantime: by its own date, or by somebody else.
    if (!isConnectorError(error) || error.detail.category !== "validation") throw error;
    const current = await client.call(
      { what, isWrite: false, run: (stripe) => stripe.subscriptionSchedules.retrieve(id) },
      context,
    );
    if (isLivingSchedule(current)) throw error;
  }
}
