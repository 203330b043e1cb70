import type { ConnectionId, OrderId } from "@usher/entitlement-core/kernel";
import type { Problem } from "@usher/entitlement-core/order";
import type { WriteBack as WriteBackRow } from "./generated/rows.ts";
import type { Row } from "./row.ts";

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
