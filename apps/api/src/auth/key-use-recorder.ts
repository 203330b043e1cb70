import { type Database, recordApiKeyUses } from "@usher/database";
import type { ApiKeyId, Instant, TenantId } from "@usher/entitlement-core/kernel";
import type { Logger } from "../observability/create-logger.ts";
import type { Caller } from "./caller.ts";

export interface KeyUseRecorder {
  /** Notes a use; one map write. */
  note(caller: Caller, now: number): void;
  /** Writes what was noted, one statement a tenant. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Gathers when keys were last used: a write per request would cost more than the request. */
export function createKeyUseRecorder({
  database,
  log,
  everyMs = 10_000,
}: {
  readonly database: Database;
  readonly log: Logger;
  readonly everyMs?: number;
}): KeyUseRecorder {
  let noted = new Map<ApiKeyId, { readonly tenantId: TenantId; readonly at: Instant }>();

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const uses = noted;
    noted = new Map();
    const byTenant = new Map<TenantId, { readonly id: ApiKeyId; readonly at: Instant }[]>();
    for (const [id, { tenantId, at }] of uses) {
      byTenant.set(tenantId, [...(byTenant.get(tenantId) ?? []), { id, at }]);
    }
    for (const [tenantId, ofTenant] of byTenant) {
      await database.withTenant({ tenantId }, (tx) => recordApiKeyUses(tx, ofTenant));
    }
  }

  const timer = setInterval(() => {
    flush().catch((error: unknown) =>
      log.warn({ err: error }, "last uses of API keys were not written"),
    );
  }, everyMs);
  timer.unref();

  return {
    note: ({ keyId, tenantId }, now) => {
      noted.set(keyId, { tenantId, at: now as Instant });
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
