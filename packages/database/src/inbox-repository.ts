import type { ConnectionId, InboxMessageId, Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { Inbox } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { toJsonText } from "./jsonb.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant, toInstantOrNull } from "./timestamps.ts";

export type InboxStatus = "pending" | "processed" | "ignored" | "quarantined";

/** One announcement of a remote system, stored before it is answered. */
export interface InboxMessage {
  readonly id: InboxMessageId;
  readonly connectionId: ConnectionId;
  readonly eventId: string;
  readonly type: string;
  /** Set: a hint to re-read that deal. */
  readonly dealId: string | null;
  readonly body: unknown;
  readonly status: InboxStatus;
  /** How often a worker took it, this time included. */
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly lastError: string | null;
  readonly receivedAt: Instant;
  readonly processedAt: Instant | null;
}

export interface InboundEventToStore {
  readonly eventId: string;
  readonly type: string;
  readonly dealId: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Uint8Array;
  readonly body: unknown;
  /** Set: it goes straight to quarantine, with this reason; no attempt at it could end otherwise. */
  readonly quarantinedBecause?: string;
}

/**
 * Stores verified events of one request, in one statement. An event id that is already there is a
 * duplicate, however long ago it came. Answer the sender only after the transaction has committed.
 */
export async function storeInbound(
  tx: TenantTransaction,
  input: { readonly connectionId: ConnectionId; readonly events: readonly InboundEventToStore[] },
): Promise<readonly { readonly eventId: string; readonly outcome: "stored" | "duplicate" }[]> {
  const stored = await insertMessages(
    tx,
    input.events.map((event) => ({ ...event, connectionId: input.connectionId })),
  );
  return input.events.map(({ eventId }) => ({
    eventId,
    // A second mention of one id in the same request is a duplicate as well.
    outcome: stored.delete(eventId) ? "stored" : "duplicate",
  }));
}

/**
 * Stores what polling found: hundreds of changes in one statement. A version that was announced
 * before is not stored again. Returns how many are new.
 */
export async function storeHints(
  tx: TenantTransaction,
  input: {
    readonly connectionId: ConnectionId;
    readonly changes: readonly { readonly dealId: string; readonly version: string }[];
  },
): Promise<number> {
  const stored = await insertMessages(
    tx,
    input.changes.map(({ dealId, version }) => ({
      connectionId: input.connectionId,
      eventId: `poll:${dealId}:${version}`,
      type: "poll",
      dealId,
      headers: {},
      rawBody: null,
      body: null,
    })),
  );
  return stored.size;
}

/**
 * Takes due messages of one connection (the one that has waited longest, or the given one) for
 * `leaseSeconds`; until then no other worker gets them. A worker that dies leaves them due again.
 * One that was taken `attemptsMax` times without an end goes to quarantine instead, so that a
 * message that kills its worker cannot do so forever.
 *
 * `claimedAt` is the database's clock: pass it on as the instant the deals are read at.
 */
export async function claimInbox(
  tx: TenantTransaction,
  input: {
    readonly limit: number;
    readonly leaseSeconds: number;
    readonly attemptsMax: number;
    readonly connectionId?: ConnectionId;
  },
): Promise<{ readonly messages: readonly InboxMessage[]; readonly claimedAt: Instant }> {
  const { rows } = await sql<Row<Inbox> & { claimed_at: Date }>`
    with wanted as (
      select coalesce(${input.connectionId ?? null}::text, (
        select connection_id from inbox
          where status = 'pending' and next_attempt_at <= now() and attempts < ${input.attemptsMax}
          order by next_attempt_at limit 1 for update skip locked)) as connection_id
    ), due as (
      select i.id from inbox i join wanted w on w.connection_id = i.connection_id
        where i.status = 'pending' and i.next_attempt_at <= now() and i.attempts < ${input.attemptsMax}
        order by i.next_attempt_at, i.id limit ${input.limit} for update of i skip locked
    ), poisonous as (
      update inbox set status = 'quarantined',
          last_error = coalesce(last_error, 'every worker that took it died')
        where id in (select id from inbox where status = 'pending' and next_attempt_at <= now()
          and attempts >= ${input.attemptsMax} for update skip locked)
    )
    update inbox i
      set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${input.leaseSeconds})
      from due where i.id = due.id
      returning i.*, clock_timestamp() as claimed_at`.execute(tx.db);
  const messages = rows.map(fromInboxRow).sort((one, other) => (one.id < other.id ? -1 : 1));
  return { messages, claimedAt: toInstant(rows[0]?.claimed_at ?? new Date(0)) };
}

/** Ends messages in the transaction that holds what they caused. */
export async function finishInbox(
  tx: TenantTransaction,
  input: {
    readonly ids: readonly InboxMessageId[];
    readonly outcome: "processed" | "ignored";
    /** Why it was ignored. */
    readonly because?: string;
  },
): Promise<void> {
  if (input.ids.length === 0) return;
  await sql`
    update inbox set status = ${input.outcome}, processed_at = now(), last_error = ${input.because ?? null}
      where id = any (${[...input.ids]}::text[]) and status = 'pending'`.execute(tx.db);
}

/**
 * Says that an attempt failed: the message is due again after 2 s, 4 s, 8 s … up to five minutes
 * (or `retryAfterMs`), and in quarantine once it was taken `attemptsMax` times.
 */
export async function postponeInbox(
  tx: TenantTransaction,
  input: {
    readonly ids: readonly InboxMessageId[];
    readonly error: string;
    readonly attemptsMax: number;
    readonly retryAfterMs?: number;
  },
): Promise<void> {
  if (input.ids.length === 0) return;
  await sql`
    update inbox set last_error = ${input.error},
        status = case when attempts >= ${input.attemptsMax} then 'quarantined' else 'pending' end,
        next_attempt_at = now() + make_interval(secs =>
          coalesce(${input.retryAfterMs ?? null}::float8 / 1000, least(300, power(2, least(attempts, 9)))))
      where id = any (${[...input.ids]}::text[]) and status = 'pending'`.execute(tx.db);
}

/**
 * Gives messages back untried: the remote system, not the message, was what failed. The attempt
 * is not counted, so that an outage of hours sends nothing to quarantine.
 */
export async function returnInbox(
  tx: TenantTransaction,
  input: {
    readonly ids: readonly InboxMessageId[];
    readonly error: string;
    readonly retryAfterMs: number;
  },
): Promise<void> {
  if (input.ids.length === 0) return;
  await sql`
    update inbox set last_error = ${input.error}, attempts = greatest(0, attempts - 1),
        next_attempt_at = now() + make_interval(secs => ${input.retryAfterMs / 1000}::float8)
      where id = any (${[...input.ids]}::text[]) and status = 'pending'`.execute(tx.db);
}

/** Makes quarantined messages due at once, with all their attempts back. Returns how many. */
export async function replayQuarantined(
  tx: TenantTransaction,
  { ids }: { readonly ids: readonly InboxMessageId[] | "all" },
): Promise<number> {
  const update = tx.db
    .updateTable("inbox")
    .set({ status: "pending", attempts: 0, next_attempt_at: sql`now()` })
    .where("status", "=", "quarantined");
  const { numUpdatedRows } = await (ids === "all"
    ? update
    : update.where("id", "in", ids.length > 0 ? [...ids] : [""])
  ).executeTakeFirst();
  if (numUpdatedRows > 0n) await sql`select announce('usher_inbox', ${tx.tenantId})`.execute(tx.db);
  return Number(numUpdatedRows);
}

/** One message with its payload; null when there is none of this id. */
export async function findInboxMessage(
  tx: TenantTransaction,
  id: InboxMessageId,
): Promise<(InboxMessage & { readonly rawBody: Uint8Array | null }) | null> {
  const row = await tx.db.selectFrom("inbox").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? { ...fromInboxRow(row), rawBody: row.raw_body } : null;
}

/** Newest first. */
export async function listInbox(
  tx: TenantTransaction,
  input: PageRequest & { readonly status?: InboxStatus; readonly connectionId?: ConnectionId },
): Promise<Page<InboxMessage>> {
  let query = tx.db.selectFrom("inbox").selectAll().orderBy("id", "desc").limit(rowsToRead(input));
  const before = readCursor(input);
  if (before !== null) query = query.where("id", "<", before);
  if (input.status !== undefined) query = query.where("status", "=", input.status);
  if (input.connectionId !== undefined) {
    query = query.where("connection_id", "=", input.connectionId);
  }
  const rows = await query.execute();
  return toPage({ rows: rows.map(fromInboxRow), request: input, idOf: (one) => one.id });
}

/** How much waits, for metrics: by status, with the age of the oldest that is due. */
export async function inboxBacklog(tx: TenantTransaction): Promise<{
  readonly pending: number;
  readonly quarantined: number;
  readonly oldestDueAt: Instant | null;
}> {
  const { rows } = await sql<{ pending: number; quarantined: number; oldest: Date | null }>`
    select count(*) filter (where status = 'pending') as pending,
        count(*) filter (where status = 'quarantined') as quarantined,
        min(received_at) filter (where status = 'pending' and next_attempt_at <= now()) as oldest
      from inbox where status in ('pending', 'quarantined')`.execute(tx.db);
  const [row] = rows;
  return {
    pending: row?.pending ?? 0,
    quarantined: row?.quarantined ?? 0,
    oldestDueAt: toInstantOrNull(row?.oldest ?? null),
  };
}

/** Forgets what was processed or ignored before `before`; keep it longer than the longest retry of any sender (3 days). */
export async function removeFinishedInbox(
  tx: TenantTransaction,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const result = await sql`
    delete from inbox where id in (
      select id from inbox where status in ('processed', 'ignored') and processed_at < ${toDate(before)} limit ${limit})`.execute(
    tx.db,
  );
  return Number(result.numAffectedRows ?? 0n);
}

async function insertMessages(
  tx: TenantTransaction,
  messages: readonly (Omit<InboundEventToStore, "rawBody"> & {
    readonly connectionId: ConnectionId;
    readonly rawBody: Uint8Array | null;
  })[],
): Promise<Set<string>> {
  if (messages.length === 0) return new Set();
  const { rows } = await sql<{ event_id: string }>`
    insert into inbox
        (id, connection_id, event_id, type, deal_id, headers, raw_body, body, last_error, status)
      select m.*, case when m.because is null then 'pending' else 'quarantined' end from unnest(
        ${messages.map(() => createId("inboxMessage"))}::text[],
        ${messages.map((one) => one.connectionId)}::text[],
        ${messages.map((one) => one.eventId)}::text[],
        ${messages.map((one) => one.type)}::text[],
        ${messages.map((one) => one.dealId)}::text[],
        ${messages.map((one) => toJsonText(one.headers))}::jsonb[],
        ${messages.map((one) => (one.rawBody === null ? null : Buffer.from(one.rawBody)))}::bytea[],
        ${messages.map((one) => (one.body === null || one.body === undefined ? null : toJsonText(one.body)))}::jsonb[],
        ${messages.map((one) => one.quarantinedBecause ?? null)}::text[])
        as m (id, connection_id, event_id, type, deal_id, headers, raw_body, body, because)
      on conflict (tenant_id, connection_id, event_id) do nothing
      returning event_id`.execute(tx.db);
  return new Set(rows.map((row) => row.event_id));
}

function fromInboxRow(row: Row<Inbox>): InboxMessage {
  return {
    id: row.id as InboxMessageId,
    connectionId: row.connection_id as ConnectionId,
    eventId: row.event_id,
    type: row.type,
    dealId: row.deal_id,
    body: row.body,
    status: row.status as InboxStatus,
    attempts: row.attempts,
    nextAttemptAt: toInstant(row.next_attempt_at),
    lastError: row.last_error,
    receivedAt: toInstant(row.received_at),
    processedAt: toInstantOrNull(row.processed_at),
  };
}
