import type { AnnouncementPage, CallContext, InboundEvent } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { isLivingInvoice, orderIdOfInvoice } from "./find-order-bills.ts";
import { listOrStartAgain } from "./list-or-start-again.ts";
import type { stripeEventTypes } from "./read-stripe-change.ts";
import type { StripeCheckpoint } from "./stripe-checkpoint.ts";
import type { StripeClient } from "./stripe-client.ts";
import { metadataKeys } from "./stripe-metadata.ts";

type Phase = Exclude<StripeCheckpoint["phase"], "events">;
type EventType = (typeof stripeEventTypes)[number];

/** What every list of Stripe's takes. */
interface Page {
  readonly created: { readonly lte: number };
  readonly limit: number;
  readonly starting_after?: string;
}

/** One thing that stands; `type` is how it would be announced, null for what is not Usher's. */
interface Standing {
  readonly id: string;
  readonly object: string;
  readonly type: EventType | null;
}

interface StandingList {
  readonly data: readonly Standing[];
  readonly hasMore: boolean;
}

const pageSize = 100;

/** What is read instead of events that are forgotten, and what is read after it. */
const phases: Readonly<
  Record<
    Phase,
    {
      readonly what: string;
      readonly next: StripeCheckpoint["phase"];
      readonly list: (stripe: Stripe, page: Page) => Promise<StandingList>;
    }
  >
> = {
  checkouts: {
    what: "Reading every checkout gone through",
    next: "invoices",
    list: async (stripe, page) =>
      toList(await stripe.checkout.sessions.list({ status: "complete", ...page }), (one) =>
        isOurs(one) ? "checkout.session.completed" : null,
      ),
  },
  invoices: {
    what: "Reading every invoice",
    next: "subscriptions",
    list: async (stripe, page) =>
      toList(await stripe.invoices.list(page), (one) => {
        if (orderIdOfInvoice(one) === null || !isLivingInvoice(one)) return null;
        return one.status === "paid" ? "invoice.paid" : "invoice.payment_failed";
      }),
  },
  subscriptions: {
    what: "Reading every subscription",
    next: "events",
    list: async (stripe, page) =>
      toList(await stripe.subscriptions.list({ status: "all", ...page }), (one) =>
        isOurs(one) ? "customer.subscription.updated" : null,
      ),
  },
};

/**
 * One page of what stands, as if it had been announced when the read began. Once all is read, events
 * are gone on with from there: what happened meanwhile is in them again.
 */
export async function readStanding(input: {
  readonly at: StripeCheckpoint;
  readonly phase: Phase;
  readonly client: StripeClient;
  readonly overlapSeconds: number;
  readonly context: CallContext;
}): Promise<AnnouncementPage> {
  const { at, phase, client, overlapSeconds, context } = input;
  const { what, next, list } = phases[phase];
  const until = at.until ?? at.from;
  const { data, hasMore } = await listOrStartAgain((startingAfter) =>
    client.call(
      {
        what,
        isWrite: false,
        run: (stripe) =>
          list(stripe, { created: { lte: until }, limit: pageSize, ...startingAfter }),
      },
      context,
    ),
  )(at.lastId);
  const events = data.flatMap((one) => (one.type === null ? [] : [toEvent(one, one.type, until)]));
  const lastId = data.at(-1)?.id;
  if (hasMore && lastId !== undefined) {
    return { events, checkpoint: { ...at, lastId }, hasMore: true };
  }
  const checkpoint: StripeCheckpoint =
    next === "events"
      ? { from: until - overlapSeconds, until: null, phase: "events", lastId: "" }
      : { ...at, phase: next, lastId: "" };
  return { events, checkpoint, hasMore: true };
}

function toList<One extends { readonly id: string; readonly object: string }>(
  list: Stripe.ApiList<One>,
  typeOf: (one: One) => EventType | null,
): StandingList {
  const data = list.data.map((one) => ({ id: one.id, object: one.object, type: typeOf(one) }));
  return { data, hasMore: list.has_more };
}

function isOurs({ metadata }: { readonly metadata: Stripe.Metadata | null }): boolean {
  return metadata?.[metadataKeys.orderId] !== undefined;
}

function toEvent({ id, object }: Standing, type: EventType, until: number): InboundEvent {
  const eventId = `standing:${until}:${id}`;
  return {
    eventId,
    type,
    dealId: null,
    body: { id: eventId, object: "event", type, created: until, data: { object: { id, object } } },
  };
}
