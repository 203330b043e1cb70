import {
  createCatalogMemory,
  createEntitlementActivities,
  createOrderActivities,
  createTokenIssuer,
  noFailpoints,
} from "@usher/activities";
import type { OrderId, TenantId } from "@usher/entitlement-core/kernel";
import { hubKeyEncryptionKey } from "@usher/token-signer";
import type { ApiRig } from "./api-rig.ts";

/** Where an order came to rest. */
export type CarriedTo = "wait-for-approval" | "wait-for-fix" | "done" | "bill" | "undo";

/**
 * Does for an order what its run would do, with the worker's own activities and without Temporal:
 * plans it, and grants it when that is the next step. There is no billing system here.
 */
export async function carryOrder(
  rig: ApiRig,
  {
    orderId,
    tenantId = rig.tenant.id,
  }: { readonly orderId: OrderId; readonly tenantId?: TenantId },
): Promise<CarriedTo> {
  const deps = {
    database: rig.database,
    vendors: { ofKind: async () => [], byId: async () => null },
    catalogs: createCatalogMemory(),
    now: () => Date.now() as never,
    atFailpoint: noFailpoints,
    onOrderRead: () => undefined,
    onChanged: () => undefined,
  };
  const orders = createOrderActivities(deps);
  const tokens = createTokenIssuer({
    keks: [hubKeyEncryptionKey(rig.kek)],
    publicUrl: "http://hub.test",
    audience: "usher",
    clock: Date.now,
  });
  const entitlements = createEntitlementActivities({ ...deps, tokens });
  let step = await orders.planOrder({ tenantId, orderId });
  for (let steps = 0; step.kind === "grant" && steps < 5; steps += 1) {
    step = await entitlements.grantOrder({ tenantId, orderId, revision: step.revision });
  }
  return step.kind as CarriedTo;
}
