import { createDatabase, type Database, ensureTenant } from "@usher/database";
import type { TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import { createTestDatabase } from "@usher/test-kit";

/** A database of one's own with one tenant, in the app's role. */
export interface TenantDatabase {
  readonly database: Database;
  readonly tenantId: TenantId;
  stop(): Promise<void>;
}

export async function startTenantDatabase(): Promise<TenantDatabase> {
  const made = await createTestDatabase();
  const owner = createDatabase({ url: made.databaseUrl, poolSize: 1 });
  const database = createDatabase({ url: made.appUrl, poolSize: 5 });
  const tenantId = await ensureTenant(owner, {
    slug: "ours",
    name: "Ours",
    timeZone: "UTC" as TimeZone,
  });
  return {
    database,
    tenantId,
    stop: async () => {
      await database.close();
      await owner.close();
      await made.drop();
    },
  };
}
