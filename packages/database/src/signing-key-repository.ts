import type { Instant } from "@usher/entitlement-core/kernel";
import { type Selectable, sql } from "kysely";
import type { SigningKey as SigningKeyRow } from "./generated/rows.ts";
import { jsonb } from "./jsonb.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDateOrNull, toInstant, toInstantOrNull } from "./timestamps.ts";

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

export interface SigningKeyPlan {
  readonly changes: readonly {
    readonly kid: string;
    readonly status: SigningKey["status"];
    readonly retireAt: Instant | null;
  }[];
  readonly add: { readonly key: SigningKeyToStore; readonly status: "next" | "current" } | null;
}

/**
 * Changes the tenant's keys as `plan` says for those there are. Processes that call it at once wait for
 * each other, so that a second one plans on what the first one did: the first keys of a tenant
 * and a rotation are made once. Answers the keys that hold.
 */
export async function changeSigningKeys(
  tx: TenantTransaction,
  plan: (keys: readonly SigningKey[]) => SigningKeyPlan | Promise<SigningKeyPlan>,
): Promise<readonly SigningKey[]> {
  await sql`select pg_advisory_xact_lock(hashtextextended('signing-keys:' || ${tx.tenantId}, 0))`.execute(
    tx.db,
  );
  const { changes, add } = await plan(await listSigningKeys(tx));
  // Retired first: at no instant may two keys be current, or two be next.
  const order = ["retired", "current", "next"];
  const inOrder = [...changes].sort(
    (one, other) => order.indexOf(one.status) - order.indexOf(other.status),
  );
  for (const { kid, status, retireAt } of inOrder) {
    await tx.db
      .updateTable("signing_keys")
      .set({ status, retire_at: toDateOrNull(retireAt) })
      .where("kid", "=", kid)
      .executeTakeFirstOrThrow();
  }
  if (add !== null) await insertKey(tx, add);
  return listSigningKeys(tx);
}

/** The same private key, sealed otherwise. */
export async function replaceSealedKey(
  tx: TenantTransaction,
  { kid, sealedPrivate }: { readonly kid: string; readonly sealedPrivate: Uint8Array },
): Promise<void> {
  await tx.db
    .updateTable("signing_keys")
    .set({ sealed_private: Buffer.from(sealedPrivate) })
    .where("kid", "=", kid)
    .executeTakeFirstOrThrow();
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
