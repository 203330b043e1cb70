import {
  type Database,
  findOfferingVersions,
  loadOrderForPlanning,
  type OrderForPlanning,
  type StoredOrder,
  type TenantTransaction,
} from "@usher/database";
import type { OfferingVersion } from "@usher/entitlement-core/catalog";
import type { OrderId, TenantId } from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";
import type { OrderRef } from "./run-step.ts";

/** A revision as a vendor is told of it. */
export interface RevisionForVendor {
  readonly found: OrderForPlanning;
  readonly content: OrderContent;
  readonly customer: NonNullable<StoredOrder["customer"]>;
  readonly offeringVersions: readonly OfferingVersion[];
}

/** The revision to be made at a vendor; null when the order is at another by now, which its next plan sees. */
export async function readRevisionForVendor(
  { database }: { readonly database: Database },
  { tenantId, orderId, revision }: OrderRef & { readonly revision: number },
): Promise<RevisionForVendor | null> {
  return await readOnly(database, tenantId, async (tx) => {
    const found = await loadOrder(tx, orderId);
    const { content } = found.latest;
    if (found.order.revision !== revision || content === null) return null;
    const { customer } = found.order;
    if (customer === null) throw new Error(`Order ${orderId} is to be made without a customer.`);
    const ids = [...new Set(content.lines.map((line) => line.offeringVersionId))];
    return { found, content, customer, offeringVersions: await findOfferingVersions(tx, ids) };
  });
}

/** The order as it stands, for taking back what was made of it. */
export async function readOrderForVendor(
  { database }: { readonly database: Database },
  { tenantId, orderId }: OrderRef,
): Promise<OrderForPlanning> {
  return await readOnly(database, tenantId, (tx) => loadOrder(tx, orderId));
}

/** The customer's id at the vendor, from what was made or bought there before; null: nothing was. */
export function remoteCustomerOf(
  { remoteRecords, checkout }: Pick<OrderForPlanning, "remoteRecords" | "checkout">,
  { connectionId }: { readonly connectionId: string },
): string | null {
  const known = remoteRecords.find((one) => one.connectionId === connectionId);
  const bought = checkout?.connectionId === connectionId ? checkout.remoteCustomerId : null;
  return known?.remoteCustomerId ?? bought;
}

/** Throws when there is no such order: an activity is only ever asked about one that was stored. */
export async function loadOrder(tx: TenantTransaction, orderId: string): Promise<OrderForPlanning> {
  const found = await loadOrderForPlanning(tx, orderId as OrderId);
  if (found === null) throw new Error(`There is no order ${orderId} of tenant ${tx.tenantId}.`);
  return found;
}

function readOnly<Result>(
  database: Database,
  tenantId: string,
  work: (tx: TenantTransaction) => Promise<Result>,
): Promise<Result> {
  return database.withTenant({ tenantId: tenantId as TenantId, readOnly: true }, work);
}
