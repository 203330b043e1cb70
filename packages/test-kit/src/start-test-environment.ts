import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  commandLineOf,
  findProjectFolder,
  removePostgresData,
  startPostgres,
  startTemporal,
  temporalBinaryIn,
} from "@usher/local-services";
import pg from "pg";
import type { ProvidedPostgres, ProvidedTemporal } from "./provided-environment.ts";

export interface TestEnvironment {
  readonly postgres: ProvidedPostgres;
  readonly temporal: ProvidedTemporal;
  stop(): Promise<void>;
}

/**
 * One PostgreSQL and one Temporal server for a whole test run, on free loopback ports, in a folder
 * of this process's own. `DATABASE_URL` and `TEMPORAL_ADDRESS` name servers to use instead; only
 * databases that this run made are dropped there.
 *
 * @param migrate brings the template database to the latest schema; the kit knows no schema itself.
 */
export async function startTestEnvironment({
  migrate,
}: {
  readonly migrate: (input: {
    readonly databaseUrl: string;
    readonly appPassword: string;
  }) => Promise<unknown>;
}): Promise<TestEnvironment> {
  const runs = join(findProjectFolder(), ".usher", "test-runs");
  removeRunsOfTheDead(runs);
  const folder = join(runs, String(process.pid));
  mkdirSync(folder, { recursive: true });

  const started = await Promise.allSettled([
    startPostgres({
      databaseUrl: process.env.DATABASE_URL,
      dataFolder: join(folder, "postgres"),
      durability: "test",
    }),
    startTemporal({
      temporalAddress: process.env.TEMPORAL_ADDRESS,
      namespace: process.env.TEMPORAL_NAMESPACE,
      binary: temporalBinaryIn(findProjectFolder()),
      storage: { kind: "memory" },
      logFile: join(folder, "temporal.log"),
    }),
  ]);
  const stop = async () => {
    await Promise.all(
      started.map(async (one) => {
        if (one.status === "rejected") return;
        await ("discard" in one.value ? one.value.discard() : one.value.stop());
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  };
  const [postgres, temporal] = started;
  if (postgres.status === "rejected" || temporal.status === "rejected") {
    await stop();
    throw postgres.status === "rejected"
      ? postgres.reason
      : (temporal as PromiseRejectedResult).reason;
  }

  const template = `usher_template_${process.pid}`;
  const serverUrl = postgres.value.databaseUrl;
  try {
    await run(serverUrl, `drop database if exists ${template}`, `create database ${template}`);
    await migrate({
      databaseUrl: urlOfDatabase(serverUrl, template),
      appPassword: testAppPassword,
    });
    // A template must have no open connection; this keeps a forgotten one from coming back.
    await run(serverUrl, `alter database ${template} with allow_connections false`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    postgres: { serverUrl, template },
    temporal: { address: temporal.value.address, namespace: temporal.value.namespace },
    stop: async () => {
      if (postgres.value.origin === "given") await dropDatabasesOfThisRun(serverUrl, template);
      await stop();
    },
  };
}

/** What the app's role logs in with on a test server. */
const testAppPassword = "usher-test-app";

/** As a running hub connects: by the role that row-level security binds. */
export function appUrlOf(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.username = "usher_app";
  url.password = testAppPassword;
  return url.href;
}

/** The same server, another database. */
export function urlOfDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function run(databaseUrl: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function dropDatabasesOfThisRun(serverUrl: string, template: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const made = await client.query<{ datname: string }>(
      "select datname from pg_database where datname = $1 or starts_with(datname, $2)",
      [template, `usher_test_${process.pid}_`],
    );
    for (const { datname } of made.rows)
      await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}

function removeRunsOfTheDead(runs: string): void {
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) {
    const pid = Number(name);
    // Another run's folder stays as long as its process does; its servers end with it.
    if (Number.isInteger(pid) && commandLineOf(pid).includes("node")) continue;
    removePostgresData(join(runs, name, "postgres"));
    rmSync(join(runs, name), { recursive: true, force: true });
  }
}
