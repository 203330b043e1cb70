import type {
  AnnouncementPage,
  CallContext,
  Checkpoint,
  InboundEvent,
} from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { listOrStartAgain } from "./list-or-start-again.ts";
import { readStanding } from "./read-standing.ts";
import { stripeEventTypes } from "./read-stripe-change.ts";
import { readCheckpoint, type StripeCheckpoint } from "./stripe-checkpoint.ts";
import type { StripeClient } from "./stripe-client.ts";

const pageSize = 100;
/** Stripe keeps events for 30 days; an hour of that is for clocks that differ. */
const keptSeconds = 30 * 86_400 - 3_600;

export interface ReadStripeEvents {
  readonly client: StripeClient;
  readonly overlapSeconds: number;
  /** Customers pay on Stripe's pages as well: the connection may read them. */
  readonly hasCheckout: boolean;
  readonly nowMs: number;
  readonly context: CallContext;
}

/**
 * What Stripe announced since the checkpoint, delivered or not: `delivery_success=false` would leave
 * out what a proxy in front of a hub that was down answered with a 200. Whoever was away for longer
 * than Stripe remembers is given what stands instead: every checkout gone through, invoice and
 * subscription of Usher's, as if it had been announced.
 * @see https://docs.stripe.com/webhooks/process-undelivered-events
 */
export async function readStripeEvents(
  input: ReadStripeEvents & { readonly checkpoint: Checkpoint | null },
): Promise<AnnouncementPage> {
  const { nowMs, overlapSeconds, hasCheckout, context } = input;
  const nowSeconds = Math.floor(nowMs / 1000);
  const at: StripeCheckpoint = readCheckpoint({ checkpoint: input.checkpoint, nowSeconds }) ?? {
    from: nowSeconds - overlapSeconds,
    until: null,
    phase: "events",
    lastId: "",
  };
  switch (at.phase) {
    case "checkouts":
    case "invoices":
    case "subscriptions":
      return readStanding({ ...input, at, phase: at.phase });
    case "events":
      if (at.from >= nowSeconds - keptSeconds) return readEvents(at, input);
  }
  context.log({
    message: `Stripe keeps events for 30 days, and the last one read is of ${toIso(at.from)}: what stands is read instead: ${hasCheckout ? "checkouts, " : ""}invoices and subscriptions`,
  });
  return {
    events: [],
    checkpoint: {
      from: at.from,
      until: nowSeconds,
      phase: hasCheckout ? "checkouts" : "invoices",
      lastId: "",
    },
    hasMore: true,
    isFullRead: true,
  };
}

async function readEvents(
  at: StripeCheckpoint,
  { client, context, nowMs, overlapSeconds }: ReadStripeEvents,
): Promise<AnnouncementPage> {
  const began = at.until ?? Math.floor(nowMs / 1000);
  const list = await listOrStartAgain((startingAfter) =>
    client.call(
      {
        what: "Reading what Stripe announced",
        isWrite: false,
        run: (stripe) =>
          stripe.events.list({
            types: [...stripeEventTypes],
            created: { gte: at.from, lte: began },
            limit: pageSize,
            ...startingAfter,
          }),
      },
      context,
    ),
  )(at.lastId);
  const events = list.data.map(toHint);
  // Stripe stamps by its own clock: if ours is ahead, what happens until we are there must not be missed.
  const until = at.until ?? Math.min(began, serverSecondsOf(list) ?? began);
  const lastId = list.data.at(-1)?.id;
  if (list.has_more && lastId !== undefined) {
    return { events, checkpoint: { ...at, until, lastId }, hasMore: true };
  }
  return {
    events,
    checkpoint: {
      from: Math.max(at.from, until - overlapSeconds),
      until: null,
      phase: "events",
      lastId: "",
    },
    hasMore: false,
  };
}

/** The event's payload is a hint: which object it is about is all that is kept of it. */
function toHint({ id, type, created, data }: Stripe.Event): InboundEvent {
  const { object } = data;
  const about = {
    ...("id" in object ? { id: object.id } : {}),
    ...("object" in object ? { object: object.object } : {}),
  };
  return {
    eventId: id,
    type,
    dealId: null,
    body: { id, object: "event", type, created, data: { object: about } },
  };
}

function serverSecondsOf(list: Stripe.Response<Stripe.ApiList<Stripe.Event>>): number | null {
  // With a fetch client this is the Response itself, unlike its declared type.
  const headers: unknown = list.lastResponse.headers;
  const date = headers instanceof Headers ? Date.parse(headers.get("date") ?? "") : Number.NaN;
  return Number.isNaN(date) ? null : Math.floor(date / 1000);
}

function toIso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
