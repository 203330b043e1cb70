import { Context } from "@temporalio/activity";
import type { ErpBooking, ErpConnector } from "@usher/connector-sdk/spec";
import type { ConnectionId, Money, OrderId } from "@usher/entitlement-core/kernel";
import type { BillingActivityDependencies } from "./billing-activities.ts";
import type { ConnectedVendor } from "./connected-vendors.ts";
import { readOrderForVendor, readRevisionForVendor, remoteCustomerOf } from "./order-for-vendor.ts";
import { salesOrder } from "./read-order.ts";
import { type MadeAtVendor, recordMade, recordTakenBack } from "./record-at-vendor.ts";
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
  const { vendor, connector } = erp;
  const read = await readRevisionForVendor(deps, { tenantId, orderId, revision });
  if (read === null) return;
  const { found, content, customer, offeringVersions } = read;
  const order = toErpOrder({
    orderId,
    revision,
    customerId: customer.id,
    remoteCustomerId: remoteCustomerOf(found, vendor),
    content,
    offeringVersions,
  });
  deps.atFailpoint("book.before-call");
  const booking = await deps.callVendor({
    tenantId,
    vendor,
    operation: "book",
    idempotencyKey: `book:${orderId}:${revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) => connector.bookOrder(order, context),
  });
  deps.atFailpoint("book.after-call");
  const made = ordersMade({ orderId, revision, vendor, booking, currency: content.currency });
  await recordMade(deps, { tenantId, orderId, revision, call: "book", vendor, made });
  deps.atFailpoint("book.after-commit");
  deps.onChanged(tenantId);
}

function ordersMade({
  orderId,
  revision,
  vendor,
  booking,
  currency,
}: {
  readonly orderId: string;
  readonly revision: number;
  readonly vendor: ConnectedVendor;
  readonly booking: ErpBooking;
  readonly currency: Money["currency"];
}): readonly MadeAtVendor[] {
  return booking.records.map(({ id, number, lineIds, totalMinor }) => ({
    record: {
      orderId: orderId as OrderId,
      revision,
      connectionId: vendor.connectionId as ConnectionId,
      kind: salesOrder,
      remoteId: id,
      remoteCustomerId: booking.remoteCustomerId,
      lineIds,
      totalMinor,
      currency,
      state: "open",
    },
    command: {
      type: "record-booking",
      revision,
      system: vendor.vendor,
      recordId: id,
      number,
      totalMinor,
      currency,
    },
  }));
}

async function cancelBooking(
  deps: BillingActivityDependencies,
  { tenantId, orderId, reason }: OrderRef & { readonly reason: string },
): Promise<void> {
  const erp = await erpOf(deps, tenantId);
  if (erp === null) return;
  const { vendor, connector } = erp;
  const found = await readOrderForVendor(deps, { tenantId, orderId });
  const { revision } = found.order;
  deps.atFailpoint("undo.before-call");
  await deps.callVendor({
    tenantId,
    vendor,
    operation: "cancelBooking",
    idempotencyKey: `cancel-booking:${orderId}:${revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) => connector.cancelOrder({ orderId, revision, reason }, context),
  });
  deps.atFailpoint("undo.after-call");
  await recordTakenBack(deps, { tenantId, found, call: "book", vendor });
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
