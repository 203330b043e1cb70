import type { Stripe } from "stripe";
import { showResource } from "./show-resource.ts";
import { API_VERSION, type Caller, type StripeAccount } from "./stripe-account.ts";
import type { EventRow, ResourceKind, ResourceRows } from "./stripe-rows.ts";

/** Records an event inside the transaction of its change, and sets its deliveries going. */
export function emitEvent<Kind extends ResourceKind>(
  account: StripeAccount,
  input: {
    readonly type: string;
    readonly kind: Kind;
    readonly row: ResourceRows[Kind];
    readonly caller: Caller;
    readonly previous?: Readonly<Record<string, unknown>>;
  },
): void {
  const { id, sequence } = account.newId("evt");
  const event: EventRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    type: input.type,
    kind: input.kind,
    snapshot: input.row,
    previousAttributes: input.previous ?? null,
    requestId: input.caller.requestId,
    idempotencyKey: input.caller.idempotencyKey,
  };
  account.store.put(account.events, event);
  account.webhooks.announce({ vendor: "stripe", id, type: input.type });
}

/** An event as webhooks bring it: whole, or thin where the account's settings say so. */
export function showEvent(account: StripeAccount, event: EventRow) {
  return account.settings().thinEvents === true
    ? showThinEvent(event)
    : showSnapshotEvent(account, event);
}

/**
 * Names the object and holds nothing of it. Stripe sends these to event destinations that ask for
 * thin payloads.
 * @see https://docs.stripe.com/event-destinations#thin-events
 */
function showThinEvent(event: EventRow) {
  const { id } = event.snapshot;
  const path = `/v1/${event.kind}s/${id}`;
  return {
    id: event.id.replace(/^evt_/, "evt_test_"),
    object: "v2.core.event",
    created: new Date(event.created * 1000).toISOString(),
    livemode: false,
    snapshot_event: event.id,
    type: `v1.${event.type}`,
    related_object: { id, type: event.kind, url: path },
  } satisfies Stripe.V2.Core.EventBase & { readonly related_object: RelatedObject };
}

type RelatedObject = Stripe.V2.Core.Events.RelatedObject;

/** The event with the object as it stood then. */
export function showSnapshotEvent(account: StripeAccount, event: EventRow) {
  const deliveries = account.webhooks.deliveries.where("event", event.id);
  return {
    id: event.id,
    object: "event",
    api_version: API_VERSION,
    created: event.created,
    data: {
      object: showResource(account, event.kind, event.snapshot),
      ...(event.previousAttributes === null
        ? {}
        : { previous_attributes: event.previousAttributes }),
    },
    livemode: false,
    pending_webhooks: deliveries.filter((one) => one.state === "pending").length,
    request: { id: event.requestId, idempotency_key: event.idempotencyKey },
    type: event.type,
  } satisfies Omit<Stripe.EventBase, "data" | "type"> & Record<string, unknown>;
}
