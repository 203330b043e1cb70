import { createHash } from "node:crypto";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { PoolClient } from "pg";

/**
 * Kysely over one connection that somebody else has checked out and in which a transaction runs.
 * Statements are prepared once a connection and then only executed: parsing and planning cost more
 * than most of our statements themselves.
 */
export function clientDialect(client: PoolClient): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ClientDriver(client),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class ClientDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(client: PoolClient) {
    this.#connection = new ClientConnection(client);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(oneTransaction());
  }

  commitTransaction(): Promise<void> {
    return Promise.reject(oneTransaction());
  }

  rollbackTransaction(): Promise<void> {
    return Promise.reject(oneTransaction());
  }
}

function oneTransaction(): Error {
  return new Error(
    "A tenant transaction is already open here and ends with withTenant: do not begin, commit or roll back inside it.",
  );
}

class ClientConnection implements DatabaseConnection {
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const name = statementName(sql);
    const result = await this.#client.query<Row & Record<string, unknown>>({
      text: sql,
      values: [...parameters],
      ...(name === undefined ? {} : { name }),
    });
    return result.command === "SELECT"
      ? { rows: result.rows }
      : { rows: result.rows, numAffectedRows: BigInt(result.rowCount ?? 0) };
  }

  // biome-ignore lint/correctness/useYield: refused, but the interface wants a generator.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("Rows are read in pages here, not streamed: see the page functions.");
  }
}

/** Statements are few and fixed; a text that varies with its input must not fill every connection's memory. */
const preparedMax = 400;
const names = new Map<string, string>();

function statementName(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= preparedMax) return undefined;
  const name = `u${createHash("sha1").update(sql).digest("hex").slice(0, 24)}`;
  names.set(sql, name);
  return name;
}
