import type { ConnectionId, OrderId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { RemoteRecord as RemoteRecordRow } from "./generated/rows.ts";
import { jsonb } from "./jsonb.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/** One thing that exists in a remote system because of an order. */
export interface RemoteRecord {
  readonly orderId: OrderId;
  readonly revision: number;
  readonly connectionId: ConnectionId;
  /** Such as `subscription` or `invoice`. */
  readonly kind: string;
  readonly remoteId: string;
  readonly remoteCustomerId: string | null;
  readonly lineIds: readonly string[];
  readonly totalMinor: number;
  readonly currency: string;
  /** The remote system's own word, such as `open`, `paid` or `canceled`. */
  readonly state: string;
}

/** Stores what exists out there, by (connection, kind, remote id). What is known is brought up to date. */
export async function saveRemoteRecords(
  tx: TenantTransaction,
  records: readonly RemoteRecord[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map((one) => ({
    order_id: one.orderId,
    revision: one.revision,
    connection_id: one.connectionId,
    kind: one.kind,
    remote_id: one.remoteId,
    remote_customer_id: one.remoteCustomerId,
    line_ids: one.lineIds,
    total_minor: one.totalMinor,
    currency: one.currency,
    state: one.state,
  }));
  await sql`
    insert into remote_records as r (order_id, revision, connection_id, kind, remote_id, remote_customer_id,
        line_ids, total_minor, currency, state)
      select * from jsonb_to_recordset(${jsonb(rows)}) as i (order_id text, revision int, connection_id text,
        kind text, remote_id text, remote_customer_id text, line_ids text[], total_minor bigint, currency text, state text)
      on conflict (tenant_id, connection_id, kind, remote_id) do update set order_id = excluded.order_id,
        revision = excluded.revision, remote_customer_id = excluded.remote_customer_id,
        line_ids = excluded.line_ids, total_minor = excluded.total_minor, currency = excluded.currency,
        state = excluded.state, updated_at = now()`.execute(tx.db);
}

/** The remote system says the record is in another state. Answers its order; null: not one of ours. */
export async function recordRemoteState(
  tx: TenantTransaction,
  input: {
    readonly connectionId: ConnectionId;
    readonly remoteId: string;
    readonly state: string;
  },
): Promise<RemoteRecord | null> {
  const { rows } = await sql<Row<RemoteRecordRow>>`
    update remote_records set state = ${input.state}, updated_at = now()
      where connection_id = ${input.connectionId} and remote_id = ${input.remoteId} returning *`.execute(
    tx.db,
  );
  const [row] = rows;
  return row ? fromRemoteRecordRow(row) : null;
}

/** Null: not one of ours. */
export async function findRemoteRecord(
  tx: TenantTransaction,
  { connectionId, remoteId }: { readonly connectionId: ConnectionId; readonly remoteId: string },
): Promise<RemoteRecord | null> {
  const row = await tx.db
    .selectFrom("remote_records")
    .selectAll()
    .where("connection_id", "=", connectionId)
    .where("remote_id", "=", remoteId)
    .executeTakeFirst();
  return row ? fromRemoteRecordRow(row) : null;
}

export async function remoteRecordsOfOrder(
  tx: TenantTransaction,
  orderId: OrderId,
): Promise<readonly RemoteRecord[]> {
  const rows = await tx.db
    .selectFrom("remote_records")
    .selectAll()
    .where("order_id", "=", orderId)
    .orderBy("created_at")
    .orderBy("remote_id")
    .execute();
  return rows.map(fromRemoteRecordRow);
}

export function fromRemoteRecordRow(row: Row<RemoteRecordRow>): RemoteRecord {
  return {
    orderId: row.order_id as OrderId,
    revision: row.revision,
    connectionId: row.connection_id as ConnectionId,
    kind: row.kind,
    remoteId: row.remote_id,
    remoteCustomerId: row.remote_customer_id,
    lineIds: row.line_ids,
    totalMinor: row.total_minor,
    currency: row.currency,
    state: row.state,
  };
}
