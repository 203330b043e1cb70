import type { CallVendor } from "@usher/activities";
import type { BillingChange } from "@usher/connector-sdk/spec";
import {
  type Database,
  findCheckoutSession,
  findRemoteRecord,
  finishInbox,
  type InboxMessage,
  lastPaymentOutcome,
  lockOrder,
  recordOrderCommand,
  recordRemoteState,
  type TenantTransaction,
} from "@usher/database";
import type { ConnectionId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import type { InboxBatch } from "./inbox-dispatcher.ts";
import { takeCheckout } from "./take-checkout.ts";

export interface TakeBillingChangesDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  /** New outbox messages are waiting. */
  readonly onTaken: () => void;
}

const readTimeoutMs = 30_000;

/**
 * Reads the object behind each event again and writes on the order's timeline what it says. One
 * message at a time: vendors have no call that reads many objects of several kinds.
 */
export function createTakeBillingChanges(deps: TakeBillingChangesDependencies) {
  return async (batch: InboxBatch): Promise<void> => {
    for (const message of batch.messages) await takeOne(deps, batch, message);
  };
}

async function takeOne(
  deps: TakeBillingChangesDependencies,
  { tenantId, vendor, signal, claimedAt }: InboxBatch,
  message: InboxMessage,
): Promise<void> {
  const { billing } = vendor;
  if (billing === null) throw new Error(`Connection ${vendor.connectionId} bills nothing.`);
  const change = await deps.callVendor({
    tenantId,
    vendor,
    operation: "readChange",
    idempotencyKey: `read:${message.id}`,
    timeoutMs: readTimeoutMs,
    signal,
    call: (context) =>
      billing.readChange({ eventId: message.eventId, body: message.body }, context),
  });
  await deps.database.withTenant({ tenantId }, async (tx) => {
    const because = await record(tx, {
      change,
      connectionId: vendor.connectionId as ConnectionId,
      system: vendor.vendor,
      now: claimedAt,
    });
    await finishInbox(
      tx,
      because === null
        ? { ids: [message.id], outcome: "processed" }
        : { ids: [message.id], outcome: "ignored", because },
    );
  });
  if (change.kind === "checkout") deps.onTaken();
}

interface ChangeToRecord {
  readonly change: BillingChange;
  readonly connectionId: ConnectionId;
  readonly system: string;
  readonly now: Instant;
}

/** Answers why there was nothing to do, or null. */
async function record(tx: TenantTransaction, input: ChangeToRecord): Promise<string | null> {
  const { change, connectionId, system, now } = input;
  if (change.kind === "irrelevant") return change.because;
  if (change.kind === "checkout") return await takeCheckout(tx, { ...input, change });
  const { recordId } = change;
  if (change.kind === "subscription") {
    await recordRemoteState(tx, { connectionId, remoteId: recordId, state: change.state });
    return null;
  }
  const { outcome } = change;
  const known = await findRemoteRecord(tx, { connectionId, remoteId: recordId });
  const orderId = (known?.orderId ?? change.orderId) as OrderId | null;
  const order = orderId === null ? null : await lockOrder(tx, orderId);
  if (order === null) return await withoutOrder(tx, { orderId, recordId });
  const last = await lastPaymentOutcome(tx, { orderId: order.id, recordId });
  // Two workers may have read one bill: whoever read it unpaid and comes second was overtaken.
  if (last === "paid" && outcome === "failed")
    return `${recordId} has been paid since it was read.`;
  await recordRemoteState(tx, { connectionId, remoteId: recordId, state: outcome });
  // A vendor announces one payment several times under different event ids; the timeline says it once.
  if (last === outcome) return null;
  await recordOrderCommand(tx, {
    order,
    command: { type: "record-payment", system, recordId, outcome },
    actor: system,
    now,
  });
  return null;
}

/**
 * What was bought on a page is paid before it is an order, and the vendor announces both in any
 * order: this message is taken again when the other has been.
 */
async function withoutOrder(
  tx: TenantTransaction,
  { orderId, recordId }: { readonly orderId: OrderId | null; readonly recordId: string },
): Promise<string> {
  const session = orderId === null ? null : await findCheckoutSession(tx, { orderId });
  if (session !== null && session.status !== "completed") {
    throw new Error(
      `${recordId} belongs to checkout session ${session.id}, which nobody has announced as paid yet.`,
    );
  }
  return `${recordId} names order ${orderId ?? "(none)"}, which this hub does not have.`;
}
