import type { CustomerId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import type { OrderContent, OrderKind, OrderStatus } from "@usher/entitlement-core/order";
import { sql } from "kysely";
import type { OrderRevision as OrderRevisionRow } from "./generated/rows.ts";
import { jsonb } from "./jsonb.ts";
import { fromOrderRevisionRow, type OrderRevision } from "./order-revision.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import {
  fromOrderRow,
  type OrderWithCustomerRow,
  orderColumns,
  type StoredOrder,
} from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toInstant } from "./timestamps.ts";

/** An order with what its newest revision says; `content` is null while the deal has faults. */
export interface OrderWithContent extends StoredOrder {
  readonly dealVersion: string;
  readonly content: OrderContent | null;
}

export type OrderReference =
  | { readonly id: OrderId }
  | { readonly source: { readonly system: string; readonly id: string } };

/** Null: there is no such order of this tenant. */
export async function loadOrder(
  tx: TenantTransaction,
  reference: OrderReference,
): Promise<OrderWithContent | null> {
  const isIt =
    "id" in reference
      ? sql`o.id = ${reference.id}`
      : sql`o.source_system = ${reference.source.system} and o.source_id = ${reference.source.id}`;
  const { rows } = await sql<OrderWithContentRow>`
    select ${orderColumns}, r.source_version, r.content from ${withContent} where ${isIt}`.execute(
    tx.db,
  );
  const [row] = rows;
  return row ? fromOrderWithContentRow(row) : null;
}

/**
 * As `loadOrder`, and nobody else changes the order until the transaction ends. What is read in
 * the same transaction after it is the truth that goes with it.
 */
export async function lockOrder(
  tx: TenantTransaction,
  id: OrderId,
): Promise<OrderWithContent | null> {
  await sql`select from orders where id = ${id} for update`.execute(tx.db);
  return loadOrder(tx, { id });
}

export interface OrderFilter {
  readonly statuses?: readonly OrderStatus[];
  readonly customerId?: CustomerId;
  readonly kind?: OrderKind;
  readonly sourceSystem?: string;
  /** The deal's id; in a hub with several CRMs more than one may carry it. */
  readonly sourceId?: string;
  readonly number?: string;
}

/** Newest first. */
export async function listOrders(
  tx: TenantTransaction,
  input: PageRequest & OrderFilter,
): Promise<Page<OrderWithContent>> {
  const conditions = [sql`true`];
  const before = readCursor(input);
  if (before !== null) conditions.push(sql`o.id < ${before}`);
  if (input.statuses !== undefined) {
    conditions.push(sql`o.status = any (${[...input.statuses]}::text[])`);
  }
  if (input.customerId !== undefined) conditions.push(sql`o.customer_id = ${input.customerId}`);
  if (input.kind !== undefined) conditions.push(sql`o.kind = ${input.kind}`);
  if (input.sourceSystem !== undefined) {
    conditions.push(sql`o.source_system = ${input.sourceSystem}`);
  }
  if (input.sourceId !== undefined) {
    conditions.push(sql`o.source_id = ${input.sourceId}`);
  }
  if (input.number !== undefined) conditions.push(sql`o.number = ${input.number.toUpperCase()}`);
  const { rows } = await sql<OrderWithContentRow>`
    select ${orderColumns}, r.source_version, r.content from ${withContent}
      where ${sql.join(conditions, sql` and `)} order by o.id desc limit ${rowsToRead(input)}`.execute(
    tx.db,
  );
  return toPage({
    rows: rows.map(fromOrderWithContentRow),
    request: input,
    idOf: (one) => one.id,
  });
}

/** How many orders stand where, for dashboards and metrics. */
export async function countOrders(
  tx: TenantTransaction,
): Promise<Readonly<Partial<Record<OrderStatus, number>>>> {
  const { rows } = await sql<{ status: OrderStatus; count: number }>`
    select status, count(*) as count from orders group by status`.execute(tx.db);
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}

export interface OrderOfDeal {
  readonly id: OrderId;
  readonly source: { readonly system: string; readonly id: string };
  /** When the deal was first taken: a term that starts on that day keeps it in every later reading. */
  readonly createdAt: Instant;
}

/** The orders of these deals; deals without one are missing. */
export async function findOrdersOfDeals(
  tx: TenantTransaction,
  deals: readonly { readonly system: string; readonly id: string }[],
): Promise<readonly OrderOfDeal[]> {
  const wanted = deals.map(({ system, id }) => ({ system, id }));
  const { rows } = await sql<{ id: OrderId; system: string; source_id: string; created_at: Date }>`
    select o.id, o.source_system as system, o.source_id, o.created_at from orders o
      join jsonb_to_recordset(${jsonb(wanted)}) as i (system text, id text)
        on o.source_system = i.system and o.source_id = i.id`.execute(tx.db);
  return rows.map((row) => ({
    id: row.id,
    source: { system: row.system, id: row.source_id },
    createdAt: toInstant(row.created_at),
  }));
}

/** Newest first. */
export async function listOrderRevisions(
  tx: TenantTransaction,
  orderId: OrderId,
): Promise<readonly OrderRevision[]> {
  const { rows } = await sql<Row<OrderRevisionRow>>`
    select * from order_revisions where order_id = ${orderId} order by revision desc`.execute(
    tx.db,
  );
  return rows.map(fromOrderRevisionRow);
}

/** Orders at Action needed that a mapping of one of these product codes may wake. */
export async function ordersBlockedOn(
  tx: TenantTransaction,
  productCodes: readonly string[],
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ id: OrderId }>`
    select id from orders where blocked_on_product_codes <> '{}'
      and blocked_on_product_codes && ${[...productCodes]}::text[] order by id`.execute(tx.db);
  return rows.map((row) => row.id);
}

const withContent = sql`orders o
  join order_revisions r on r.order_id = o.id and r.revision = o.revision
  left join customers c on c.id = o.customer_id`;

interface OrderWithContentRow extends OrderWithCustomerRow {
  readonly source_version: string;
  readonly content: OrderContent | null;
}

function fromOrderWithContentRow(row: OrderWithContentRow): OrderWithContent {
  return { ...fromOrderRow(row), dealVersion: row.source_version, content: row.content };
}
