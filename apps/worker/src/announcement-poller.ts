import type { CallVendor } from "@usher/activities";
import type { Checkpoint } from "@usher/connector-sdk/spec";
import { busy, type Database, loadCheckpoint, saveCheckpoint, storeInbound } from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import type { ConnectionTurn } from "./connection-loops.ts";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

export interface AnnouncementPollerDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
}

const stream = "events";
const callTimeoutMs = 60_000;
/** What piled up over weeks goes on in the next turn, so that a stop is never far away. */
const pagesPerTurnMax = 50;

/**
 * One turn of asking a billing system what it announced, in case a webhook did not arrive. Events go
 * into the inbox under the vendor's ids, so that those a webhook brought are known already, in the
 * same transaction as the checkpoint behind them. One worker asks for a connection at a time.
 */
export function createAnnouncementPoller(deps: AnnouncementPollerDependencies) {
  return async ({ tenantId, vendor, signal }: ConnectionTurn): Promise<TurnOutcome> => {
    const { billing } = vendor;
    const read = billing?.readAnnouncements?.bind(billing);
    if (read === undefined) return "idle";
    const connectionId = vendor.connectionId as ConnectionId;
    const outcome = await deps.database.exclusively(
      { name: `poll:${connectionId}` },
      async (lost) => {
        const isOver = AbortSignal.any([signal, lost]);
        let checkpoint = await deps.database.withTenant({ tenantId, readOnly: true }, (tx) =>
          loadCheckpoint<Checkpoint>(tx, { connectionId, stream }),
        );
        for (let count = 0; count < pagesPerTurnMax && !isOver.aborted; count += 1) {
          const page = await deps.callVendor({
            tenantId,
            vendor,
            operation: "readAnnouncements",
            idempotencyKey: `poll:${connectionId}`,
            timeoutMs: callTimeoutMs,
            signal: isOver,
            call: (context) => read({ checkpoint }, context),
          });
          if (page.isFullRead === true) {
            deps.log.warn(
              { connection: connectionId },
              "the vendor has forgotten what it announced since the last read: everything that stands is read",
            );
          }
          const fresh = await deps.database.withTenant({ tenantId }, async (tx) => {
            const events = page.events.map((event) => ({
              ...event,
              headers: {},
              rawBody: new TextEncoder().encode(JSON.stringify(event.body)),
            }));
            const stored = await storeInbound(tx, { connectionId, events });
            await saveCheckpoint(tx, {
              connectionId,
              stream,
              checkpoint: page.checkpoint,
              isAtEnd: !page.hasMore,
            });
            return stored.filter((one) => one.outcome === "stored").length;
          });
          if (fresh > 0) {
            deps.log.info(
              { connection: connectionId, events: fresh },
              "announcements read that no webhook had brought yet",
            );
          }
          checkpoint = page.checkpoint;
          if (!page.hasMore) {
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
