import { Kysely, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
import { ensureRoles } from "./database-roles.ts";
import { migrationProvider } from "./migrations/index.ts";
import { outliveBrokenConnections } from "./outlive-broken-connections.ts";

export interface MigrateInput {
  /** The owner's URL: a superuser, or a role with CREATEROLE that owns the database. */
  readonly databaseUrl: string;
  /** What `usher_app` logs in with. Omitted: the role's password stays as it is. */
  readonly appPassword?: string;
}

export interface MigrationReport {
  /** Names of the migrations applied by this call, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
}

/** Where a database stands, compared with this code. */
export interface MigrationCheck {
  readonly applied: readonly string[];
  /** Known to this code, not yet applied. */
  readonly pending: readonly string[];
  /** Applied, but unknown to this code: the database was migrated by a newer version. */
  readonly unknown: readonly string[];
}

/** Bookkeeping of the migrations, apart from the data: only the owner may look there. */
const bookkeeping = "migrations";

/**
 * Brings the database to the latest schema, in one transaction: all pending migrations or none.
 * Two processes may call it at once; the second waits on an advisory lock and finds nothing to do.
 *
 * @throws Error when a migration fails, when the roles cannot be made, or when the database is newer than this code.
 */
export async function migrateToLatest(input: MigrateInput): Promise<MigrationReport> {
  await ensureRoles({ databaseUrl: input.databaseUrl, appPassword: input.appPassword });
  return withOwner(input.databaseUrl, async (db) => {
    const { unknown } = await readMigrations(db);
    if (unknown.length > 0) {
      throw new Error(
        `The database has migrations this version does not know (${unknown.join(", ")}): it was migrated by a newer Usher. Start that version instead.`,
      );
    }
    const migrator = new Migrator({
      db,
      provider: migrationProvider,
      migrationTableSchema: bookkeeping,
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined) {
      const failed = results.find((one) => one.status === "Error")?.migrationName;
      throw new Error(
        failed
          ? `Migration ${failed} failed; the database is as it was before.`
          : "The migrations could not be run; the database is as it was before.",
        { cause: error },
      );
    }
    return {
      applied: results.filter((one) => one.status === "Success").map((one) => one.migrationName),
    };
  });
}

/** What `--check` asks: compares and changes nothing. Up to date means `pending` and `unknown` are empty. */
export async function checkMigrations({
  databaseUrl,
}: {
  readonly databaseUrl: string;
}): Promise<MigrationCheck> {
  return withOwner(databaseUrl, readMigrations);
}

/** Names this code knows, in order. */
export async function knownMigrations(): Promise<readonly string[]> {
  return Object.keys(await migrationProvider.getMigrations()).sort();
}

async function readMigrations(db: Kysely<unknown>): Promise<MigrationCheck> {
  const table = `${bookkeeping}.kysely_migration`;
  const found = await sql<{
    there: boolean;
  }>`select to_regclass(${table}) is not null as there`.execute(db);
  const applied = found.rows[0]?.there
    ? (
        await sql<{ name: string }>`select name from ${sql.table(table)} order by name`.execute(db)
      ).rows.map((row) => row.name)
    : [];
  return compareMigrations({ known: await knownMigrations(), applied });
}

export function compareMigrations({
  known,
  applied,
}: {
  readonly known: readonly string[];
  readonly applied: readonly string[];
}): MigrationCheck {
  return {
    applied,
    pending: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  };
}

async function withOwner<Result>(
  databaseUrl: string,
  work: (db: Kysely<unknown>) => Promise<Result>,
): Promise<Result> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  outliveBrokenConnections({ pool });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}
