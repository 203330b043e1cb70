import type { AtFailpoint } from "@usher/activities";
import {
  claimOutbox,
  type Database,
  markPublished,
  postponeOutbox,
  type StoredOutboxMessage,
} from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";
import type { FulfillmentClient } from "@usher/temporal-client";
import { z } from "zod";
import { forEachLimited } from "./for-each-limited.ts";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

export interface OutboxRelayDependencies {
  readonly database: Database;
  readonly fulfillment: FulfillmentClient;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly atFailpoint: AtFailpoint;
  /** After so long the messages of a worker that died are due again. */
  readonly leaseSeconds: number;
}

const batchSize = 200;
/** More starts at once do not make Temporal faster; they only make its queue longer. */
const deliveriesAtOnceMax = 20;

const becauseSchema = z.enum([
  "revision",
  "decision",
  "resumed",
  "catalog",
  "canceled",
  "write-back",
]);
const wakePayload = z.object({ because: becauseSchema.catch("revision") });
const cancelPayload = z.object({ by: z.string(), reason: z.string().nullable().default(null) });
const startPayload = z.object({ summary: z.string().optional() });

/**
 * One turn of the relay: takes what our transactions left for Temporal and hands it over, at least
 * once. Delivering twice is harmless: a second start finds the run, a second wake plans once more.
 */
export function createOutboxRelay(deps: OutboxRelayDependencies) {
  return async (): Promise<"more" | "idle"> => {
    const tenants = await deps.database.directory.tenantsWithPendingOutbox();
    let hasMore = false;
    for (const tenantId of tenants) hasMore = (await relayTenant(deps, tenantId)) || hasMore;
    return hasMore ? "more" : "idle";
  };
}

async function relayTenant(deps: OutboxRelayDependencies, tenantId: TenantId): Promise<boolean> {
  const { database, metrics, log } = deps;
  const messages = await database.withTenant({ tenantId }, (tx) =>
    claimOutbox(tx, { limit: batchSize, leaseSeconds: deps.leaseSeconds }),
  );
  if (messages.length === 0) return false;
  deps.atFailpoint("outbox.after-claim");
  const delivered: number[] = [];
  const failed: number[] = [];
  let lastError = "";
  await forEachLimited(byOrder(messages), deliveriesAtOnceMax, async (ofOneOrder) => {
    // In the order in which they were written: a start goes before what follows on it.
    for (const message of ofOneOrder) {
      try {
        await deliver(deps, { tenantId, message });
        delivered.push(message.id);
        metrics.outboxDelivered.inc({ topic: message.topic, outcome: "delivered" });
      } catch (error) {
        failed.push(message.id);
        lastError = error instanceof Error ? error.message : String(error);
        metrics.outboxDelivered.inc({ topic: message.topic, outcome: "failed" });
      }
    }
  });
  deps.atFailpoint("outbox.after-delivery");
  await database.withTenant({ tenantId }, async (tx) => {
    await markPublished(tx, delivered);
    await postponeOutbox(tx, { ids: failed, error: lastError });
  });
  if (failed.length > 0) {
    log.warn({ tenant: tenantId, failed: failed.length, reason: lastError }, "outbox postponed");
  }
  return messages.length === batchSize;
}

function byOrder(messages: readonly StoredOutboxMessage[]): readonly StoredOutboxMessage[][] {
  const orders = new Map<string, StoredOutboxMessage[]>();
  for (const message of messages) {
    const ofOrder = orders.get(message.key);
    if (ofOrder === undefined) orders.set(message.key, [message]);
    else ofOrder.push(message);
  }
  return [...orders.values()];
}

async function deliver(
  { fulfillment }: OutboxRelayDependencies,
  { tenantId, message }: { readonly tenantId: TenantId; readonly message: StoredOutboxMessage },
): Promise<void> {
  const order = { tenantId, orderId: message.key };
  switch (message.topic) {
    case "order.start": {
      const { summary } = startPayload.parse(message.payload);
      await fulfillment.startFulfillment({
        ...order,
        ...(summary === undefined ? {} : { summary }),
      });
      return;
    }
    case "order.wake":
      await fulfillment.wakeOrder({ ...order, ...wakePayload.parse(message.payload) });
      return;
    case "order.cancel":
      await fulfillment.cancelOrder({ ...order, ...cancelPayload.parse(message.payload) });
      return;
  }
}
