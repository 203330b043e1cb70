import { readQuota } from "@usher/connector-sdk/http";
import { type Database, recordConnectionQuota } from "@usher/database";
import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";
import type { WorkerLog } from "./worker-log.ts";
import type { WorkerMetrics } from "./worker-metrics.ts";

/** An allowance changes with each call; it is written down this often. */
const writeEveryMs = 30_000;

/**
 * The `fetch` of one connection, which notes what the vendor's answers say is left of its
 * allowance. It changes nothing about a call, and a failure to note it disturbs none.
 */
export function createQuotaWatch(deps: {
  readonly database: Database;
  readonly metrics: WorkerMetrics;
  readonly log: WorkerLog;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}) {
  const writtenAt = new Map<string, number>();

  return (about: {
    readonly tenantId: TenantId;
    readonly connectionId: ConnectionId;
    readonly vendor: string;
  }): typeof fetch =>
    async (input, init) => {
      const answer = await deps.fetch(input, init);
      const quota = readQuota(answer.headers);
      if (quota === null) return answer;
      const { tenantId, connectionId, vendor } = about;
      const left = Math.max(0, quota.limit - quota.used);
      deps.metrics.quotaLeft.set({ connection: connectionId, vendor }, left);
      const now = deps.now();
      if (now - (writtenAt.get(connectionId) ?? 0) < writeEveryMs) return answer;
      writtenAt.set(connectionId, now);
      deps.database
        .withTenant({ tenantId }, (tx) =>
          recordConnectionQuota(tx, { id: connectionId, quota: { ...quota, seenAt: now } }),
        )
        .catch((error: unknown) => {
          writtenAt.delete(connectionId);
          deps.log.warn({ error }, "a connection's quota could not be recorded");
        });
      return answer;
    };
}
