import type { Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { Outbox } from "./generated/rows.ts";
import { toJsonText } from "./jsonb.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant, toInstantOrNull } from "./timestamps.ts";

/** What the relay delivers, and to whom. `key` is the id that messages of one topic are about. */
export type OutboxTopic = "order.start" | "order.wake" | "order.cancel";

export interface OutboxMessage {
  readonly topic: OutboxTopic;
  readonly key: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface StoredOutboxMessage extends OutboxMessage {
  readonly id: number;
  readonly attempts: number;
  readonly createdAt: Instant;
}

/** Stores messages with the change they tell of: both are committed or neither. Answers their ids, in order. */
export async function appendOutbox(
  tx: TenantTransaction,
  messages: readonly OutboxMessage[],
): Promise<readonly number[]> {
  if (messages.length === 0) return [];
  const { rows } = await sql<{ id: number }>`
    insert into outbox (topic, key, payload)
      select topic, key, payload from unnest(
        ${messages.map((one) => one.topic)}::text[], ${messages.map((one) => one.key)}::text[],
        ${messages.map((one) => toJsonText(one.payload))}::jsonb[]) with ordinality
        as m (topic, key, payload, place) order by place
      returning id`.execute(tx.db);
  return rows.map((row) => row.id);
}

/**
 * Takes the oldest due messages for `leaseSeconds`. Each goes to one relay at a time; one that was
 * taken and neither marked nor postponed in time is due again, so delivery is at least once.
 */
export async function claimOutbox(
  tx: TenantTransaction,
  { limit, leaseSeconds }: { readonly limit: number; readonly leaseSeconds: number },
): Promise<readonly StoredOutboxMessage[]> {
  const { rows } = await sql<Row<Outbox>>`
    with due as (
      select id from outbox where published_at is null and next_attempt_at <= now()
        order by id limit ${limit} for update skip locked
    )
    update outbox o set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${leaseSeconds})
      from due where o.id = due.id returning o.*`.execute(tx.db);
  return rows.map(fromOutboxRow).sort((one, other) => one.id - other.id);
}

/** The messages have arrived. Marking one twice, or one that a relay holds, changes nothing. */
export async function markPublished(tx: TenantTransaction, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update outbox set published_at = now(), last_error = null
      where id = any (${[...ids]}::bigint[]) and published_at is null`.execute(tx.db);
}

/** Delivery failed: due again after 1 s, 2 s, 4 s … up to a minute. */
export async function postponeOutbox(
  tx: TenantTransaction,
  { ids, error }: { readonly ids: readonly number[]; readonly error: string },
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update outbox set last_error = ${error},
        next_attempt_at = now() + make_interval(secs => least(60, power(2, least(attempts, 7) - 1)))
      where id = any (${[...ids]}::bigint[]) and published_at is null`.execute(tx.db);
}

export async function outboxBacklog(
  tx: TenantTransaction,
): Promise<{ readonly waiting: number; readonly oldestAt: Instant | null }> {
  const { rows } = await sql<{ waiting: number; oldest: Date | null }>`
    select count(*) as waiting, min(created_at) as oldest from outbox where published_at is null`.execute(
    tx.db,
  );
  return { waiting: rows[0]?.waiting ?? 0, oldestAt: toInstantOrNull(rows[0]?.oldest ?? null) };
}

/** Forgets delivered messages; returns how many. */
export async function removePublished(
  tx: TenantTransaction,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const result = await sql`
    delete from outbox where id in (
      select id from outbox where published_at < ${toDate(before)} order by id limit ${limit})`.execute(
    tx.db,
  );
  return Number(result.numAffectedRows ?? 0n);
}

function fromOutboxRow(row: Row<Outbox>): StoredOutboxMessage {
  return {
    id: row.id,
    topic: row.topic as OutboxTopic,
    key: row.key,
    payload: row.payload as Record<string, unknown>,
    attempts: row.attempts,
    createdAt: toInstant(row.created_at),
  };
}
