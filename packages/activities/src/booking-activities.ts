import { Context } from "@temporalio/activity";
import type { ErpBooking, ErpConnector } from "@usher/connector-sdk/spec";
import {
  appendOrderEvents,
  findOfferingVersions,
  loadOrderForPlanning,
  type OrderForPlanning,
  type RemoteRecord,
  saveRemoteRecords,
  type TenantTransaction,
} from "@usher/database";
import type { ConnectionId, OrderId, TenantId } from "@usher/entitlement-core/kernel";
import {
  decideOrder,
  evolveOrder,
  type OrderContent,
  type OrderEvent,
} from "@usher/entitlement-core/order";
import type { BillingActivityDependencies } from "./billing-activities.ts";
import type { ConnectedVendor } from "./connected-vendors.ts";
import { OrderMovedError, untilOrderHoldsStill } from "./order-moved-error.ts";
import { replaced, salesOrder, takenBack } from "./read-order.ts";
import type { OrderRef } from "./run-step.ts";
import { toErpOrder } from "./to-erp-order.ts";

/** Calls to the tenant's ERP, made beside those to its billing system. */
export interface BookingActivities {
  /**
   * Books the revision, or finds what an earlier attempt booked, and records it. An order that is at
   * another revision by now is left to its next plan.
   */
  bookOrder(input: OrderRef & { readonly revision: number }): Promise<void>;
  /** Takes the order back in the ERP: canceled, or credited where it was invoiced. Repeatable. */
  cancelBooking(input: OrderRef & { readonly reason: string }): Promise<void>;
}

/** Below the activity's own bound, so that the failure is the ERP's and has a category. */
const callTimeoutMs = 45_000;

export function createBookingActivities(deps: BillingActivityDependencies): BookingActivities {
  return {
    bookOrder: (input) => bookOrder(deps, input),
    cancelBooking: (input) => cancelBooking(deps, input),
  };
}

async function bookOrder(
  deps: BillingActivityDependencies,
  { tenantId, orderId, revision }: OrderRef & { readonly revision: number },
): Promise<void> {
  const erp = await erpOf(deps, tenantId);
  if (erp === null) return;
  const read = await deps.database.withTenant(
    { tenantId: tenantId as TenantId, readOnly: true },
    async (tx) => {
      const found = await load(tx, orderId);
      const { content } = found.latest;
      if (found.order.revision !== revision || content === null) return null;
      const ids = [...new Set(content.lines.map((line) => line.offeringVersionId))];
      return { found, content, offeringVersions: await findOfferingVersions(tx, ids) };
    },
  );
  if (read === null) return;
  const { found, content, offeringVersions } = read;
  const { customer } = found.order;
  if (customer === null) throw new Error(`Order ${orderId} is to be booked without a customer.`);
  const known = found.remoteRecords.find((one) => one.connectionId === erp.vendor.connectionId);
  const order = toErpOrder({
    orderId,
    revision,
    customerId: customer.id,
    remoteCustomerId: known?.remoteCustomerId ?? null,
    content,
    offeringVersions,
  });
  deps.atFailpoint("book.before-call");
  const booking = await deps.callVendor({
    tenantId,
    vendor: erp.vendor,
    operation: "book",
    idempotencyKey: `book:${orderId}:${revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) => erp.connector.bookOrder(order, context),
  });
  deps.atFailpoint("book.after-call");
  await untilOrderHoldsStill({ database: deps.database, tenantId }, (tx) =>
    recordBooking(deps, tx, { orderId, revision, vendor: erp.vendor, booking, content }),
  );
  deps.atFailpoint("book.after-commit");
  deps.onChanged(tenantId);
}

/** Records and events together: then "booked" is true or not, and never half. */
async function recordBooking(
  deps: BillingActivityDependencies,
  tx: TenantTransaction,
  input: {
    readonly orderId: string;
    readonly revision: number;
    readonly vendor: ConnectedVendor;
    readonly booking: ErpBooking;
    readonly content: OrderContent;
  },
): Promise<void> {
  const { orderId, revision, vendor, booking, content } = input;
  const found = await load(tx, orderId);
  const records = booking.records.map(
    (one): RemoteRecord => ({
      orderId: orderId as OrderId,
      revision,
      connectionId: vendor.connectionId as ConnectionId,
      kind: salesOrder,
      remoteId: one.id,
      remoteCustomerId: booking.remoteCustomerId,
      lineIds: one.lineIds,
      totalMinor: one.totalMinor,
      currency: content.currency,
      state: "open",
    }),
  );
  const gone = found.remoteRecords
    .filter((one) => one.connectionId === vendor.connectionId && one.revision < revision)
    .filter((one) => !records.some((record) => record.remoteId === one.remoteId))
    .map((one) => ({ ...one, state: one.state === takenBack ? takenBack : replaced }));
  await saveRemoteRecords(tx, [...records, ...gone]);
  const events: OrderEvent[] = [];
  let { state } = found.order;
  for (const { id: recordId, number, totalMinor } of booking.records) {
    const isKnown = found.remoteRecords.some(
      (one) => one.remoteId === recordId && one.kind === salesOrder && one.revision === revision,
    );
    if (isKnown) continue;
    const decision = decideOrder({
      state,
      command: {
        type: "record-booking",
        revision,
        system: vendor.vendor,
        recordId,
        number,
        totalMinor,
        currency: content.currency,
      },
    });
    if (!decision.ok) continue;
    events.push(...decision.value);
    state = decision.value.reduce(evolveOrder, state);
  }
  const appended = await appendOrderEvents(tx, {
    order: found.order,
    events,
    actor: vendor.vendor,
    now: deps.now(found.now),
  });
  if (appended.kind === "conflict") throw new OrderMovedError(orderId);
}

async function cancelBooking(
  deps: BillingActivityDependencies,
  { tenantId, orderId, reason }: OrderRef & { readonly reason: string },
): Promise<void> {
  const erp = await erpOf(deps, tenantId);
  if (erp === null) return;
  const found = await deps.database.withTenant(
    { tenantId: tenantId as TenantId, readOnly: true },
    (tx) => load(tx, orderId),
  );
  const { revision } = found.order;
  deps.atFailpoint("undo.before-call");
  await deps.callVendor({
    tenantId,
    vendor: erp.vendor,
    operation: "cancelBooking",
    idempotencyKey: `cancel-booking:${orderId}:${revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) => erp.connector.cancelOrder({ orderId, revision, reason }, context),
  });
  deps.atFailpoint("undo.after-call");
  await deps.database.withTenant({ tenantId: tenantId as TenantId }, (tx) =>
    saveRemoteRecords(
      tx,
      found.remoteRecords
        .filter((one) => one.connectionId === erp.vendor.connectionId)
        .map((one) => ({ ...one, state: takenBack })),
    ),
  );
}

async function load(tx: TenantTransaction, orderId: string): Promise<OrderForPlanning> {
  const found = await loadOrderForPlanning(tx, orderId as OrderId);
  if (found === null) throw new Error(`There is no order ${orderId} of tenant ${tx.tenantId}.`);
  return found;
}

/** The tenant's ERP. One is all an order is booked in: the first by its stable order. */
async function erpOf(
  deps: BillingActivityDependencies,
  tenantId: string,
): Promise<{ readonly vendor: ConnectedVendor; readonly connector: ErpConnector } | null> {
  const [vendor] = await deps.vendors.ofKind({ tenantId, kind: "erp" });
  const connector = vendor?.erp ?? null;
  return vendor === undefined || connector === null ? null : { vendor, connector };
}
