import type { Call, CallResult } from "./call.ts";
import { showSnapshotEvent } from "./emit-event.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";

/** Stripe keeps events for 30 days. */
const KEPT_SECONDS = 30 * 86_400;

export function retrieveEvent({ account, params, path }: Call): CallResult {
  params.finish();
  const event = account.events.get(path["id"] ?? "");
  if (event === undefined) throw noSuch("event", path["id"] ?? "", "id");
  return showSnapshotEvent(account, event);
}

/**
 * Newest first. `delivery_success=false` finds what did not arrive, or not yet: how a receiver
 * recovers after an outage.
 * @see https://docs.stripe.com/webhooks/process-undelivered-events
 */
export function listEvents({ account, params }: Call): CallResult {
  const type = params.text("type");
  const types = params.texts("types");
  if (type !== undefined && types !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: type, types.", {
      param: "type",
    });
  }
  if (types !== undefined && types.length > 20) {
    throw invalidRequest("You may pass up to 20 types.", { param: "types" });
  }
  const delivered = params.boolean("delivery_success");
  const isCreatedThen = createdFilter(params);
  const oldest = account.nowSeconds() - KEPT_SECONDS;
  const isWanted = typeTest(type === undefined ? types : [type]);
  const { deliveries } = account.webhooks;
  const page = listRows({
    table: account.events,
    params,
    url: "/v1/events",
    label: "event",
    keep: (row) =>
      row.created >= oldest &&
      isWanted(row.type) &&
      (delivered === undefined || (deliveries.countWhere("event", row.id) === 0) === delivered) &&
      isCreatedThen(row),
    show: (row) => showSnapshotEvent(account, row),
  });
  params.finish();
  return page;
}

/** Names, or a group such as `invoice.*`. */
function typeTest(types: readonly string[] | undefined): (type: string) => boolean {
  if (types === undefined) return () => true;
  return (type) =>
    types.some((wanted) =>
      wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted,
    );
}
