import type { ConnectionId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import { instantToIso } from "@usher/entitlement-core/kernel";
import type { OrderContent, Problem } from "@usher/entitlement-core/order";
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
import { fromWriteBackRow, type WriteBack } from "./write-back-repository.ts";

/** An order of which a CRM shows less than is true, with all it takes to tell it. */
export interface DueWriteBack {
  readonly writeBack: WriteBack;
  readonly order: StoredOrder;
  readonly content: OrderContent | null;
}

/**
 * What one connection is to be told, the longest waiting first. What the CRM refused is due again
 * once there is something newer to say; what failed in passing, once its pause is over.
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

/** How one telling went. `sequence` is the wish it answered. */
export interface Telling {
  readonly orderId: OrderId;
  readonly sequence: number;
  readonly outcome:
    | { readonly kind: "told"; readonly hash: string; readonly toldSequence: number }
    | { readonly kind: "refused"; readonly problem: Problem };
}

/** Records how tellings of one connection went, in one statement. A late report of an earlier wish changes nothing. */
export async function recordTellings(
  tx: TenantTransaction,
  input: {
    readonly connectionId: ConnectionId;
    readonly tellings: readonly Telling[];
    readonly now: Instant;
  },
): Promise<void> {
  if (input.tellings.length === 0) return;
  const rows = input.tellings.map(({ orderId, sequence, outcome }) => ({
    order_id: orderId,
    sequence,
    written: outcome.kind === "told" ? Math.max(sequence, outcome.toldSequence) : null,
    hash: outcome.kind === "told" ? outcome.hash : null,
    error: outcome.kind === "refused" ? { ...outcome.problem, sequence } : null,
  }));
  await sql`
    update write_backs w set
        written_sequence = greatest(w.written_sequence, coalesce(i.written, 0)),
        -- A wish from before the CRM's own sequence was known must not stay unreachable.
        desired_sequence = greatest(w.desired_sequence, case when w.desired_sequence > i.sequence
          then greatest(w.desired_sequence, coalesce(i.written, 0) + 1) else coalesce(i.written, 0) end),
        written_hash = coalesce(i.hash, w.written_hash),
        last_error = nullif(i.error, 'null'),
        updated_at = ${instantToIso(input.now)}::timestamptz
      from jsonb_to_recordset(${jsonb(rows)}) as i (order_id text, sequence bigint, written bigint, hash text, error jsonb)
      where w.order_id = i.order_id and w.connection_id = ${input.connectionId}
        and w.written_sequence <= i.sequence`.execute(tx.db);
}
