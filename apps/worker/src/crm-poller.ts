import type { AtFailpoint, CallVendor } from "@usher/activities";
import type { Checkpoint } from "@usher/connector-sdk/spec";
import { busy, type Database, loadCheckpoint, saveCheckpoint, storeHints } from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import type { ConnectionTurn } from "./connection-loops.ts";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

export interface CrmPollerDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly atFailpoint: AtFailpoint;
}

const stream = "deals";
const callTimeoutMs = 60_000;
/** A first read of a big CRM goes on in the next turn, so that a stop is never far away. */
const pagesPerTurnMax = 50;

/**
 * One turn of asking a CRM what changed. Hints go into the inbox in the same transaction as the
 * checkpoint behind them, so a crash between two pages loses none and repeats at most one page,
 * which the inbox recognizes. One worker polls a connection at a time.
 */
export function createCrmPoller(deps: CrmPollerDependencies) {
  return async ({ tenantId, vendor, signal }: ConnectionTurn): Promise<TurnOutcome> => {
    const { crm } = vendor;
    if (crm === null) return "idle";
    const connectionId = vendor.connectionId as ConnectionId;
    const outcome = await deps.database.exclusively(
      { name: `poll:${connectionId}` },
      async (lost) => {
        const isOver = AbortSignal.any([signal, lost]);
        let checkpoint = await deps.database.withTenant({ tenantId, readOnly: true }, (tx) =>
          loadCheckpoint<Checkpoint>(tx, { connectionId, stream }),
        );
        for (let page = 0; page < pagesPerTurnMax && !isOver.aborted; page += 1) {
          const read = await deps.callVendor({
            tenantId,
            vendor,
            operation: "readChanges",
            idempotencyKey: `poll:${connectionId}`,
            timeoutMs: callTimeoutMs,
            signal: isOver,
            call: (context) => crm.readChanges({ checkpoint }, context),
          });
          deps.atFailpoint("poll.after-read");
          const fresh = await deps.database.withTenant({ tenantId }, async (tx) => {
            const stored = await storeHints(tx, { connectionId, changes: read.changes });
            await saveCheckpoint(tx, {
              connectionId,
              stream,
              checkpoint: read.checkpoint,
              isAtEnd: !read.hasMore,
            });
            return stored;
          });
          deps.atFailpoint("poll.after-commit");
          if (fresh > 0) deps.log.info({ connection: connectionId, changes: fresh }, "CRM polled");
          checkpoint = read.checkpoint;
          if (!read.hasMore) {
            deps.metrics.streamLagSeconds.set({ connection: connectionId }, 0);
            return "idle" as const;
          }
        }
        return "more" as const;
      },
    );
    return outcome === busy ? "idle" : outcome;
  };
}
