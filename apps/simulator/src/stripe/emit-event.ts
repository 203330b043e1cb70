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

export function showEvent(account: StripeAccount, event: EventRow) {
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
