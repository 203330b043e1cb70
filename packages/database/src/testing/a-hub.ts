import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import { createTestDatabase } from "@usher/test-kit";
import { publishCatalog } from "../catalog-repository.ts";
import { createDatabase, type Database } from "../database.ts";
import { ensureTenant } from "../tenant-repository.ts";
import type { TenantTransaction } from "../tenant-transaction.ts";
import { saveUser } from "../user-repository.ts";
import { aCatalog } from "./a-catalog.ts";

/** A migrated database of one's own with two tenants, seen as the running hub sees it. */
export interface TestHub {
  /** Superuser URL. */
  readonly databaseUrl: string;
  readonly appUrl: string;
  /** As the role `usher_app`. */
  readonly database: Database;
  readonly tenantId: TenantId;
  readonly otherTenantId: TenantId;
  /** A transaction of the first tenant. */
  inTenant<Result>(work: (tx: TenantTransaction) => Promise<Result>): Promise<Result>;
  inOtherTenant<Result>(work: (tx: TenantTransaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export async function aHub({
  poolSize = 20,
}: {
  readonly poolSize?: number;
} = {}): Promise<TestHub> {
  const { databaseUrl, appUrl, drop } = await createTestDatabase();
  const owner = createDatabase({ url: databaseUrl, poolSize: 2 });
  const timeZone = "Europe/Berlin" as TimeZone;
  const tenantId = await ensureTenant(owner, { slug: "acme", name: "Acme", timeZone });
  const otherTenantId = await ensureTenant(owner, { slug: "globex", name: "Globex", timeZone });
  await owner.close();
  const database = createDatabase({ url: appUrl, poolSize });
  return {
    databaseUrl,
    appUrl,
    database,
    tenantId,
    otherTenantId,
    inTenant: (work) => database.withTenant({ tenantId }, work),
    inOtherTenant: (work) => database.withTenant({ tenantId: otherTenantId }, work),
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

/** Publishes the catalog and makes the people whom its policy asks. */
export async function withCatalogAndPeople(tx: TenantTransaction): Promise<PublishedCatalog> {
  await saveUser(tx, { email: "dana@seller.example", name: "Dana Kim", groups: ["finance"] });
  await saveUser(tx, { email: "fred@seller.example", name: "Fred Ro", groups: ["finance"] });
  await saveUser(tx, { email: "lee@seller.example", name: "Lee Park", groups: ["legal"] });
  await saveUser(tx, { email: "olga@seller.example", name: "Olga Owner", groups: ["finance"] });
  const { catalog } = await publishCatalog(tx, {
    catalog: aCatalog,
    publishedBy: "cat@seller.example",
  });
  return catalog;
}
