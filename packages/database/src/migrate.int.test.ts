import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { TimeZone } from "@usher/entitlement-core/kernel";
import { createTestDatabase, type TestDatabase } from "@usher/test-kit";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDatabase } from "./database.ts";
import { appDatabaseUrl } from "./database-roles.ts";
import { checkMigrations, knownMigrations, migrateToLatest } from "./migrate.ts";
import { ensureTenant } from "./tenant-repository.ts";
import { generateRows } from "./testing/generate-rows.ts";

// The role belongs to the whole server: the password must be the one the other test files log in with.
const appPassword = "usher-test-app";
let server: TestDatabase;
const made: string[] = [];

beforeAll(async () => {
  server = await createTestDatabase();
});

afterAll(async () => {
  for (const name of made) await onServer(`drop database if exists ${name} with (force)`);
  await onServer("drop role if exists usher_modest");
  await server.drop();
});

it("an empty database is brought to the latest schema, and a second time there is nothing to do", async () => {
  const databaseUrl = await anEmptyDatabase();
  const known = await knownMigrations();
  expect(await checkMigrations({ databaseUrl })).toEqual({
    applied: [],
    pending: known,
    unknown: [],
  });
  expect(await migrateToLatest({ databaseUrl, appPassword })).toEqual({ applied: known });
  expect(await checkMigrations({ databaseUrl })).toEqual({
    applied: known,
    pending: [],
    unknown: [],
  });
  expect(await migrateToLatest({ databaseUrl, appPassword })).toEqual({ applied: [] });
});

it("checking changes nothing", async () => {
  const databaseUrl = await anEmptyDatabase();
  await checkMigrations({ databaseUrl });
  const { rows } = await on(
    databaseUrl,
    "select nspname from pg_namespace where nspname in ('migrations', 'directory')",
  );
  expect(rows).toEqual([]);
});

it("two processes at once apply each migration once", async () => {
  const databaseUrl = await anEmptyDatabase();
  const reports = await Promise.all([
    migrateToLatest({ databaseUrl, appPassword }),
    migrateToLatest({ databaseUrl, appPassword }),
    migrateToLatest({ databaseUrl, appPassword }),
  ]);
  expect(reports.flatMap((report) => report.applied)).toEqual(await knownMigrations());
});

it("a server that goes away under a migration is an error to catch, and ends no process", async () => {
  const databaseUrl = await anEmptyDatabase();
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  try {
    // Kysely's own migration lock, so that the migration waits where it is met.
    await holder.query("select pg_advisory_lock(3853314791062309107)");
    const migrated = migrateToLatest({ databaseUrl, appPassword }).catch((error: unknown) => error);
    let ended: number | null = 0;
    while (ended === 0) {
      ({ rowCount: ended } = await holder.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and wait_event = 'advisory'`,
      ));
    }
    expect(await migrated).toBeInstanceOf(Error);
  } finally {
    await holder.end();
  }
});

it("two databases of one server may be migrated at once, though they share the roles", async () => {
  const urls = await Promise.all([anEmptyDatabase(), anEmptyDatabase()]);
  await Promise.all(urls.map((databaseUrl) => migrateToLatest({ databaseUrl, appPassword })));
  for (const databaseUrl of urls) {
    expect((await checkMigrations({ databaseUrl })).pending).toEqual([]);
  }
});

it("a database that a newer version migrated is left alone, with a sentence that says so", async () => {
  const databaseUrl = await anEmptyDatabase();
  await migrateToLatest({ databaseUrl, appPassword });
  await on(
    databaseUrl,
    "insert into migrations.kysely_migration (name, timestamp) values ('2999-01-01-future', '')",
  );
  expect((await checkMigrations({ databaseUrl })).unknown).toEqual(["2999-01-01-future"]);
  await expect(migrateToLatest({ databaseUrl, appPassword })).rejects.toThrow(
    /2999-01-01-future.*newer Usher/,
  );
});

it("an owner that is no superuser, only may create roles, is enough", async () => {
  const password = randomBytes(12).toString("hex");
  await onServer(`create role usher_modest login createrole password '${password}'`);
  // What an administrator grants once where the roles exist already.
  await onServer("grant usher_directory to usher_modest with admin true, inherit false");
  const url = new URL(await anEmptyDatabase({ owner: "usher_modest" }));
  url.username = "usher_modest";
  url.password = password;
  const databaseUrl = url.href;
  expect(await migrateToLatest({ databaseUrl, appPassword })).toEqual({
    applied: await knownMigrations(),
  });
  const owner = createDatabase({ url: databaseUrl, poolSize: 1 });
  const input = { slug: "acme", name: "Acme", timeZone: "UTC" as TimeZone };
  const tenantId = await ensureTenant(owner, input);
  expect(await ensureTenant(owner, input)).toBe(tenantId);
  // Forced row-level security binds the owner too.
  const seen = await on(databaseUrl, "select count(*)::int as n from tenants");
  expect(seen.rows).toEqual([{ n: 0 }]);
  await owner.close();
});

it("the app logs in with the password it was given, which no statement ever contained", async () => {
  const databaseUrl = await anEmptyDatabase();
  await migrateToLatest({ databaseUrl, appPassword });
  const url = appDatabaseUrl({ databaseUrl, appPassword });
  expect((await on(url, "select current_user::text as me")).rows).toEqual([{ me: "usher_app" }]);
  const stored = await onServer(
    "select rolpassword from pg_authid where rolname = 'usher_app' and rolpassword like 'SCRAM-SHA-256$4096:%'",
  );
  expect(stored.rowCount).toBe(1);
});

it("the committed row types are those of the migrated database", async () => {
  const committed = await readFile(new URL("./generated/rows.ts", import.meta.url), "utf8");
  expect(
    committed,
    "Run `pnpm --filter @usher/database generate` and commit src/generated/rows.ts.",
  ).toBe(await generateRows({ databaseUrl: server.databaseUrl }));
});

async function anEmptyDatabase({ owner }: { readonly owner?: string } = {}): Promise<string> {
  const name = `${server.name}_${randomBytes(3).toString("hex")}`;
  made.push(name);
  await onServer(`create database ${name} template template0 ${owner ? `owner ${owner}` : ""}`);
  const url = new URL(server.databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function onServer(statement: string) {
  return on(server.databaseUrl, statement);
}

async function on(databaseUrl: string, statement: string) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(statement);
  } finally {
    await client.end();
  }
}
