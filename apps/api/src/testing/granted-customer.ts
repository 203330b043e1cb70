import type { CustomerId, OrderId, TenantId } from "@usher/entitlement-core/kernel";
import type { ApiRig } from "./api-rig.ts";
import { carryOrder } from "./carry-order.ts";
import { anOrderRequest } from "./order-request.ts";

export interface GrantedCustomer {
  readonly customerId: CustomerId;
  readonly externalId: string;
  readonly orderId: OrderId;
}

/** A customer whose order went all the way to Active. */
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
  const request = anOrderRequest({
    sku,
    ...(sku === "ADD-ON" ? { unitPrice: "50.00" } : {}),
    ...(externalId === undefined ? {} : { externalId }),
  });
  const [line] = request.lines;
  const body = { ...request, lines: [{ ...line, quantity }] };
  const taken = await rig.post("/v1/orders", {
    key,
    body,
    headers: { "Idempotency-Key": `grant-${body.source.id}` },
  });
  const orderId = taken.json.id as OrderId;
  const reached = await carryOrder(rig, { orderId, tenantId });
  if (reached !== "done") throw new Error(`The order came to rest at ${reached}.`);
  return { orderId, customerId: taken.json.customer.id, externalId: body.customer.external_id };
}
