import type { Approver } from "@usher/entitlement-core/approval";
import type { UserId } from "@usher/entitlement-core/kernel";
import { type Selectable, sql } from "kysely";
import type { User as UserRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/** Someone of the seller's who may decide, operate or be told. */
export interface User {
  readonly id: UserId;
  /** Lower case: how a person is known to the CRM, to mail and here. */
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** Makes the user or brings name and groups up to date, by e-mail address. */
export async function saveUser(
  tx: TenantTransaction,
  input: { readonly email: string; readonly name: string; readonly groups: readonly string[] },
): Promise<User> {
  const row = await tx.db
    .insertInto("users")
    .values({
      id: createId("user"),
      email: input.email.toLowerCase(),
      name: input.name,
      groups: [...input.groups],
    })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "email"]).doUpdateSet((excluded) => ({
        name: excluded.ref("excluded.name"),
        groups: excluded.ref("excluded.groups"),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return fromUserRow(row);
}

export async function findUser(tx: TenantTransaction, id: UserId): Promise<User | null> {
  const row = await tx.db.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? fromUserRow(row) : null;
}

export async function findUserByEmail(tx: TenantTransaction, email: string): Promise<User | null> {
  const row = await tx.db
    .selectFrom("users")
    .selectAll()
    .where("email", "=", email.toLowerCase())
    .executeTakeFirst();
  return row ? fromUserRow(row) : null;
}

export async function listUsers(tx: TenantTransaction): Promise<readonly User[]> {
  const rows = await tx.db.selectFrom("users").selectAll().orderBy("email").execute();
  return rows.map(fromUserRow);
}

/**
 * The people that approvers stand for, sorted by e-mail address. An approver named by an address
 * that no user has is not among them: nobody could sign in as it.
 */
export async function findApprovers(
  tx: TenantTransaction,
  approvers: readonly Approver[],
): Promise<readonly User[]> {
  const emails = approvers.flatMap((one) => ("user" in one ? [one.user.toLowerCase()] : []));
  const groups = approvers.flatMap((one) => ("group" in one ? [one.group] : []));
  const { rows } = await sql<Selectable<UserRow>>`
    select * from users where email = any (${emails}::text[]) or groups && ${groups}::text[]
      order by email`.execute(tx.db);
  return rows.map(fromUserRow);
}

function fromUserRow(row: Selectable<UserRow>): User {
  return { id: row.id as UserId, email: row.email, name: row.name, groups: row.groups };
}
