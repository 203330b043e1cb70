import pg from "pg";
import { createDirectory, type Directory } from "./directory.ts";
import { type busy, runExclusively } from "./exclusive-work.ts";
import { type Listener, type ListenInput, listen } from "./listen.ts";
import { outliveBrokenConnections } from "./outlive-broken-connections.ts";
import {
  runTenantTransaction,
  type TenantTransaction,
  type TenantTransactionOptions,
} from "./tenant-transaction.ts";

export interface DatabaseOptions {
  /** The app's URL (`appDatabaseUrl`); the owner's only for seeding, where the same row security holds. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** A statement that runs longer is ended by the server. Default 30 s. */
  readonly statementTimeoutMs?: number;
  /** Connections that break while idle; they are replaced by themselves. */
  readonly onIdleError?: (error: Error) => void;
}

/** One process's way to PostgreSQL: a pool, and the two doors to it. */
export interface Database {
  /** The only way to rows: one transaction, one tenant. */
  withTenant<Result>(
    options: TenantTransactionOptions,
    work: (tx: TenantTransaction) => Promise<Result>,
  ): Promise<Result>;
  /** The few answers that exist before a tenant is known. */
  readonly directory: Directory;
  /** NOTIFY as it arrives, on a connection of its own that heals itself. */
  listen(input: ListenInput): Promise<Listener>;
  /** Work that only one process may do at a time; see `runExclusively`. */
  exclusively<Result>(
    input: { readonly name: string },
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | typeof busy>;
  /** Resolves when a statement was answered; rejects otherwise. */
  ping(): Promise<void>;
  /** Waits for running work, then closes every connection. */
  close(): Promise<void>;
}

/** Opens the pool; connects at the first statement. */
export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    application_name: options.applicationName ?? "usher",
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser: parserOf },
  });
  outliveBrokenConnections({ pool, onIdleError: options.onIdleError });
  return {
    withTenant: (transaction, work) => runTenantTransaction(pool, transaction, work),
    directory: createDirectory(pool),
    listen: (input) => listen({ ...input, url: options.url }),
    exclusively: ({ name }, work) => runExclusively(pool, name, work),
    ping: async () => {
      await pool.query("select 1");
    },
    close: () => pool.end(),
  };
}

const int8 = 20;
const date = 1082;

/** Bigints arrive as numbers (all ours are counts, sequences and minor units), dates as `YYYY-MM-DD`. */
function parserOf(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  if (format !== "binary") {
    if (oid === int8) return toSafeInteger;
    if (oid === date) return (text) => text;
  }
  return pg.types.getTypeParser(oid, format as "text") as (text: string) => unknown;
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`The database holds ${text}, which a number cannot hold exactly.`);
  }
  return value;
}
