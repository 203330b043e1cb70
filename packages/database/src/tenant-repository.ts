import type { Instant, TenantId, TimeZone } from "@usher/entitlement-core/kernel";
import type { Database } from "./database.ts";
import { createId } from "./ids.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toInstant } from "./timestamps.ts";

export interface Tenant {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: TimeZone;
  readonly createdAt: Instant;
}

/**
 * Makes a tenant, or finds the one with this slug. Only the database's owner may: pass a
 * `createDatabase` over the owner's URL (a slug is unique over all tenants, and the app must not
 * be able to ask which exist).
 */
export async function ensureTenant(
  owner: Database,
  input: { readonly slug: string; readonly name: string; readonly timeZone: TimeZone },
): Promise<TenantId> {
  const id = createId("tenant");
  const isNew = await owner.withTenant({ tenantId: id }, async ({ db }) => {
    const row = await db
      .insertInto("tenants")
      .values({ id, slug: input.slug, name: input.name, time_zone: input.timeZone })
      .onConflict((conflict) => conflict.column("slug").doNothing())
      .returning("id")
      .executeTakeFirst();
    return row !== undefined;
  });
  if (isNew) return id;
  const found = await owner.directory.findTenant(input.slug);
  if (!found) {
    throw new Error(`The tenant ${input.slug} exists but is not in the directory.`);
  }
  return found.id;
}

/** The transaction's own tenant. */
export async function loadTenant(tx: TenantTransaction): Promise<Tenant> {
  const row = await tx.db.selectFrom("tenants").selectAll().executeTakeFirst();
  if (!row) throw new Error(`There is no tenant ${tx.tenantId}.`);
  return {
    id: row.id as TenantId,
    slug: row.slug,
    name: row.name,
    timeZone: row.time_zone as TimeZone,
    createdAt: toInstant(row.created_at),
  };
}
