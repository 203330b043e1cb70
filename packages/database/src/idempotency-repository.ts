import type { Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

export interface StoredResponse {
  readonly status: number;
  /** The exact bytes that were sent, as text. */
  readonly body: string;
}

/** What a request with an Idempotency-Key may do. */
export type IdempotencyAnswer =
  /** Nobody has done it: go on, and complete the key in the transaction of the work. */
  | { readonly kind: "new" }
  /** Done: give the same answer again. */
  | { readonly kind: "replay"; readonly response: StoredResponse }
  /** Another request with this key and body is at work. */
  | { readonly kind: "in-flight" }
  /** The key was used with another body. */
  | { readonly kind: "reused-with-other-body" };

/**
 * Takes the key for this request. Of any number at once exactly one is `new`. A key whose holder
 * has not come back for `lockTimeoutSeconds` (it died) is free for the same body; an expired key
 * is free for any.
 *
 * In a transaction of its own the others see `in-flight` at once; in the transaction of the work
 * they wait for it and then see `replay`.
 */
export async function beginIdempotent(
  tx: TenantTransaction,
  input: {
    readonly route: string;
    readonly key: string;
    /** Hash of the request's body. */
    readonly fingerprint: string;
    readonly expiresAt: Instant;
    readonly lockTimeoutSeconds: number;
  },
): Promise<IdempotencyAnswer> {
  const taken = await sql`
    insert into idempotency_keys as k (route, key, fingerprint, state, expires_at)
      values (${input.route}, ${input.key}, ${input.fingerprint}, 'in_flight', ${toDate(input.expiresAt)})
      on conflict (tenant_id, route, key) do update set fingerprint = excluded.fingerprint,
          state = 'in_flight', response_status = null, response_body = null,
          locked_at = now(), created_at = now(), expires_at = excluded.expires_at
        where k.expires_at <= now()
          or (k.state = 'in_flight' and k.fingerprint = excluded.fingerprint
            and k.locked_at < now() - make_interval(secs => ${input.lockTimeoutSeconds}))
      returning 1`.execute(tx.db);
  if (taken.rows.length > 0) return { kind: "new" };
  const row = await tx.db
    .selectFrom("idempotency_keys")
    .select(["fingerprint", "state", "response_status", "response_body"])
    .where("route", "=", input.route)
    .where("key", "=", input.key)
    .executeTakeFirst();
  // It was given up between the two statements: whoever comes next may take it.
  if (!row) return { kind: "in-flight" };
  if (row.fingerprint !== input.fingerprint) return { kind: "reused-with-other-body" };
  if (row.response_status === null || row.response_body === null) return { kind: "in-flight" };
  return { kind: "replay", response: { status: row.response_status, body: row.response_body } };
}

/**
 * Stores the answer, in the transaction of the work it answers. False: the key was taken over
 * (this request was slower than the lock's timeout): roll back, the other one answers.
 */
export async function completeIdempotent(
  tx: TenantTransaction,
  input: {
    readonly route: string;
    readonly key: string;
    readonly fingerprint: string;
    readonly response: StoredResponse;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("idempotency_keys")
    .set({
      state: "done",
      response_status: input.response.status,
      response_body: input.response.body,
    })
    .where("route", "=", input.route)
    .where("key", "=", input.key)
    .where("fingerprint", "=", input.fingerprint)
    .where("state", "=", "in_flight")
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The work was not done and has no answer worth keeping: the key may be used again. */
export async function abandonIdempotent(
  tx: TenantTransaction,
  { route, key }: { readonly route: string; readonly key: string },
): Promise<void> {
  await tx.db
    .deleteFrom("idempotency_keys")
    .where("route", "=", route)
    .where("key", "=", key)
    .where("state", "=", "in_flight")
    .execute();
}

/** Returns how many expired keys were forgotten. */
export async function removeExpiredIdempotencyKeys(
  tx: TenantTransaction,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<number> {
  const result = await sql`
    delete from idempotency_keys where (route, key) in (
      select route, key from idempotency_keys where expires_at <= ${toDate(now)} limit ${limit})`.execute(
    tx.db,
  );
  return Number(result.numAffectedRows ?? 0n);
}
