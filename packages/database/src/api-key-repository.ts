import type { ApiKeyId, Instant, UserId } from "@usher/entitlement-core/kernel";
import { type Selectable, sql } from "kysely";
import {
  apiKeyPrefix,
  hashSecret,
  type KeyEnvironment,
  newApiKeySecret,
} from "./api-key-secret.ts";
import type { ApiKey as ApiKeyRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toDateOrNull, toInstant, toInstantOrNull } from "./timestamps.ts";

export interface ApiKey {
  readonly id: ApiKeyId;
  /** The secret's first characters, to recognize it by. */
  readonly prefix: string;
  readonly name: string;
  readonly userId: UserId | null;
  readonly scopes: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  readonly lastUsedAt: Instant | null;
}

/** Makes a key. `secret` is in no other answer ever again: only its SHA-256 is stored. */
export async function addApiKey(
  tx: TenantTransaction,
  input: {
    readonly environment: KeyEnvironment;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly userId: UserId | null;
    readonly expiresAt: Instant | null;
  },
): Promise<{ readonly apiKey: ApiKey; readonly secret: string }> {
  const secret = newApiKeySecret(input.environment);
  const row = await tx.db
    .insertInto("api_keys")
    .values({
      id: createId("apiKey"),
      hash: hashSecret(secret),
      prefix: apiKeyPrefix(secret),
      name: input.name,
      user_id: input.userId,
      scopes: [...input.scopes],
      expires_at: toDateOrNull(input.expiresAt),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { apiKey: fromApiKeyRow(row), secret };
}

/** Stores a key whose secret the caller already has, such as a demo's; a known secret changes nothing. */
export async function ensureApiKey(
  tx: TenantTransaction,
  input: {
    readonly secret: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly userId: UserId | null;
  },
): Promise<void> {
  await tx.db
    .insertInto("api_keys")
    .values({
      id: createId("apiKey"),
      hash: hashSecret(input.secret),
      prefix: apiKeyPrefix(input.secret),
      name: input.name,
      user_id: input.userId,
      scopes: [...input.scopes],
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "hash"]).doNothing())
    .execute();
}

/** Newest first; revoked ones too. */
export async function listApiKeys(tx: TenantTransaction): Promise<readonly ApiKey[]> {
  const rows = await tx.db.selectFrom("api_keys").selectAll().orderBy("id", "desc").execute();
  return rows.map(fromApiKeyRow);
}

/** From the commit on the key is refused; `usher_keys` tells every process to forget it. False: no such live key. */
export async function revokeApiKey(
  tx: TenantTransaction,
  { id, now }: { readonly id: ApiKeyId; readonly now: Instant },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("api_keys")
    .set({ revoked_at: toDate(now) })
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Many uses in one statement: callers gather them, because a write per request would cost more than the request. */
export async function recordApiKeyUses(
  tx: TenantTransaction,
  uses: readonly { readonly id: ApiKeyId; readonly at: Instant }[],
): Promise<void> {
  if (uses.length === 0) return;
  const ids = uses.map((use) => use.id);
  const instants = uses.map((use) => toDate(use.at));
  await sql`
    update api_keys as k set last_used_at = u.at
      from (select id, max(at) as at from unnest(${ids}::text[], ${instants}::timestamptz[]) as u (id, at) group by id) as u
      where k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)`.execute(tx.db);
}

function fromApiKeyRow(row: Selectable<ApiKeyRow>): ApiKey {
  return {
    id: row.id as ApiKeyId,
    prefix: row.prefix,
    name: row.name,
    userId: row.user_id as UserId | null,
    scopes: row.scopes,
    createdAt: toInstant(row.created_at),
    expiresAt: toInstantOrNull(row.expires_at),
    revokedAt: toInstantOrNull(row.revoked_at),
    lastUsedAt: toInstantOrNull(row.last_used_at),
  };
}
