import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { TenantTransaction } from "./tenant-transaction.ts";
import type { Timestamp } from "./timestamps.ts";
import { toInstant } from "./timestamps.ts";

/** What is known of a deal before it is read again. */
export interface KnownDeal {
  readonly orderId: OrderId;
  /** When the hub first took it: the same for all its revisions. */
  readonly firstReceivedAt: Instant;
}

/** The orders of these deals of one system, by deal id; a deal that is new is missing. */
export async function findKnownDeals(
  tx: TenantTransaction,
  input: { readonly system: string; readonly dealIds: readonly string[] },
): Promise<ReadonlyMap<string, KnownDeal>> {
  const { rows } = await sql<{ source_id: string; id: OrderId; created_at: Timestamp }>`
    select source_id, id, created_at from orders
      where source_system = ${input.system} and source_id = any (${[...input.dealIds]}::text[])`.execute(
    tx.db,
  );
  return new Map(
    rows.map((row) => [
      row.source_id,
      { orderId: row.id, firstReceivedAt: toInstant(row.created_at) },
    ]),
  );
}
