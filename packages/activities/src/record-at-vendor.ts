import {
  appendOrderEvents,
  type OrderForPlanning,
  type RemoteRecord,
  saveRemoteRecords,
} from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import {
  type BillingCall,
  decideOrder,
  evolveOrder,
  type OrderCommand,
  type OrderEvent,
} from "@usher/entitlement-core/order";
import type { ConnectedVendor } from "./connected-vendors.ts";
import type { OrderActivityDependencies } from "./order-activities.ts";
import { loadOrder } from "./order-for-vendor.ts";
import { OrderMovedError, untilOrderHoldsStill } from "./order-moved-error.ts";
import { isOf, replaced, takenBack } from "./read-order.ts";
import type { OrderRef } from "./run-step.ts";

/** A record that a call made or found, and what the timeline says of it; null: nothing. */
export interface MadeAtVendor {
  readonly record: RemoteRecord;
  readonly command: OrderCommand | null;
}

/**
 * Writes down what a call made: records and events together, so that "billed" or "booked" is true
 * or not and never half. Earlier revisions' records of the same call that are not among these were
 * replaced by them. What is known already is not told again.
 */
export async function recordMade(
  deps: OrderActivityDependencies,
  {
    tenantId,
    orderId,
    revision,
    call,
    vendor,
    made,
  }: OrderRef & {
    readonly revision: number;
    readonly call: BillingCall;
    readonly vendor: ConnectedVendor;
    readonly made: readonly MadeAtVendor[];
  },
): Promise<void> {
  await untilOrderHoldsStill({ database: deps.database, tenantId }, async (tx) => {
    const found = await loadOrder(tx, orderId);
    const ours = ofVendor(found, vendor).filter((one) => isOf(call, one));
    const isAmong = (one: RemoteRecord) =>
      made.some(({ record }) => record.remoteId === one.remoteId);
    const gone = ours
      .filter((one) => one.revision < revision && !isAmong(one))
      .map((one) => ({ ...one, state: one.state === takenBack ? takenBack : replaced }));
    await saveRemoteRecords(tx, [...made.map(({ record }) => record), ...gone]);
    const fresh = made.filter(
      ({ record }) =>
        !ours.some((one) => one.remoteId === record.remoteId && one.revision === record.revision),
    );
    const appended = await appendOrderEvents(tx, {
      order: found.order,
      events: eventsOf(
        found,
        fresh.flatMap(({ command }) => (command === null ? [] : [command])),
      ),
      actor: vendor.vendor,
      now: deps.now(found.now),
    });
    if (appended.kind === "conflict") throw new OrderMovedError(orderId);
  });
}

/** Everything of the order that the call ever made at the vendor stands no more. */
export async function recordTakenBack(
  deps: OrderActivityDependencies,
  {
    tenantId,
    found,
    call,
    vendor,
  }: {
    readonly tenantId: string;
    readonly found: OrderForPlanning;
    readonly call: BillingCall;
    readonly vendor: ConnectedVendor;
  },
): Promise<void> {
  const gone = ofVendor(found, vendor).filter((one) => isOf(call, one));
  await deps.database.withTenant({ tenantId: tenantId as TenantId }, (tx) =>
    saveRemoteRecords(
      tx,
      gone.map((one) => ({ ...one, state: takenBack })),
    ),
  );
}

function ofVendor(
  { remoteRecords }: OrderForPlanning,
  { connectionId }: ConnectedVendor,
): readonly RemoteRecord[] {
  return remoteRecords.filter((one) => one.connectionId === connectionId);
}

/** What the commands come to, one after the other. One that is refused by now changes nothing. */
function eventsOf(
  { order }: OrderForPlanning,
  commands: readonly OrderCommand[],
): readonly OrderEvent[] {
  const events: OrderEvent[] = [];
  let { state } = order;
  for (const command of commands) {
    const decision = decideOrder({ state, command });
    if (!decision.ok) continue;
    events.push(...decision.value);
    state = decision.value.reduce(evolveOrder, state);
  }
  return events;
}
