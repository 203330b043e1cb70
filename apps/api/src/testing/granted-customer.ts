import {
  applySupersession,
  loadOrder,
  loadPublishedCatalog,
  type TenantTransaction,
} from "@usher/database";
import { entitlementsFromOrder, supersede } from "@usher/entitlement-core/entitlement";
import type { CustomerId, Instant, OrderId, TenantId } from "@usher/entitlement-core/kernel";
import type { ApiRig } from "./api-rig.ts";
import { anOrderRequest } from "./order-request.ts";

export interface GrantedCustomer {
  readonly customerId: CustomerId;
  readonly externalId: string;
  readonly orderId: OrderId;
}

/** A customer whose order has been granted: what the worker would do, without the worker. */
export async function grantedCustomer(
  rig: ApiRig,
  {
    sku = "PRO",
    quantity = 250,
    externalId,
    key = rig.tenant.key,
    tenantId = rig.tenant.id,
  }: {
    readonly sku?: string;
    readonly quantity?: number;
    readonly externalId?: string;
    readonly key?: string;
    readonly tenantId?: TenantId;
  } = {},
): Promise<GrantedCustomer> {
  const request = anOrderRequest({ sku, ...(externalId === undefined ? {} : { externalId }) });
  const [line] = request.lines;
  const body = { ...request, lines: [{ ...line, quantity }] };
  const taken = await rig.post("/v1/orders", {
    key,
    body,
    headers: { "Idempotency-Key": `grant-${body.source.id}` },
  });
  const orderId = taken.json.id as OrderId;
  await rig.database.withTenant({ tenantId }, (tx) => grant(tx, orderId));
  return { orderId, customerId: taken.json.customer.id, externalId: body.customer.external_id };
}

export async function grant(tx: TenantTransaction, orderId: OrderId): Promise<void> {
  const order = await loadOrder(tx, { id: orderId });
  const catalog = await loadPublishedCatalog(tx);
  if (order?.content == null || order.customer === null || catalog === null)
    throw new Error("This order cannot be granted.");
  const drafts = entitlementsFromOrder({
    content: order.content,
    offeringVersions: catalog.offerings,
    customerId: order.customer.id,
    orderId,
    revision: order.revision,
    decisionIds: [],
  });
  await applySupersession(tx, supersede({ held: [], drafts, now: Date.now() as Instant }));
}
