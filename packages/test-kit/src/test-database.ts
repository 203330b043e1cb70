import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import type {} from "./provided-environment.ts";
import { appUrlOf, urlOfDatabase } from "./start-test-environment.ts";

export interface TestDatabase {
  readonly name: string;
  /** Superuser URL of this database: migrated, empty, nobody else's. */
  readonly databaseUrl: string;
  /** URL of the same database for the app's role, which row-level security binds. */
  readonly appUrl: string;
  /** Drops it; connections that are still open are ended. */
  drop(): Promise<void>;
}

/**
 * A fresh, migrated database for one test file: a copy of the run's template, made in about 30 ms.
 * Drop it in `afterAll`; what is left is gone with the run's server.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject("usher.postgres");
  if (!server) throw new Error(needsServer("PostgreSQL"));
  const name = `usher_test_${server.template.split("_").at(-1)}_${randomBytes(6).toString("hex")}`;
  await asSuperuser(server.serverUrl, `create database ${name} template ${server.template}`);
  const databaseUrl = urlOfDatabase(server.serverUrl, name);
  return {
    name,
    databaseUrl,
    appUrl: appUrlOf(databaseUrl),
    drop: () => asSuperuser(server.serverUrl, `drop database if exists ${name} with (force)`),
  };
}

async function asSuperuser(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export function needsServer(name: string): string {
  return `This test needs ${name}, which runs in the projects integration and e2e only: name the file *.int.test.ts or put it under test/e2e.`;
}
