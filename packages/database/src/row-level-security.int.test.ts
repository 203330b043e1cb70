import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { receiveDeal } from "./order-intake-repository.ts";
import { aDeal, received } from "./testing/a-deal.ts";
import { aFullTenant } from "./testing/a-full-tenant.ts";
import { aHub, type TestHub, withCatalogAndPeople } from "./testing/a-hub.ts";

let hub: TestHub;
let catalog: PublishedCatalog;
let owner: pg.Client;
let app: pg.Client;
let tables: readonly string[];

beforeAll(async () => {
  hub = await aHub();
  await hub.inTenant(aFullTenant);
  catalog = await hub.inOtherTenant(withCatalogAndPeople);
  owner = new pg.Client({ connectionString: hub.databaseUrl });
  app = new pg.Client({ connectionString: hub.appUrl });
  await Promise.all([owner.connect(), app.connect()]);
  const found = await owner.query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'migrations')
      order by 1`);
  tables = found.rows.map((row) => row.name);
});

afterAll(async () => {
  await Promise.all([owner.end(), app.end()]);
  await hub.close();
});

describe("every table", () => {
  it("is known: the list comes from the server and is not empty", () => {
    expect(tables.length).toBeGreaterThanOrEqual(27);
    expect(tables).toContain("orders");
  });

  it("has row-level security enabled and forced, with the one policy of its tenant", async () => {
    const { rows } = await owner.query<{ name: string; on: boolean; forced: boolean }>(
      "select oid::regclass::text as name, relrowsecurity as on, relforcerowsecurity as forced from pg_class where oid = any ($1::text[]::regclass[])",
      [tables],
    );
    expect(rows).toHaveLength(tables.length);
    for (const row of rows) expect(row).toMatchObject({ on: true, forced: true });

    const rule = "(tenant_id = NULLIF(current_setting('usher.tenant_id'::text, true), ''::text))";
    const policies = await owner.query<Record<string, unknown>>(
      "select tablename, policyname, roles::text, cmd, qual, with_check from pg_policies where schemaname = 'public'",
    );
    const own = policies.rows.filter((row) => row["policyname"] === "own_rows");
    expect(own.map((row) => String(row["tablename"])).sort()).toEqual([...tables].sort());
    for (const row of own) {
      expect(row).toMatchObject({ roles: "{public}", cmd: "ALL", qual: rule, with_check: rule });
    }
    const others = policies.rows.filter((row) => row["policyname"] !== "own_rows");
    expect(others.length).toBeGreaterThan(0);
    for (const row of others) {
      expect(row).toMatchObject({ roles: "{usher_directory}", cmd: "SELECT" });
    }
  });

  it("has rows of the first tenant, so that what follows proves something", async () => {
    const empty: string[] = [];
    for (const table of tables) {
      const { rows } = await owner.query(`select 1 from ${table} where tenant_id = $1 limit 1`, [
        hub.tenantId,
      ]);
      if (rows.length === 0) empty.push(table);
    }
    expect(empty).toEqual([]);
  });

  it("shows no row to the app while no tenant is set, also not to an empty one", async () => {
    for (const table of tables) {
      expect(await countAs("", table), table).toBe(0);
      const { rows } = await app.query<{ n: string }>(`select count(*) as n from ${table}`);
      expect(rows[0]?.n, table).toBe("0");
    }
  });

  it("shows one tenant's rows to that tenant and none of them to another", async () => {
    for (const table of tables) {
      expect(await countAs(hub.tenantId, table), table).toBeGreaterThan(0);
      const { rows } = await asTenant(hub.otherTenantId, () =>
        app.query<{ n: string }>(`select count(*) as n from ${table} where tenant_id = $1`, [
          hub.tenantId,
        ]),
      );
      expect(rows[0]?.n, table).toBe("0");
    }
  });

  it("takes no row for another tenant", async () => {
    for (const table of tables) {
      const { rows: columns } = await owner.query<{ name: string }>(
        `select attname as name from pg_attribute
           where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''`,
        [table],
      );
      const names = columns.map((column) => column.name);
      const copy = await owner.query<Record<string, string>>(
        `select ${names.map((name) => `quote_nullable(${name}) as ${name}`).join(", ")} from ${table} where tenant_id = $1 limit 1`,
        [hub.tenantId],
      );
      const row = copy.rows[0] as Record<string, string>;
      await expect(
        asTenant(hub.otherTenantId, () =>
          app.query(
            `insert into ${table} (${names.join(", ")}) values (${names.map((name) => row[name]).join(", ")})`,
          ),
        ),
        table,
      ).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("begins each of its unique keys with the tenant, so that a conflict says nothing of others", async () => {
    const { rows } = await owner.query<{ index: string; first: string }>(
      `
      select i.indexrelid::regclass::text as index, a.attname as first
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indisunique and i.indrelid = any ($1::text[]::regclass[])`,
      [tables],
    );
    const others = rows.filter((row) => row.first !== "tenant_id").map((row) => row.index);
    // Only the owner makes tenants; the app cannot insert into this table and so cannot probe it.
    expect(others.sort()).toEqual(["tenants_pkey", "tenants_slug_key"]);
    const right = await owner.query<{ can: boolean }>(
      "select has_table_privilege('usher_app', 'tenants', 'insert') as can",
    );
    expect(right.rows[0]?.can).toBe(false);
  });

  it("refers to other tables only within one tenant", async () => {
    const { rows } = await owner.query<{ name: string; columns: string }>(`
      select c.conrelid::regclass || '.' || c.conname as name,
          (select string_agg(a.attname, ',' order by k.place) from unnest(c.conkey) with ordinality as k (number, place)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number) as columns
        from pg_constraint c where c.contype = 'f'`);
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row.columns, row.name).toMatch(/^tenant_id(,|$)/);
  });
});

it("two tenants may use the same ids of deals, customers and events", async () => {
  const one = await hub.inTenant((tx) =>
    receiveDeal(tx, received(catalog, aDeal({ id: "same", lines: [] }))),
  );
  const other = await hub.inOtherTenant((tx) =>
    receiveDeal(tx, received(catalog, aDeal({ id: "same", lines: [] }))),
  );
  expect([one.kind, other.kind]).toEqual(["created", "created"]);
  expect(one.orderId).not.toBe(other.orderId);
});

describe("the app's role", () => {
  it("owns nothing, is in no other role and has no way around a policy", async () => {
    const role = await owner.query(`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles where rolname = 'usher_app'`);
    expect(role.rows).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolcanlogin: true,
      },
    ]);
    const owned = await owner.query(
      "select from pg_shdepend where refobjid = 'usher_app'::regrole and deptype = 'o'",
    );
    expect(owned.rowCount).toBe(0);
    const member = await owner.query(
      "select from pg_auth_members where member = 'usher_app'::regrole",
    );
    expect(member.rowCount).toBe(0);
  });

  it.each([
    "alter table orders disable row level security",
    "alter table orders no force row level security",
    "drop policy own_rows on orders",
    "create policy mine on orders using (true)",
    "alter table order_events disable trigger all",
    "truncate order_events",
    "create table public.mine (id int)",
    "create function public.mine() returns int language sql return 1",
    "set role usher_directory",
    "set session authorization postgres",
    "set session_replication_role = replica",
    "select * from migrations.kysely_migration",
    "insert into tenants (id, slug, name, time_zone) values ('ten_x', 'x', 'x', 'UTC')",
    "delete from orders",
    "delete from entitlements",
    "update order_events set actor = 'x'",
    "update order_revisions set received_from = 'x'",
    "update approval_decisions set comment = 'x'",
    "update entitlements set feature = 'x'",
    "update usage_events set quantity = 0",
    "update catalog_versions set published_by = 'x'",
  ])("may not: %s", async (statement) => {
    await expect(asTenant(hub.tenantId, () => app.query(statement))).rejects.toMatchObject({
      code: "42501",
    });
  });
});

describe("the directory", () => {
  it("is all that the app may ask without a tenant, and shows only its narrow columns", async () => {
    const { rows } = await owner.query<{ name: string; columns: readonly string[] | null }>(`
      select p.proname as name,
          (select array_agg(n order by place) from unnest(p.proargnames, p.proargmodes) with ordinality as a (n, mode, place)
            where mode = 't') as columns
        from pg_proc p where p.prosecdef and p.pronamespace = 'directory'::regnamespace order by 1`);
    expect(Object.fromEntries(rows.map((row) => [row.name, pgArray(row.columns)]))).toEqual({
      applied_migrations: ["name"],
      find_api_key: ["tenant_id", "id", "user_id", "scopes", "expires_at", "revoked_at"],
      find_connection_tenant: ["tenant_id"],
      find_session: ["tenant_id", "user_id", "expires_at"],
      find_sign_in_code: ["tenant_id", "user_id", "expires_at", "used_at"],
      find_status_list: ["tenant_id", "bits", "size", "version", "updated_at"],
      find_tenant: ["id", "slug", "name", "time_zone"],
      signing_keys: ["tenant_id", "kid", "public_jwk", "status", "retire_at"],
      tenants: ["id", "slug", "name", "time_zone"],
      tenants_with_changed_rights: ["tenant_id"],
      tenants_with_pending_inbox: ["tenant_id"],
      tenants_with_pending_outbox: ["tenant_id"],
    });
  });

  it("is the only place of functions that run with another role's rights", async () => {
    const { rows } = await owner.query(
      "select proname from pg_proc where prosecdef and pronamespace <> 'directory'::regnamespace",
    );
    expect(rows).toEqual([]);
    const loose = await owner.query(`
      select proname from pg_proc where pronamespace = 'directory'::regnamespace
        and (proconfig is null or not ('search_path=pg_catalog' = any (proconfig))
          or proowner <> 'usher_directory'::regrole or has_function_privilege('public', oid, 'execute'))`);
    expect(loose.rows).toEqual([]);
  });

  it("cannot read a secret even by mistake: its owner has no right to the column", async () => {
    const { rows } = await owner.query<{ can: string }>(`
      select t || '.' || c as can from (values ('connections', 'secrets'), ('signing_keys', 'sealed_private'),
          ('users', 'email'), ('orders', 'state'), ('tokens', 'compact'), ('customers', 'name'),
          ('inbox', 'raw_body'), ('outbox', 'payload')) as x (t, c)
        where has_column_privilege('usher_directory', t, c, 'select')`);
    expect(rows).toEqual([]);
  });

  it("answers across tenants without one being set", async () => {
    const tenants = await hub.database.directory.tenants();
    expect(tenants.map((tenant) => tenant.slug).sort()).toEqual(["acme", "globex"]);
    expect(await hub.database.directory.tenantsWithPendingOutbox()).toContain(hub.tenantId);
    expect(await hub.database.directory.appliedMigrations()).not.toEqual([]);
  });
});

it("a tenant id that is none never reaches the server", async () => {
  const evil = "ten_x'; select 1; --" as typeof hub.tenantId;
  await expect(hub.database.withTenant({ tenantId: evil }, async () => 1)).rejects.toThrow(
    /Expected a tenant id/,
  );
});

it("a read-only transaction cannot write", async () => {
  await expect(
    hub.database.withTenant({ tenantId: hub.tenantId, readOnly: true }, (tx) =>
      tx.db.updateTable("orders").set({ deal_name: "x" }).execute(),
    ),
  ).rejects.toMatchObject({ code: "25006" });
});

it("what failed inside is not committed by swallowing the error", async () => {
  await expect(
    hub.inTenant(async (tx) => {
      await tx.db
        .insertInto("users")
        .values({ id: "usr_x", email: "UPPER@x", name: "x" })
        .execute()
        .catch(() => undefined);
    }),
  ).rejects.toThrow(/rolled back at commit/);
});

async function asTenant<Result>(tenantId: string, work: () => Promise<Result>): Promise<Result> {
  await app.query("begin");
  try {
    await app.query("select set_config('usher.tenant_id', $1, true)", [tenantId]);
    return await work();
  } finally {
    await app.query("rollback");
  }
}

async function countAs(tenantId: string, table: string): Promise<number> {
  const { rows } = await asTenant(tenantId, () =>
    app.query<{ n: string }>(`select count(*) as n from ${table}`),
  );
  return Number(rows[0]?.n);
}

/** name[] has no parser in the driver. */
function pgArray(value: readonly string[] | string | null): readonly string[] {
  if (value === null) return [];
  return typeof value === "string" ? value.slice(1, -1).split(",") : value;
}
