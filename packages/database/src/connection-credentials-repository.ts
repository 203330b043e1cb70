import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { announceConnections, type NextCredentials } from "./connection-repository.ts";
import { jsonb } from "./jsonb.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDateOrNull } from "./timestamps.ts";

/**
 * Puts new credentials beside those in use, where nobody uses them but who proves them: their
 * tokens belong to the next version. `keepsTokens`: they are those that are there already, so that a
 * rotation which was cut off goes on with the tokens it had got.
 */
export async function storeNextCredentials(
  tx: TenantTransaction,
  input: NextCredentials & { readonly id: ConnectionId; readonly keepsTokens: boolean },
): Promise<void> {
  await sql`
    update connections
      set next_secrets = ${Buffer.from(input.sealedSecrets)}, next_config = ${jsonb(input.config)}
      where id = ${input.id}`.execute(tx.db);
  if (input.keepsTokens) return;
  await sql`
    delete from connection_tokens t using connections c
      where c.id = ${input.id} and t.connection_id = c.id
        and t.credentials_version > c.credentials_version`.execute(tx.db);
}

/**
 * From now on the next credentials are the ones in use; false when they are not (any more) those the
 * caller has proven. Instances on the old ones may go on with their own tokens until they are closed.
 */
export async function switchCredentials(
  tx: TenantTransaction,
  input: {
    readonly id: ConnectionId;
    readonly proven: NextCredentials;
    readonly oldWebhookSecretsUntil: Instant | null;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update connections
      set secrets = next_secrets, config = next_config, next_secrets = null, next_config = null,
          credentials_version = credentials_version + 1, credentials_changed_at = now(),
          old_webhook_secrets_until = ${toDateOrNull(input.oldWebhookSecretsUntil)},
          status = 'working', last_error = null, last_error_at = null, updated_at = now()
      where id = ${input.id} and next_secrets = ${Buffer.from(input.proven.sealedSecrets)}`.execute(
    tx.db,
  );
  if (numAffectedRows !== 1n) return false;
  await sql`
    delete from connection_tokens t using connections c
      where c.id = ${input.id} and t.connection_id = c.id
        and t.credentials_version < c.credentials_version - 1`.execute(tx.db);
  await announceConnections(tx);
  return true;
}

/** Takes away credentials that were refused; those in use stay. */
export async function dropNextCredentials(
  tx: TenantTransaction,
  input: { readonly id: ConnectionId; readonly refused: NextCredentials },
): Promise<void> {
  await sql`
    update connections set next_secrets = null, next_config = null
      where id = ${input.id} and next_secrets = ${Buffer.from(input.refused.sealedSecrets)}`.execute(
    tx.db,
  );
}

/** Whatever is sealed for a tenant's connections, by what it is; `reseal` answers what to store instead. */
export interface ConnectionReseal {
  readonly secrets: (sealed: Uint8Array) => Uint8Array;
  readonly tokens: (sealed: Uint8Array) => Uint8Array;
}

/**
 * Seals everything of the tenant's connections anew; answers how many sealed things there are.
 * Nothing else changes: open connections stay open, and an exchange of tokens that runs is waited for.
 */
export async function resealConnections(
  tx: TenantTransaction,
  reseal: ConnectionReseal,
): Promise<number> {
  let count = 0;
  const connections = await tx.db
    .selectFrom("connections")
    .select(["id", "secrets", "next_secrets"])
    .orderBy("id")
    .forUpdate()
    .execute();
  for (const { id, secrets, next_secrets } of connections) {
    const next = next_secrets === null ? null : Buffer.from(reseal.secrets(next_secrets));
    await tx.db
      .updateTable("connections")
      .set({ secrets: Buffer.from(reseal.secrets(secrets)), next_secrets: next })
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    count += next === null ? 1 : 2;
  }
  const held = await tx.db
    .selectFrom("connection_tokens")
    .select(["connection_id", "credentials_version", "tokens"])
    .where("tokens", "is not", null)
    .orderBy("connection_id")
    .forUpdate()
    .execute();
  for (const { connection_id, credentials_version, tokens } of held) {
    if (tokens === null) continue;
    await tx.db
      .updateTable("connection_tokens")
      .set({ tokens: Buffer.from(reseal.tokens(tokens)) })
      .where("connection_id", "=", connection_id)
      .where("credentials_version", "=", credentials_version)
      .executeTakeFirstOrThrow();
    count += 1;
  }
  return count;
}
