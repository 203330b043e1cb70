import { randomInt } from "node:crypto";
import type { StatusListId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { createId } from "./ids.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/** One bit of one published list: a token's place to be revoked at. */
export interface StatusPlace {
  readonly statusListId: StatusListId;
  readonly index: number;
}

/** 131,072 tokens a list: 16 KiB raw, a few hundred bytes compressed while few are revoked. */
const listSize = 2 ** 17;
const candidatesPerPlace = 8;

/**
 * A free place in the tenant's open list, at random: nothing to queue for, and a token's index
 * says nothing about how many there are (draft-ietf-oauth-status-list, section 12.5.2). It is taken by
 * storing a token with it; should another transaction take the same one in between (one chance in
 * a hundred thousand), the token's unique key makes one of the two fail and be tried again.
 *
 * A list that is half full is closed for new tokens and a new one opened.
 */
export async function findStatusPlace(tx: TenantTransaction): Promise<StatusPlace> {
  const candidates = Array.from({ length: candidatesPerPlace }, () => randomInt(listSize));
  const { rows } = await sql<{ id: StatusListId; free: readonly number[] }>`
    select l.id, array(
        select i from unnest(${candidates}::int[]) as i where not exists (
          select from tokens t where t.status_list_id = l.id and t.status_index = i)) as free
      from status_lists l where l.is_open`.execute(tx.db);
  const [list] = rows;
  const place = list?.free[0];
  // Half of the draws taken means that about half of the list is: from there on drawing gets slow.
  if (list && place !== undefined && list.free.length > candidatesPerPlace / 2) {
    return { statusListId: list.id, index: place };
  }
  const fresh = await openStatusList(tx, { instead: list?.id ?? null });
  return { statusListId: fresh, index: randomInt(listSize) };
}

async function openStatusList(
  tx: TenantTransaction,
  { instead }: { readonly instead: StatusListId | null },
): Promise<StatusListId> {
  if (instead !== null) {
    await sql`update status_lists set is_open = false where id = ${instead} and is_open`.execute(
      tx.db,
    );
  }
  await sql`
    insert into status_lists (id, bits, size)
      values (${createId("statusList")}, ${Buffer.alloc(listSize / 8)}, ${listSize})
      on conflict do nothing`.execute(tx.db);
  // Ours, or that of the transaction that was faster.
  const { rows } = await sql<{ id: StatusListId }>`
    select id from status_lists where is_open`.execute(tx.db);
  if (!rows[0]) throw new Error("There is no open status list after one was opened.");
  return rows[0].id;
}

/** Sets bits, in the transaction that revokes their tokens; each list is written once and gets its next version. */
export async function setStatusBits(
  tx: TenantTransaction,
  places: readonly StatusPlace[],
): Promise<void> {
  // In one order everywhere, so that two revocations never wait for each other.
  const lists = [...new Set(places.map((place) => place.statusListId))].sort();
  for (const id of lists) {
    const { rows } = await sql<{ bits: Buffer }>`
      select bits from status_lists where id = ${id} for update`.execute(tx.db);
    const bits = rows[0]?.bits;
    if (!bits) throw new Error(`There is no status list ${id}.`);
    for (const { statusListId, index } of places) {
      if (statusListId !== id) continue;
      const at = index >> 3;
      bits.writeUInt8(bits.readUInt8(at) | (1 << (index & 7)), at);
    }
    await sql`
      update status_lists set bits = ${bits}, version = version + 1, updated_at = now() where id = ${id}`.execute(
      tx.db,
    );
  }
}
