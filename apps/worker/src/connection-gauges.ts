import { connectionStandings, type Database, listConnections } from "@usher/database";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/**
 * One turn of telling Prometheus how each connection stands, as the database knows it: every worker
 * tells the same, whichever of them reads the streams. A connection that is gone is told no more.
 */
export function createConnectionGauges(deps: {
  readonly database: Database;
  readonly metrics: WorkerMetrics;
  readonly now: () => number;
}) {
  return async (): Promise<TurnOutcome> => {
    const told = [];
    for (const { id: tenantId } of await deps.database.directory.tenants()) {
      told.push(
        await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => ({
          connections: await listConnections(tx),
          standings: await connectionStandings(tx),
        })),
      );
    }
    const { metrics } = deps;
    const own = [
      metrics.connectionWorking,
      metrics.connectionLastSuccess,
      metrics.inboxPending,
      metrics.inboxQuarantined,
    ];
    for (const gauge of own) gauge.reset();
    metrics.streamLagSeconds.reset();
    for (const { connections, standings } of told) {
      for (const { id, vendor, status, lastSuccessAt } of connections) {
        const labels = { connection: id, vendor };
        metrics.connectionWorking.set(labels, status === "working" ? 1 : 0);
        if (lastSuccessAt !== null) {
          metrics.connectionLastSuccess.set(labels, lastSuccessAt / 1_000);
        }
        const standing = standings.get(id);
        if (standing === undefined) continue;
        metrics.inboxPending.set(labels, standing.pending);
        metrics.inboxQuarantined.set(labels, standing.quarantined);
        const ends = standing.streams.map((stream) => stream.readToEndAt);
        const known = ends.filter((end) => end !== null);
        if (known.length > 0) {
          const lagMs = Math.max(0, deps.now() - Math.min(...known));
          metrics.streamLagSeconds.set({ connection: id }, lagMs / 1_000);
        }
      }
    }
    return "idle";
  };
}
