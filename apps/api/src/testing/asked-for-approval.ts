import type { OrderId, TenantId } from "@usher/entitlement-core/kernel";
import type { ApiRig } from "./api-rig.ts";
import { carryOrder } from "./carry-order.ts";
import { anOrderRequest } from "./order-request.ts";

export interface AskedForApproval {
  readonly orderId: OrderId;
  readonly taskId: string;
  readonly revisionHash: string;
  readonly body: ReturnType<typeof anOrderRequest>;
}

/** An order 28 % below list price, of which finance has just been asked. */
export async function askedForApproval(
  rig: ApiRig,
  {
    key = rig.tenant.people.seller.key,
    tenantId = rig.tenant.id,
    unitPrice = "72.00",
  }: { readonly key?: string; readonly tenantId?: TenantId; readonly unitPrice?: string } = {},
): Promise<AskedForApproval> {
  const body = anOrderRequest({ unitPrice });
  const taken = await rig.post("/v1/orders", {
    key,
    body,
    headers: { "Idempotency-Key": `ask-${body.source.id}` },
  });
  const orderId = taken.json.id as OrderId;
  const reached = await carryOrder(rig, { orderId, tenantId });
  if (reached !== "wait-for-approval") throw new Error(`The order came to rest at ${reached}.`);
  const tasks = await rig.get(`/v1/approval_tasks?order_id=${orderId}&status=open`, { key });
  const [task] = tasks.json.data;
  return { orderId, taskId: task.id, revisionHash: task.revision_hash, body };
}
