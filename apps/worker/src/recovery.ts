import { type Database, openOrders, ordersWhoseTermIsOver } from "@usher/database";
import type { Instant, OrderId, TenantId } from "@usher/entitlement-core/kernel";
import type { FulfillmentClient } from "@usher/temporal-client";
import { forEachLimited } from "./for-each-limited.ts";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerLog } from "./worker-log.ts";

export interface RecoveryDependencies {
  readonly database: Database;
  readonly fulfillment: FulfillmentClient;
  readonly now: () => number;
  readonly log: WorkerLog;
}

const batchSize = 200;
const askedAtOnceMax = 10;
/** A run that works on an order touches it sooner than this, or waits with a timer. */
const untouchedForMs = 60_000;

/**
 * Looks after orders that nobody else does: an order that should have a run and has none (its run
 * was terminated, or Temporal's own database was lost) gets one, which goes on where the facts
 * stand; an order whose term is over is woken, so that it becomes Ended.
 */
export function createRecovery(deps: RecoveryDependencies) {
  const cursors = new Map<TenantId, OrderId>();

  return async (): Promise<TurnOutcome> => {
    let hasMore = false;
    for (const { id: tenantId } of await deps.database.directory.tenants()) {
      const now = deps.now() as Instant;
      const found = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => ({
        open: await openOrders(tx, {
          after: cursors.get(tenantId) ?? null,
          untouchedSince: (now - untouchedForMs) as Instant,
          limit: batchSize,
        }),
        over: await ordersWhoseTermIsOver(tx, { now, limit: batchSize }),
      }));
      await forEachLimited(found.over, askedAtOnceMax, (orderId) =>
        deps.fulfillment.wakeOrder({ tenantId, orderId, because: "resumed" }),
      );
      await forEachLimited(found.open, askedAtOnceMax, async (orderId) => {
        if (await deps.fulfillment.isRunning({ tenantId, orderId })) return;
        deps.log.warn({ tenant: tenantId, order: orderId }, "order without a run, starting one");
        await deps.fulfillment.wakeOrder({ tenantId, orderId, because: "resumed" });
      });
      const last = found.open.at(-1);
      if (last === undefined || found.open.length < batchSize) cursors.delete(tenantId);
      else {
        cursors.set(tenantId, last);
        hasMore = true;
      }
    }
    return hasMore ? "more" : "idle";
  };
}
