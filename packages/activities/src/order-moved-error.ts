import type { Database, TenantTransaction } from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";

/** Somebody else changed the order between our reading and our writing: nothing of ours may stand. */
export class OrderMovedError extends Error {
  override readonly name = "OrderMovedError";

  constructor(orderId: string) {
    super(`Order ${orderId} was changed by somebody else at the same time.`);
  }
}

const attemptsMax = 8;

/**
 * Runs one transaction of the tenant, again from the start when the order moved under it. `work`
 * must have no effect outside the database.
 */
export async function untilOrderHoldsStill<Result>(
  { database, tenantId }: { readonly database: Database; readonly tenantId: string },
  work: (tx: TenantTransaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.withTenant({ tenantId: tenantId as TenantId }, work);
    } catch (error) {
      if (!(error instanceof OrderMovedError) || attempt === attemptsMax) throw error;
    }
  }
}
