import type { Instant, OrderId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

/**
 * Orders that some run must be working on or waiting for, by id, untouched since `untouchedSince`:
 * those a recovery looks after. Give the last id as `after` for the next ones.
 */
export async function openOrders(
  tx: TenantTransaction,
  input: {
    readonly after: OrderId | null;
    readonly untouchedSince: Instant;
    readonly limit: number;
  },
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ id: OrderId }>`
    select id from orders where id > ${input.after ?? ""} and updated_at < ${toDate(input.untouchedSince)}
        and (status in ('Received', 'Awaiting approval', 'Provisioning', 'Action needed')
          or state ->> 'phase' = 'undoing')
      order by id limit ${input.limit}`.execute(tx.db);
  return rows.map((row) => row.id);
}

/** Active orders whose last right has ended: they are to become Ended. */
export async function ordersWhoseTermIsOver(
  tx: TenantTransaction,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<readonly OrderId[]> {
  const { rows } = await sql<{ id: OrderId }>`
    select id from orders where status = 'Active'
        and (state ->> 'activeUntilIso')::timestamptz <= ${toDate(now)} order by id limit ${limit}`.execute(
    tx.db,
  );
  return rows.map((row) => row.id);
}
