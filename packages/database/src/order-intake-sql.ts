import type { Deal } from "@usher/entitlement-core/deal";
import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import type {
  OrderContent,
  OrderEvent,
  OrderState,
  OrderStatus,
} from "@usher/entitlement-core/order";
import { type RawBuilder, sql } from "kysely";
import type { DealToReceive, factsOf } from "./deal-to-receive.ts";
import { jsonb } from "./jsonb.ts";
import {
  fromOrderRow,
  type OrderWithCustomerRow,
  orderColumns,
  type StoredOrder,
} from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

/** One order to make or revise, as the statements below take it: a JSON object per order. */
export interface ReceivedOrderRow extends ReturnType<typeof factsOf> {
  readonly id: OrderId;
  readonly source_system: string;
  readonly source_id: string;
  readonly source_read_at: string;
  readonly connection_id: string | null;
  readonly customer_id: string | null;
  readonly status: OrderStatus;
  readonly status_since: string;
  readonly waiting_on: unknown;
  readonly problem: unknown;
  readonly blocked: readonly string[];
  readonly state: OrderState;
  readonly revision: number;
  readonly revision_hash: string;
  readonly has_revision: boolean;
  /** After the events. */
  readonly event_sequence: number;
  readonly events: readonly {
    readonly sequence: number;
    readonly type: string;
    readonly data: OrderEvent;
  }[];
  readonly actor: string;
  readonly received_from: string;
  readonly requested_by: string | null;
  readonly traceparent: string | null;
}

function inputOf(rows: readonly ReceivedOrderRow[]): RawBuilder<unknown> {
  return sql`input as materialized (select * from jsonb_to_recordset(${jsonb(rows)}) as i (
    id text, kind text, source_system text, source_id text, source_read_at timestamptz, deal_name text,
    connection_id text, customer_id text, status text, status_since timestamptz, waiting_on jsonb,
    problem jsonb, blocked text[], state jsonb, revision int, revision_hash text, has_revision boolean,
    event_sequence bigint, events jsonb, actor text, received_from text, requested_by text,
    traceparent text, currency text, owner jsonb, source_version text, deal jsonb, content jsonb,
    faults jsonb, lines jsonb))`;
}

/** Revision, lines and events of the orders that `made` names. */
const details = sql`revisions as (
    insert into order_revisions (order_id, revision, source_version, deal, content, content_hash,
        faults, received_at, received_from)
      select i.id, i.revision, i.source_version, i.deal, i.content, i.revision_hash, i.faults,
          i.source_read_at, i.received_from
        from input i join made on made.id = i.id where i.has_revision
  ), lines as (
    insert into order_lines (order_id, revision, line_id, sku, offering_version_id, product_code, quantity,
        unit_price_minor, list_price_minor, currency, starts_on, months, time_zone, active_from, active_to)
      select i.id, i.revision, l.* from input i join made on made.id = i.id,
        jsonb_to_recordset(i.lines) as l (line_id text, sku text, offering_version_id text, product_code text,
          quantity bigint, unit_price_minor bigint, list_price_minor bigint, currency text, starts_on date,
          months int, time_zone text, active_from timestamptz, active_to timestamptz)
        where i.has_revision
  ), happened as (
    insert into order_events (order_id, sequence, type, data, actor, occurred_at)
      select i.id, e.sequence, e.type, e.data, i.actor, i.source_read_at from input i join made on made.id = i.id,
        jsonb_to_recordset(i.events) as e (sequence bigint, type text, data jsonb)
  )`;

interface MessageRow {
  readonly order_id: OrderId;
  readonly outbox_id: number;
}

/**
 * Makes the orders that do not exist yet, with revision 1, its lines and events and the message
 * that starts the run, in one statement. Those that exist, or that another transaction makes at
 * this moment (it is waited for), are missing from the answer.
 */
export async function insertOrders(
  tx: TenantTransaction,
  rows: readonly ReceivedOrderRow[],
): Promise<ReadonlyMap<OrderId, number>> {
  const { rows: messages } = await sql<MessageRow>`
    with ${inputOf(inSourceOrder(rows))}, made as (
      insert into orders (id, kind, source_system, source_id, source_read_at, deal_name, connection_id,
          customer_id, status, status_since, waiting_on, problem, blocked_on_product_codes, state, revision,
          revision_hash, currency, owner, event_sequence, traceparent, requested_by, created_at, updated_at)
        select id, kind, source_system, source_id, source_read_at, deal_name, connection_id, customer_id,
            status, status_since, waiting_on, problem, blocked, state, revision, revision_hash, currency,
            owner, event_sequence, traceparent, requested_by, source_read_at, source_read_at
          from input order by source_system, source_id
        on conflict (tenant_id, source_system, source_id) do nothing
        returning id
    ), ${details}, messages as (
      insert into outbox (topic, key, payload)
        select 'order.start', i.id, jsonb_build_object('orderId', i.id, 'traceparent', i.traceparent)
          from input i join made on made.id = i.id
        returning key, id
    )
    select key as order_id, id as outbox_id from messages`.execute(tx.db);
  return new Map(messages.map((one) => [one.order_id, one.outbox_id]));
}

/** Brings locked orders to their newer revision (or lets a saved deal resume them), in one statement. */
export async function reviseOrders(
  tx: TenantTransaction,
  rows: readonly ReceivedOrderRow[],
): Promise<ReadonlyMap<OrderId, number>> {
  if (rows.length === 0) return new Map();
  const { rows: messages } = await sql<MessageRow>`
    with ${inputOf(rows)}, made as (
      update orders o set kind = i.kind, source_read_at = i.source_read_at, deal_name = i.deal_name,
          customer_id = coalesce(i.customer_id, o.customer_id), status = i.status,
          status_since = i.status_since, waiting_on = i.waiting_on, problem = i.problem,
          blocked_on_product_codes = i.blocked, state = i.state, revision = i.revision,
          revision_hash = i.revision_hash, currency = coalesce(i.currency, o.currency), owner = i.owner,
          event_sequence = i.event_sequence, updated_at = now()
        from input i where o.id = i.id
        returning o.id
    ), ${details}, messages as (
      insert into outbox (topic, key, payload)
        select 'order.wake', i.id, jsonb_build_object('orderId', i.id, 'because',
            case when i.has_revision then 'revision' else 'resumed' end)
          from input i join made on made.id = i.id
        returning key, id
    )
    select key as order_id, id as outbox_id from messages`.execute(tx.db);
  return new Map(messages.map((one) => [one.order_id, one.outbox_id]));
}

export interface LockedOrder {
  readonly order: StoredOrder;
  /** The deal behind the newest revision and what it meant; content null: it had faults. */
  readonly latest: { readonly deal: Deal; readonly content: OrderContent | null };
  /** This version of the deal as it was read before without a fault; null: it never was. */
  readonly ofVersion: { readonly deal: Deal; readonly revisionHash: string } | null;
  /** The deal's version is the one behind the newest revision. */
  readonly isNewestVersion: boolean;
}

/** Locks the deals' orders until the transaction ends, by `system id`; deals without an order are missing. */
export async function lockOrders(
  tx: TenantTransaction,
  deals: readonly DealToReceive[],
): Promise<ReadonlyMap<string, LockedOrder>> {
  const wanted = deals.map(({ deal }) => ({
    system: deal.system,
    id: deal.id,
    version: deal.version,
  }));
  // Locked first and read after: what is read beside a lock that had to wait would be older than the lock.
  await sql`
    select from orders o
      join jsonb_to_recordset(${jsonb(wanted)}) as i (system text, id text)
        on o.source_system = i.system and o.source_id = i.id
      order by o.id for update of o`.execute(tx.db);
  const { rows } = await sql<
    OrderWithCustomerRow & {
      latest_deal: Deal;
      latest_content: OrderContent | null;
      of_version: LockedOrder["ofVersion"];
      is_newest_version: boolean;
    }
  >`
    select ${orderColumns}, latest.deal as latest_deal, latest.content as latest_content,
        (select jsonb_build_object('deal', r.deal, 'revisionHash', r.content_hash) from order_revisions r
          where r.order_id = o.id and r.source_version = i.version and r.content is not null) as of_version,
        latest.source_version in (i.version, i.version || '~' || o.revision) as is_newest_version
      from orders o
      join order_revisions latest on latest.order_id = o.id and latest.revision = o.revision
      join jsonb_to_recordset(${jsonb(wanted)}) as i (system text, id text, version text)
        on o.source_system = i.system and o.source_id = i.id
      left join customers c on c.id = o.customer_id`.execute(tx.db);
  return new Map(
    rows.map((row) => [
      `${row.source_system} ${row.source_id}`,
      {
        order: fromOrderRow(row),
        latest: { deal: row.latest_deal, content: row.latest_content },
        ofVersion: row.of_version,
        isNewestVersion: row.is_newest_version,
      },
    ]),
  );
}

/** The orders' deals were read as they are by then: what was read earlier has been overtaken. */
export async function recordReading(
  tx: TenantTransaction,
  readings: readonly { readonly orderId: OrderId; readonly readAt: Instant }[],
): Promise<void> {
  if (readings.length === 0) return;
  const rows = readings.map(({ orderId, readAt }) => ({ id: orderId, read_at: toDate(readAt) }));
  await sql`
    update orders o set source_read_at = i.read_at
      from jsonb_to_recordset(${jsonb(rows)}) as i (id text, read_at timestamptz)
      where o.id = i.id and o.source_read_at < i.read_at`.execute(tx.db);
}

/** In one order everywhere, so that two batches with common deals never wait for each other. */
function inSourceOrder(rows: readonly ReceivedOrderRow[]): readonly ReceivedOrderRow[] {
  return [...rows].sort((one, other) => {
    const a = `${one.source_system} ${one.source_id}`;
    const b = `${other.source_system} ${other.source_id}`;
    return a < b ? -1 : a > b ? 1 : 0;
  });
}
