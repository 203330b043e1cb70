import { type AtFailpoint, type CallVendor, noFailpoints } from "@usher/activities";
import type { CallContext, Checkpoint } from "@usher/connector-sdk/spec";
import {
  busy,
  type Database,
  loadCheckpoint,
  saveCheckpoint,
  type TenantTransaction,
} from "@usher/database";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import type { ConnectionTurn } from "./connection-loops.ts";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

export interface PollStreamDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly atFailpoint?: AtFailpoint;
}

interface StreamPage {
  readonly checkpoint: Checkpoint;
  readonly hasMore: boolean;
  readonly isFullRead?: boolean;
}

const callTimeoutMs = 60_000;
/** A long read goes on in the next turn, so that a stop is never far away. */
const pagesPerTurnMax = 50;

/**
 * One turn of reading a vendor's stream. What a page brings is stored in the same transaction as the
 * checkpoint behind it, so a crash between two pages loses nothing and repeats at most one page,
 * which the inbox recognizes. One worker reads a connection at a time.
 */
export async function pollStream<Page extends StreamPage>(
  deps: PollStreamDependencies,
  input: {
    readonly turn: ConnectionTurn;
    /** The checkpoint's name. */
    readonly stream: string;
    readonly operation: string;
    readonly read: (checkpoint: Checkpoint | null, context: CallContext) => Promise<Page>;
    /** Answers how much of the page was new. */
    readonly store: (tx: TenantTransaction, page: Page) => Promise<number>;
    readonly onFresh: (count: number) => void;
  },
): Promise<TurnOutcome> {
  const { atFailpoint = noFailpoints } = deps;
  const { turn, stream, operation, read, store, onFresh } = input;
  const { tenantId, vendor, signal } = turn;
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
          operation,
          idempotencyKey: `poll:${connectionId}`,
          timeoutMs: callTimeoutMs,
          signal: isOver,
          call: (context) => read(checkpoint, context),
        });
        atFailpoint("poll.after-read");
        if (page.isFullRead === true) tellOfFullRead(deps, { turn, stream });
        const fresh = await deps.database.withTenant({ tenantId }, async (tx) => {
          const stored = await store(tx, page);
          await saveCheckpoint(tx, {
            connectionId,
            stream,
            checkpoint: page.checkpoint,
            isAtEnd: !page.hasMore,
          });
          return stored;
        });
        atFailpoint("poll.after-commit");
        if (fresh > 0) onFresh(fresh);
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
}

/** Nothing is lost by it, but it takes longer, and says that nobody read for longer than the vendor remembers. */
function tellOfFullRead(
  { metrics, log }: PollStreamDependencies,
  { turn, stream }: { readonly turn: ConnectionTurn; readonly stream: string },
): void {
  const { connectionId: connection, vendor } = turn.vendor;
  metrics.fullReads.inc({ connection, vendor, stream });
  log.warn(
    { connection, vendor, stream },
    "the vendor has forgotten what happened since the last read: everything that stands is read again",
  );
}
