import { randomBytes } from "node:crypto";
import type { Instant, UserId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { hashSecret } from "./api-key-secret.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

/** Starts a session. The secret goes into the cookie and is stored nowhere: only its SHA-256 is. */
export async function addSession(
  tx: TenantTransaction,
  { userId, expiresAt }: { readonly userId: UserId; readonly expiresAt: Instant },
): Promise<{ readonly secret: string }> {
  const secret = newSecret();
  await tx.db
    .insertInto("sessions")
    .values({ id_hash: hashSecret(secret), user_id: userId, expires_at: toDate(expiresAt) })
    .execute();
  return { secret };
}

/** Ends the session at once; an unknown one is already ended. */
export async function endSession(tx: TenantTransaction, secret: string): Promise<void> {
  await tx.db.deleteFrom("sessions").where("id_hash", "=", hashSecret(secret)).execute();
}

/** A link's code for one sign-in, valid until `expiresAt`. */
export async function addSignInCode(
  tx: TenantTransaction,
  { userId, expiresAt }: { readonly userId: UserId; readonly expiresAt: Instant },
): Promise<{ readonly code: string }> {
  const code = newSecret();
  await tx.db
    .insertInto("sign_in_codes")
    .values({ code_hash: hashSecret(code), user_id: userId, expires_at: toDate(expiresAt) })
    .execute();
  return { code };
}

/** Uses up the code: of any number of attempts exactly one gets the user. Null: unknown, used or too late. */
export async function redeemSignInCode(
  tx: TenantTransaction,
  { code, now }: { readonly code: string; readonly now: Instant },
): Promise<UserId | null> {
  const row = await tx.db
    .updateTable("sign_in_codes")
    .set({ used_at: toDate(now) })
    .where("code_hash", "=", hashSecret(code))
    .where("used_at", "is", null)
    .where("expires_at", ">", toDate(now))
    .returning("user_id")
    .executeTakeFirst();
  return row ? (row.user_id as UserId) : null;
}

/** Forgets what can no longer be used. Returns how many rows went. */
export async function removeEndedSessions(
  tx: TenantTransaction,
  { now }: { readonly now: Instant },
): Promise<number> {
  const { rows } = await sql<{ removed: number }>`
    with ended as (delete from sessions where expires_at <= ${toDate(now)} returning 1),
         used as (delete from sign_in_codes where expires_at <= ${toDate(now)} returning 1)
    select (select count(*) from ended) + (select count(*) from used) as removed`.execute(tx.db);
  return rows[0]?.removed ?? 0;
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}
