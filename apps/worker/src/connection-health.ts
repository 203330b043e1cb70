import type { VendorCallReport } from "@usher/activities";
import { needsOperator } from "@usher/connector-sdk/spec";
import { type Database, recordConnectionHealth } from "@usher/database";
import type { ConnectionId, Instant, TenantId } from "@usher/entitlement-core/kernel";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/** A connection that goes on working says so this often; a change of its health is written at once. */
const renewAfterMs = 30_000;

/** What every call to a vendor leaves behind: metrics, a log line when it failed, the connection's health. */
export function createConnectionHealth(deps: {
  readonly database: Database;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly now: () => number;
}) {
  const written = new Map<string, { readonly category: string; readonly at: number }>();

  return ({ tenantId, connectionId, vendor, operation, seconds, failure }: VendorCallReport) => {
    const category = failure?.category ?? "ok";
    deps.metrics.connectorCalls.observe({ vendor, operation, outcome: category }, seconds);
    if (failure !== null) {
      deps.log.warn(
        { tenant: tenantId, connection: connectionId, operation, failure },
        "a vendor refused a call",
      );
    }
    const now = deps.now();
    const last = written.get(connectionId);
    if (last?.category === category && now - last.at < renewAfterMs) return;
    written.set(connectionId, { category, at: now });
    deps.database
      .withTenant({ tenantId: tenantId as TenantId }, (tx) =>
        recordConnectionHealth(tx, {
          id: connectionId as ConnectionId,
          now: now as Instant,
          outcome:
            failure === null
              ? { ok: true }
              : {
                  ok: false,
                  failure: { category: failure.category, message: failure.message },
                  needsAttention: needsOperator(failure.category),
                },
        }),
      )
      .catch((error: unknown) => {
        written.delete(connectionId);
        deps.log.warn({ error }, "a connection's health could not be recorded");
      });
  };
}
