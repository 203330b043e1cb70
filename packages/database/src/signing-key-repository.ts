import type { Instant } from "@usher/entitlement-core/kernel";
import { type Selectable, sql } from "kysely";
import type { SigningKey as SigningKeyRow } from "./generated/rows.ts";
import { jsonb } from "./jsonb.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant, toInstantOrNull } from "./timestamps.ts";

export interface SigningKeyToStore {
  readonly kid: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** As the caller sealed it. */
  readonly sealedPrivate: Uint8Array;
}

/** `next` is published but signs nothing yet; `current` signs; `retired` is published until `retireAt`. */
export interface SigningKey extends SigningKeyToStore {
  readonly status: "next" | "current" | "retired";
  readonly createdAt: Instant;
  readonly retireAt: Instant | null;
}

/** Next, current and the retired keys, newest first. */
export async function listSigningKeys(tx: TenantTransaction): Promise<readonly SigningKey[]> {
  const rows = await tx.db
    .selectFrom("signing_keys")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("kid")
    .execute();
  return rows.map(fromSigningKeyRow);
}

/**
 * Gives the tenant its first keys. Processes that start at once may all call it: the first one's
 * keys stay, the others' are dropped. Answers the keys that hold.
 */
export async function ensureSigningKeys(
  tx: TenantTransaction,
  { current, next }: { readonly current: SigningKeyToStore; readonly next: SigningKeyToStore },
): Promise<readonly SigningKey[]> {
  await lockKeys(tx);
  const known = await listSigningKeys(tx);
  if (known.some((key) => key.status === "current")) return known;
  await insertKey(tx, { key: current, status: "current" });
  if (!known.some((key) => key.status === "next"))
    await insertKey(tx, { key: next, status: "next" });
  return listSigningKeys(tx);
}

/**
 * Moves every key one place: current becomes retired, next becomes current, `next` is the new
 * next. The retired key is published until its last token expires, so that no token is orphaned.
 */
export async function rotateSigningKeys(
  tx: TenantTransaction,
  { next, now }: { readonly next: SigningKeyToStore; readonly now: Instant },
): Promise<readonly SigningKey[]> {
  await lockKeys(tx);
  await sql`
    update signing_keys k set status = 'retired', retire_at = greatest(${toDate(now)},
        (select max(t.expires_at) from tokens t where t.kid = k.kid))
      where k.status = 'current'`.execute(tx.db);
  const promoted = await sql`
    update signing_keys set status = 'current' where status = 'next'`.execute(tx.db);
  if (promoted.numAffectedRows === 0n) {
    throw new Error(
      "There is no next signing key to make current: give the tenant its keys first.",
    );
  }
  await insertKey(tx, { key: next, status: "next" });
  return listSigningKeys(tx);
}

async function lockKeys(tx: TenantTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('signing-keys:' || ${tx.tenantId}, 0))`.execute(
    tx.db,
  );
}

async function insertKey(
  tx: TenantTransaction,
  { key, status }: { readonly key: SigningKeyToStore; readonly status: "next" | "current" },
): Promise<void> {
  await sql`
    insert into signing_keys (kid, public_jwk, sealed_private, status)
      values (${key.kid}, ${jsonb(key.publicJwk)}, ${Buffer.from(key.sealedPrivate)}, ${status})`.execute(
    tx.db,
  );
}

function fromSigningKeyRow(row: Selectable<SigningKeyRow>): SigningKey {
  return {
    kid: row.kid,
    publicJwk: row.public_jwk as Record<string, unknown>,
    sealedPrivate: row.sealed_private,
    status: row.status as SigningKey["status"],
    createdAt: toInstant(row.created_at),
    retireAt: toInstantOrNull(row.retire_at),
  };
}
