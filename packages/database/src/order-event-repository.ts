import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import {
  decideOrder,
  evolveOrder,
  type OrderCommand,
  type OrderEvent,
  type Refusal,
} from "@usher/entitlement-core/order";
import { type RawBuilder, sql } from "kysely";
import type { OrderEvent as OrderEventRow } from "./generated/rows.ts";
import { jsonb } from "./jsonb.ts";
import type { OutboxMessage } from "./outbox-repository.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import { type StoredOrder, standingOf } from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant } from "./timestamps.ts";

/** One line of an order's timeline. */
export interface StoredOrderEvent {
  readonly orderId: OrderId;
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number;
  readonly event: OrderEvent;
  /** Who caused it: an e-mail address, a system's name, or `usher`. */
  readonly actor: string;
  readonly occurredAt: Instant;
}

export interface EventsToAppend {
  /** As loaded: its `eventSequence` is what must still be true. */
  readonly order: StoredOrder;
  readonly events: readonly OrderEvent[];
  readonly actor: string;
  readonly now: Instant;
  /** Messages to leave with the change. */
  readonly outbox?: readonly OutboxMessage[];
}

export type AppendOutcome =
  | { readonly kind: "appended"; readonly order: StoredOrder }
  /** Somebody else appended in between: load the order again and decide again. */
  | { readonly kind: "conflict" };

/**
 * Appends events and brings the order's row to the state they lead to, in one statement. No events
 * change nothing. Of two that start from the same sequence exactly one appends. Nobody goes on being
 * asked for a yes that the order no longer waits for.
 */
export async function appendOrderEvents(
  tx: TenantTransaction,
  input: EventsToAppend,
): Promise<AppendOutcome> {
  const { order, events, outbox = [] } = input;
  if (events.length === 0 && outbox.length === 0) return { kind: "appended", order };
  const next = afterEvents(input);
  const { rows } = await sql`
    with ${appendingEvents({ ...input, next })}, ${supersedingTasks(next)}
    ${outbox.length === 0 ? sql`` : sql`, messages as (${insertingOutbox(outbox)} where exists (select from moved))`}
    select id from moved`.execute(tx.db);
  return rows.length === 0 ? { kind: "conflict" } : { kind: "appended", order: next };
}

export type CommandOutcome =
  | AppendOutcome
  /** The rules say no; nothing was written. */
  | { readonly kind: "refused"; readonly reasons: readonly [Refusal, ...Refusal[]] };

/** Decides the command on the order as loaded and appends what it causes. */
export async function recordOrderCommand(
  tx: TenantTransaction,
  input: Omit<EventsToAppend, "events"> & { readonly command: OrderCommand },
): Promise<CommandOutcome> {
  const { command, ...rest } = input;
  const decision = decideOrder({ state: input.order.state, command });
  if (!decision.ok) return { kind: "refused", reasons: decision.reasons };
  return appendOrderEvents(tx, { ...rest, events: decision.value });
}

/** The order after the events, as its row will say. */
export function afterEvents({ order, events, now }: EventsToAppend): StoredOrder {
  if (events.length === 0) return order;
  const state = events.reduce(evolveOrder, order.state);
  if (state.phase === "nothing") throw new Error(`Order ${order.id} would lose its state.`);
  return {
    ...order,
    ...standingOf({ state, before: order, owner: order.owner, now }),
    state,
    revision: state.revision,
    revisionHash: state.revisionHash,
    eventSequence: order.eventSequence + events.length,
    updatedAt: now,
  };
}

/**
 * Two parts of a WITH list: `moved` is the order's row if it was still at the expected sequence,
 * `appended` its new events. Whatever else the statement writes must hang on `moved`.
 */
export function appendingEvents({
  order,
  next,
  events,
  actor,
  now,
}: EventsToAppend & { readonly next: StoredOrder }): RawBuilder<unknown> {
  const standing = standingOf({
    state: next.state,
    before: order,
    owner: order.owner,
    now,
  });
  const rows = events.map((event, index) => ({
    sequence: order.eventSequence + index + 1,
    type: event.type,
    data: event,
  }));
  return sql`moved as (
      update orders set state = ${jsonb(next.state)}, status = ${standing.status},
          status_since = ${toDate(standing.statusSince)},
          waiting_on = nullif(${jsonb(standing.waitingOn)}, 'null'),
          problem = nullif(${jsonb(standing.problem)}, 'null'),
          blocked_on_product_codes = ${[...standing.blockedOnProductCodes]}::text[],
          revision = ${next.revision}, revision_hash = ${next.revisionHash},
          event_sequence = ${next.eventSequence}, updated_at = ${toDate(now)}
        where id = ${order.id} and event_sequence = ${order.eventSequence} returning id
    ), appended as (
      insert into order_events (order_id, sequence, type, data, actor, occurred_at)
        select moved.id, e.sequence, e.type, e.data, ${actor}, ${toDate(now)}
          from moved, jsonb_to_recordset(${jsonb(rows)}) as e (sequence bigint, type text, data jsonb)
    )`;
}

/**
 * A part of a WITH list beside `moved`: open and waiting tasks that nothing can come of are
 * superseded. While an order may still be approved those are the tasks of other revisions, else all.
 */
function supersedingTasks({ state, revisionHash }: StoredOrder): RawBuilder<unknown> {
  const mayBeApproved =
    state.phase === "received" ||
    state.phase === "awaiting-approval" ||
    (state.phase === "action-needed" && state.undoing === null);
  return sql`superseded as (
      update approval_tasks set status = 'superseded'
        where order_id in (select id from moved) and status in ('open', 'waiting')
          ${mayBeApproved ? sql`and revision_hash <> ${revisionHash}` : sql``}
    )`;
}

function insertingOutbox(messages: readonly OutboxMessage[]): RawBuilder<unknown> {
  return sql`insert into outbox (topic, key, payload)
    select topic, key, payload from jsonb_to_recordset(${jsonb(messages)}) as m (topic text, key text, payload jsonb)`;
}

/** The timeline, oldest first; the cursor is the last sequence seen. */
export async function listOrderEvents(
  tx: TenantTransaction,
  input: PageRequest & { readonly orderId: OrderId },
): Promise<Page<StoredOrderEvent>> {
  const after = readCursor(input);
  const { rows } = await sql<Row<OrderEventRow>>`
    select * from order_events where order_id = ${input.orderId} and sequence > ${Number(after ?? 0)}
      order by sequence limit ${rowsToRead(input)}`.execute(tx.db);
  return toPage({
    rows: rows.map(fromOrderEventRow),
    request: input,
    idOf: (one) => String(one.sequence),
  });
}

/** What the timeline last said of the payment of this record; null: nothing yet. */
export async function lastPaymentOutcome(
  tx: TenantTransaction,
  { orderId, recordId }: { readonly orderId: OrderId; readonly recordId: string },
): Promise<"paid" | "failed" | null> {
  const { rows } = await sql<{ outcome: "paid" | "failed" }>`
    select data ->> 'outcome' as outcome from order_events
      where order_id = ${orderId} and type = 'payment_recorded' and data ->> 'recordId' = ${recordId}
      order by sequence desc limit 1`.execute(tx.db);
  return rows[0]?.outcome ?? null;
}

function fromOrderEventRow(row: Row<OrderEventRow>): StoredOrderEvent {
  return {
    orderId: row.order_id as OrderId,
    sequence: row.sequence,
    event: row.data as unknown as OrderEvent,
    actor: row.actor,
    occurredAt: toInstant(row.occurred_at),
  };
}
