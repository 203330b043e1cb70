import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "./test-database.ts";
import { testTemporal, uniqueTaskQueue } from "./test-temporal.ts";

let first: TestDatabase;
let second: TestDatabase;

beforeAll(async () => {
  [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});

afterAll(async () => {
  await Promise.all([first.drop(), second.drop()]);
});

it("two test databases never see each other's tables", async () => {
  await query(first, "create table only_here (id int)");
  const seen = await query(second, "select to_regclass('only_here') as found");
  expect(seen.rows).toEqual([{ found: null }]);
});

it("a test database is migrated", async () => {
  const tables = await query(
    first,
    "select count(*)::int as n from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  expect(tables.rows[0]?.n).toBeGreaterThan(0);
});

it("extensions that the schema needs ship with the bundled PostgreSQL", async () => {
  const found = await query(
    first,
    "select name from pg_available_extensions where name in ('btree_gist', 'pgcrypto') order by name",
  );
  expect(found.rows.map((row) => row.name)).toEqual(["btree_gist", "pgcrypto"]);
});

it("a real Temporal server is named by host and port", () => {
  expect(testTemporal().address).toMatch(/^[\w.:[\]-]+:\d+$/);
  expect(uniqueTaskQueue("orders")).not.toBe(uniqueTaskQueue("orders"));
});

async function query(database: TestDatabase, statement: string) {
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(statement);
  } finally {
    await client.end();
  }
}
