import type { ConnectionId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import type { OrderContent, OrderEvent, Problem } from "@usher/entitlement-core/order";
import { sql } from "kysely";
import type { WriteBack as WriteBackRow } from "./generated/rows.ts";
import { jsonb } from "./jsonb.ts";
import type { Row } from "./row.ts";
import {
  fromOrderRow,
  type OrderWithCustomerRow,
  orderColumns,
  type StoredOrder,
} from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";
import { fromWriteBackRow, type WriteBack } from "./write-back.ts";

/** An order of which a CRM shows less than is true, with all it takes to tell it. */
export interface DueWriteBack {
  readonly writeBack: WriteBack;
  readonly order: StoredOrder;
  readonly content: OrderContent | null;
}

/**
 * What one connection is to be told, the longest waiting first. What the CRM refused is due again
 * once there is something newer to say.
 */
export async function writeBacksDue(
  tx: TenantTransaction,
  { connectionId, limit }: { readonly connectionId: ConnectionId; readonly limit: number },
): Promise<readonly DueWriteBack[]> {
  const { rows } = await sql<
    OrderWithCustomerRow & {
      readonly write_back: Row<WriteBackRow>;
      readonly content: OrderContent | null;
    }
  >`
    select ${orderColumns}, to_jsonb(w) as write_back, r.content
      from write_backs w
      join orders o on o.id = w.order_id
      join order_revisions r on r.order_id = o.id and r.revision = o.revision
      left join customers c on c.id = o.customer_id
      where w.connection_id = ${connectionId} and w.written_sequence < w.desired_sequence
        and (w.last_error is null or (w.last_error ->> 'sequence')::bigint < w.desired_sequence)
      order by w.updated_at limit ${limit}`.execute(tx.db);
  return rows.map((row) => ({
    writeBack: fromWriteBackRow(row.write_back),
    order: fromOrderRow(row),
    content: row.content,
  }));
}

/** How one telling went. */
export interface Telling {
  readonly orderId: OrderId;
  /** `eventSequence` of the order as it was told: every wish up to it is answered. */
  readonly sequence: number;
  readonly outcome:
    | {
        readonly kind: "told";
        /** Of what the CRM shows now; null when that is not known. */
        readonly hash: string | null;
        /** For the timeline; null when the CRM showed it already. */
        readonly event: Extract<OrderEvent, { type: "crm_told" }> | null;
      }
    | { readonly kind: "refused"; readonly problem: Problem };
}

/**
 * Records how tellings of one connection went, and says so on the timelines, in one statement.
 * A late report of an earlier telling changes nothing.
 */
export async function recordTellings(
  tx: TenantTransaction,
  {
    connectionId,
    tellings,
    actor,
    now,
  }: {
    readonly connectionId: ConnectionId;
    readonly tellings: readonly Telling[];
    readonly actor: string;
    readonly now: Instant;
  },
): Promise<void> {
  if (tellings.length === 0) return;
  const rows = tellings.map(({ orderId, sequence, outcome }) => ({
    order_id: orderId,
    sequence,
    is_told: outcome.kind === "told",
    hash: outcome.kind === "told" ? outcome.hash : null,
    event: outcome.kind === "told" ? outcome.event : null,
    error: outcome.kind === "refused" ? { ...outcome.problem, sequence } : null,
  }));
  await sql`
    with input as materialized (select * from jsonb_to_recordset(${jsonb(rows)}) as i (
      order_id text, sequence bigint, is_told boolean, hash text, event jsonb, error jsonb)
    ), told as (
      update write_backs w set
          written_sequence = case when i.is_told then i.sequence else w.written_sequence end,
          written_hash = case when i.is_told then i.hash else w.written_hash end,
          last_error = nullif(i.error, 'null'), updated_at = now()
        from input i where w.order_id = i.order_id and w.connection_id = ${connectionId}
          and w.written_sequence <= i.sequence
        returning w.order_id, i.event
    ), moved as (
      update orders o set event_sequence = o.event_sequence + 1
        from told where o.id = told.order_id and told.event is not null and told.event <> 'null'
        returning o.id, o.event_sequence, told.event
    )
    insert into order_events (order_id, sequence, type, data, actor, occurred_at)
      select id, event_sequence, 'crm_told', event, ${actor}, ${toDate(now)} from moved`.execute(
    tx.db,
  );
}
