import { Context } from "@temporalio/activity";
import {
  type BillingConnector,
  type BillingResult,
  toBillingOrder,
} from "@usher/connector-sdk/spec";
import type { ConnectionId, Money, OrderId } from "@usher/entitlement-core/kernel";
import type { CallVendor } from "./call-vendor.ts";
import type { ConnectedVendor } from "./connected-vendors.ts";
import type { OrderActivityDependencies } from "./order-activities.ts";
import { readOrderForVendor, readRevisionForVendor, remoteCustomerOf } from "./order-for-vendor.ts";
import { type MadeAtVendor, recordMade, recordTakenBack } from "./record-at-vendor.ts";
import type { OrderRef } from "./run-step.ts";

/** Remote activities: calls to the tenant's billing system. */
export interface BillingActivities {
  /**
   * Makes the revision's bills, or finds those an earlier attempt made, and records them. An order
   * that is at another revision by now is left to its next plan.
   */
  billOrder(input: OrderRef & { readonly revision: number }): Promise<void>;
  /** Takes back every bill of the order. Repeatable; nothing to take back is no error. */
  cancelBilling(input: OrderRef & { readonly reason: string }): Promise<void>;
}

export interface BillingActivityDependencies extends OrderActivityDependencies {
  readonly callVendor: CallVendor;
}

/** Below the activity's own bound, so that the failure is the vendor's and has a category. */
const callTimeoutMs = 45_000;

export function createBillingActivities(deps: BillingActivityDependencies): BillingActivities {
  return {
    billOrder: (input) => billOrder(deps, input),
    cancelBilling: (input) => cancelBilling(deps, input),
  };
}

async function billOrder(
  deps: BillingActivityDependencies,
  { tenantId, orderId, revision }: OrderRef & { readonly revision: number },
): Promise<void> {
  const billing = await billingOf(deps, tenantId);
  if (billing === null) return;
  const { vendor, connector } = billing;
  const read = await readRevisionForVendor(deps, { tenantId, orderId, revision });
  if (read === null) return;
  const { found, content, customer, offeringVersions } = read;
  const order = toBillingOrder({
    orderId,
    revision,
    customerId: customer.id,
    content,
    offeringVersions,
  });
  deps.atFailpoint("bill.before-call");
  const result = await deps.callVendor({
    tenantId,
    vendor,
    operation: "bill",
    idempotencyKey: `bill:${orderId}:${revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) =>
      connector.bill(
        {
          ...order,
          customer: { ...order.customer, remoteCustomerId: remoteCustomerOf(found, vendor) },
          // The order did not exist before, so no attempt to bill it did; but what was bought on a
          // checkout page was billed there, and is looked for.
          ...(found.latest.receivedFrom === "checkout"
            ? {}
            : { notBilledBeforeMs: found.order.createdAt }),
        },
        context,
      ),
  });
  deps.atFailpoint("bill.after-call");
  const made = billsMade({ orderId, revision, vendor, result, currency: content.currency });
  await recordMade(deps, { tenantId, orderId, revision, call: "bill", vendor, made });
  deps.atFailpoint("bill.after-commit");
  deps.onChanged(tenantId);
}

function billsMade({
  orderId,
  revision,
  vendor,
  result,
  currency,
}: {
  readonly orderId: string;
  readonly revision: number;
  readonly vendor: ConnectedVendor;
  readonly result: BillingResult;
  readonly currency: Money["currency"];
}): readonly MadeAtVendor[] {
  const about = {
    orderId: orderId as OrderId,
    revision,
    connectionId: vendor.connectionId as ConnectionId,
    remoteCustomerId: result.remoteCustomerId,
    currency,
    state: "open",
  };
  // An order that costs nothing leaves no bill; that it was looked at has to be known all the same.
  if (result.records.length === 0) {
    const remoteId = `nothing:${orderId}`;
    const record = { ...about, kind: "nothing", remoteId, lineIds: [], totalMinor: 0 };
    return [{ record, command: null }];
  }
  return result.records.map(({ id, kind, lineIds, totalMinor }) => ({
    record: { ...about, kind, remoteId: id, lineIds, totalMinor },
    command: {
      type: "record-billing",
      revision,
      system: vendor.vendor,
      recordId: id,
      totalMinor,
      currency,
    },
  }));
}

async function cancelBilling(
  deps: BillingActivityDependencies,
  { tenantId, orderId, reason }: OrderRef & { readonly reason: string },
): Promise<void> {
  const billing = await billingOf(deps, tenantId);
  if (billing === null) return;
  const { vendor, connector } = billing;
  const found = await readOrderForVendor(deps, { tenantId, orderId });
  const { customer } = found.order;
  if (customer === null) return;
  deps.atFailpoint("undo.before-call");
  await deps.callVendor({
    tenantId,
    vendor,
    operation: "cancelBilling",
    idempotencyKey: `cancel-billing:${orderId}:${found.order.revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) =>
      connector.cancelBilling(
        {
          orderId,
          customerId: customer.id,
          reason,
          remoteCustomerId: remoteCustomerOf(found, vendor),
        },
        context,
      ),
  });
  deps.atFailpoint("undo.after-call");
  await recordTakenBack(deps, { tenantId, found, call: "bill", vendor });
}

/** The tenant's billing system. One is all an order is billed in: the first by its stable order. */
async function billingOf(
  deps: BillingActivityDependencies,
  tenantId: string,
): Promise<{ readonly vendor: ConnectedVendor; readonly connector: BillingConnector } | null> {
  const [vendor] = await deps.vendors.ofKind({ tenantId, kind: "billing" });
  if (vendor === undefined || vendor.billing === null) return null;
  return { vendor, connector: vendor.billing };
}
