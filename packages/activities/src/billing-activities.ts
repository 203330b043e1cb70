import { Context } from "@temporalio/activity";
import {
  type BillingConnector,
  type BillingResult,
  toBillingOrder,
} from "@usher/connector-sdk/spec";
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
import type { OrderContent } from "@usher/entitlement-core/order";
import { decideOrder, evolveOrder, type OrderEvent } from "@usher/entitlement-core/order";
import type { CallVendor } from "./call-vendor.ts";
import type { ConnectedVendor } from "./connected-vendors.ts";
import type { OrderActivityDependencies } from "./order-activities.ts";
import { OrderMovedError, untilOrderHoldsStill } from "./order-moved-error.ts";
import { replaced, takenBack } from "./read-order.ts";
import type { OrderRef } from "./run-step.ts";

/** Remote activities on the queue `vendors`: calls to the tenant's billing system. */
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

interface BillableOrder {
  readonly found: OrderForPlanning;
  readonly content: OrderContent;
}

async function billOrder(
  deps: BillingActivityDependencies,
  { tenantId, orderId, revision }: OrderRef & { readonly revision: number },
): Promise<void> {
  const billing = await billingOf(deps, tenantId);
  if (billing === null) return;
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
  if (customer === null) throw new Error(`Order ${orderId} is to be billed without a customer.`);
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
    vendor: billing.vendor,
    operation: "bill",
    idempotencyKey: `bill:${orderId}:${revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) =>
      billing.connector.bill(
        {
          ...order,
          customer: {
            ...order.customer,
            remoteCustomerId: remoteCustomerOf(found, billing.vendor),
          },
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
  await untilOrderHoldsStill({ database: deps.database, tenantId }, (tx) =>
    recordBills(deps, tx, { orderId, revision, vendor: billing.vendor, result, content }),
  );
  deps.atFailpoint("bill.after-commit");
  deps.onChanged(tenantId);
}

/** Records and events together: then "billed" is true or not, and never half. */
async function recordBills(
  deps: BillingActivityDependencies,
  tx: TenantTransaction,
  input: {
    readonly orderId: string;
    readonly revision: number;
    readonly vendor: ConnectedVendor;
    readonly result: BillingResult;
    readonly content: BillableOrder["content"];
  },
): Promise<void> {
  const { orderId, revision, vendor, result, content } = input;
  const found = await load(tx, orderId);
  const records = toRemoteRecords(input);
  const isKnown = (record: RemoteRecord) =>
    found.remoteRecords.some(
      (one) => one.remoteId === record.remoteId && one.revision === record.revision,
    );
  const fresh = records.filter((record) => !isKnown(record));
  const gone = found.remoteRecords
    .filter((one) => one.connectionId === vendor.connectionId && one.revision < revision)
    .filter((one) => !records.some((record) => record.remoteId === one.remoteId))
    .map((one) => ({ ...one, state: one.state === takenBack ? takenBack : replaced }));
  await saveRemoteRecords(tx, [...records, ...gone]);
  const events: OrderEvent[] = [];
  let { state } = found.order;
  for (const { id: recordId, totalMinor } of result.records) {
    if (!fresh.some((one) => one.remoteId === recordId)) continue;
    const decision = decideOrder({
      state,
      command: {
        type: "record-billing",
        revision,
        system: vendor.vendor,
        recordId,
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

function toRemoteRecords({
  orderId,
  revision,
  vendor,
  result,
  content,
}: Parameters<typeof recordBills>[2]): readonly RemoteRecord[] {
  const about = {
    orderId: orderId as OrderId,
    revision,
    connectionId: vendor.connectionId as ConnectionId,
    remoteCustomerId: result.remoteCustomerId,
    currency: content.currency,
    state: "open",
  };
  // An order that costs nothing leaves no bill; that it was looked at has to be known all the same.
  if (result.records.length === 0) {
    return [
      { ...about, kind: "nothing", remoteId: `nothing:${orderId}`, lineIds: [], totalMinor: 0 },
    ];
  }
  return result.records.map(({ id, kind, lineIds, totalMinor }) => ({
    ...about,
    kind,
    remoteId: id,
    lineIds,
    totalMinor,
  }));
}

async function cancelBilling(
  deps: BillingActivityDependencies,
  { tenantId, orderId, reason }: OrderRef & { readonly reason: string },
): Promise<void> {
  const billing = await billingOf(deps, tenantId);
  if (billing === null) return;
  const found = await deps.database.withTenant(
    { tenantId: tenantId as TenantId, readOnly: true },
    (tx) => load(tx, orderId),
  );
  const { customer } = found.order;
  if (customer === null) return;
  deps.atFailpoint("undo.before-call");
  await deps.callVendor({
    tenantId,
    vendor: billing.vendor,
    operation: "cancelBilling",
    idempotencyKey: `cancel-billing:${orderId}:${found.order.revision}`,
    timeoutMs: callTimeoutMs,
    signal: Context.current().cancellationSignal,
    call: (context) =>
      billing.connector.cancelBilling(
        {
          orderId,
          customerId: customer.id,
          reason,
          remoteCustomerId: remoteCustomerOf(found, billing.vendor),
        },
        context,
      ),
  });
  deps.atFailpoint("undo.after-call");
  await deps.database.withTenant({ tenantId: tenantId as TenantId }, (tx) =>
    saveRemoteRecords(
      tx,
      found.remoteRecords
        .filter((one) => one.connectionId === billing.vendor.connectionId)
        .map((one) => ({ ...one, state: takenBack })),
    ),
  );
}

async function load(tx: TenantTransaction, orderId: string): Promise<OrderForPlanning> {
  const found = await loadOrderForPlanning(tx, orderId as OrderId);
  if (found === null) throw new Error(`There is no order ${orderId} of tenant ${tx.tenantId}.`);
  return found;
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

function remoteCustomerOf(found: OrderForPlanning, vendor: ConnectedVendor): string | null {
  const known = found.remoteRecords.find((one) => one.connectionId === vendor.connectionId);
  return known?.remoteCustomerId ?? null;
}
