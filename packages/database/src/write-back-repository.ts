import type { ConnectionId, OrderId } from "@usher/entitlement-core/kernel";
import type { Problem } from "@usher/entitlement-core/order";
import { sql } from "kysely";
import type { WriteBack as WriteBackRow } from "./generated/rows.ts";
import { jsonbOrNull } from "./jsonb.ts";
import type { Row } from "./row.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";

/** How far a remote system has been told about an order. Both sequences only ever grow. */
export interface WriteBack {
  readonly orderId: OrderId;
  readonly connectionId: ConnectionId;
  readonly dealId: string;
  readonly desiredSequence: number;
  /** 0: never told. */
  readonly writtenSequence: number;
  /** Hash of what it was told last. */
  readonly writtenHash: string | null;
  /** Set while the remote system refuses to be told. */
  readonly refusal: Problem | null;
}

/** Says what should be told. A smaller sequence than the one already wished for changes nothing. */
export async function desireWriteBack(
  tx: TenantTransaction,
  input: {
    readonly orderId: OrderId;
    readonly connectionId: ConnectionId;
    readonly dealId: string;
    readonly sequence: number;
  },
): Promise<void> {
  await sql`
    insert into write_backs as w (order_id, connection_id, deal_id, desired_sequence)
      values (${input.orderId}, ${input.connectionId}, ${input.dealId}, ${input.sequence})
      on conflict (tenant_id, order_id, connection_id) do update set
        desired_sequence = excluded.desired_sequence, deal_id = excluded.deal_id, updated_at = now()
        where w.desired_sequence < excluded.desired_sequence`.execute(tx.db);
}

/**
 * Says how telling went: written up to `sequence`, or refused. A late report of an earlier
 * sequence changes nothing. One row is made when nothing was wished for before.
 */
export async function recordWriteBack(
  tx: TenantTransaction,
  input: {
    readonly orderId: OrderId;
    readonly connectionId: ConnectionId;
    readonly dealId: string;
    readonly sequence: number;
    readonly outcome:
      | { readonly kind: "written"; readonly hash: string }
      | { readonly kind: "refused"; readonly problem: Problem };
  },
): Promise<void> {
  const written = input.outcome.kind === "written" ? input.outcome.hash : null;
  const refusal = input.outcome.kind === "refused" ? input.outcome.problem : null;
  await sql`
    insert into write_backs as w (order_id, connection_id, deal_id, desired_sequence, written_sequence,
        written_hash, last_error)
      values (${input.orderId}, ${input.connectionId}, ${input.dealId}, ${input.sequence},
        ${written === null ? 0 : input.sequence}, ${written}, ${jsonbOrNull(refusal)})
      on conflict (tenant_id, order_id, connection_id) do update set
        desired_sequence = greatest(w.desired_sequence, excluded.desired_sequence),
        written_sequence = greatest(w.written_sequence, excluded.written_sequence),
        written_hash = coalesce(excluded.written_hash, w.written_hash),
        last_error = excluded.last_error, updated_at = now()
        where w.written_sequence <= ${input.sequence}`.execute(tx.db);
}

/** The deal was saved or the order resumed: what was refused may be tried again. */
export async function clearWriteBackRefusal(
  tx: TenantTransaction,
  orderId: OrderId,
): Promise<void> {
  await sql`
    update write_backs set last_error = null, updated_at = now()
      where order_id = ${orderId} and last_error is not null`.execute(tx.db);
}

/** Write-backs that are behind, the longest first, for reconciling and for metrics. */
export async function writeBacksBehind(
  tx: TenantTransaction,
  { limit }: { readonly limit: number },
): Promise<readonly WriteBack[]> {
  const { rows } = await sql<Row<WriteBackRow>>`
    select * from write_backs where written_sequence < desired_sequence order by updated_at limit ${limit}`.execute(
    tx.db,
  );
  return rows.map(fromWriteBackRow);
}

export function fromWriteBackRow(row: Row<WriteBackRow>): WriteBack {
  return {
    orderId: row.order_id as OrderId,
    connectionId: row.connection_id as ConnectionId,
    dealId: row.deal_id,
    desiredSequence: row.desired_sequence,
    writtenSequence: row.written_sequence,
    writtenHash: row.written_hash,
    refusal: row.last_error as unknown as Problem | null,
  };
}
