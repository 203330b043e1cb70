import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { Database } from "./database.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/** Where a connection's tokens outlive processes; the shape that connectors are given. */
export interface ConnectionTokenStore<Tokens> {
  /** What stands now; null before the first exchange. */
  read(): Promise<Tokens | null>;
  /**
   * Exchanges tokens while no other process can. `renew` is given what stands now; what it returns
   * is committed before this resolves. When it throws, nothing changes.
   */
  exchange(renew: (current: Tokens | null) => Promise<Tokens>): Promise<Tokens>;
}

/**
 * Tokens of one version of a connection's credentials, exchanged under a lock of their row. Whoever
 * comes second waits for the first, and is then given what the first one stored. After new
 * credentials the version is another one: a process that still works with the old ones cannot
 * write its tokens over the new ones'.
 */
export function createConnectionTokenStore<Tokens>(input: {
  readonly database: Database;
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly credentialsVersion: number;
  readonly seal: (tokens: Tokens) => Uint8Array;
  readonly open: (sealed: Uint8Array) => Tokens;
}): ConnectionTokenStore<Tokens> {
  const { database, tenantId } = input;
  const opened = (sealed: Uint8Array | null) => (sealed === null ? null : input.open(sealed));
  return {
    read: () =>
      database.withTenant({ tenantId, readOnly: true }, async (tx) =>
        opened(await readTokens(tx, input)),
      ),
    exchange: async (renew) => {
      // Kept outside: should the transaction be run again, a refresh token is not spent twice.
      let renewed: { readonly tokens: Tokens } | null = null;
      const attempt = () =>
        database.withTenant({ tenantId }, async (tx) => {
          const before = await lockTokens(tx, input);
          renewed ??= { tokens: await renew(opened(before)) };
          await writeTokens(tx, { ...input, sealed: input.seal(renewed.tokens) });
          return renewed.tokens;
        });
      try {
        return await attempt();
      } catch (error) {
        // The vendor has taken the old token and the database's connection broke: a second
        // connection saves the new one, which is worth the whole connection.
        if (renewed === null) throw error;
        return await attempt();
      }
    },
  };
}

interface TokenRow {
  readonly connectionId: ConnectionId;
  readonly credentialsVersion: number;
}

async function readTokens(tx: TenantTransaction, row: TokenRow): Promise<Uint8Array | null> {
  const found = await tx.db
    .selectFrom("connection_tokens")
    .select("tokens")
    .where("connection_id", "=", row.connectionId)
    .where("credentials_version", "=", row.credentialsVersion)
    .executeTakeFirst();
  return found?.tokens ?? null;
}

/** The row is made first, so that there is one to lock at the first exchange as well. */
async function lockTokens(tx: TenantTransaction, row: TokenRow): Promise<Uint8Array | null> {
  await sql`
    insert into connection_tokens (connection_id, credentials_version)
      values (${row.connectionId}, ${row.credentialsVersion}) on conflict do nothing`.execute(
    tx.db,
  );
  const found = await tx.db
    .selectFrom("connection_tokens")
    .select("tokens")
    .where("connection_id", "=", row.connectionId)
    .where("credentials_version", "=", row.credentialsVersion)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return found.tokens;
}

async function writeTokens(
  tx: TenantTransaction,
  row: TokenRow & { readonly sealed: Uint8Array },
): Promise<void> {
  await tx.db
    .updateTable("connection_tokens")
    .set({ tokens: Buffer.from(row.sealed), updated_at: sql`now()` })
    .where("connection_id", "=", row.connectionId)
    .where("credentials_version", "=", row.credentialsVersion)
    .executeTakeFirstOrThrow();
}
