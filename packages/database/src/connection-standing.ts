import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toInstant, toInstantOrNull } from "./timestamps.ts";

/** How far a connection's reading and its inbox have come. */
export interface ConnectionStanding {
  readonly streams: readonly {
    readonly name: string;
    readonly readAt: Instant;
    /** When it was last found to hold nothing further; null: its first read has not ended yet. */
    readonly readToEndAt: Instant | null;
  }[];
  readonly pending: number;
  /** Of the oldest message that waits. */
  readonly pendingSince: Instant | null;
  readonly quarantined: number;
}

/** Of every connection of the tenant, or of the one given. */
export async function connectionStandings(
  tx: TenantTransaction,
  { connectionId = null }: { readonly connectionId?: ConnectionId | null } = {},
): Promise<ReadonlyMap<ConnectionId, ConnectionStanding>> {
  const { rows } = await sql<{
    id: string;
    streams: readonly { name: string; read_at: string; read_to_end_at: string | null }[] | null;
    pending: number;
    pending_since: Date | null;
    quarantined: number;
  }>`
    select c.id,
      (select json_agg(json_build_object('name', s.stream, 'read_at', s.updated_at,
          'read_to_end_at', s.read_to_end_at) order by s.stream)
        from stream_checkpoints s where s.connection_id = c.id) as streams,
      (select count(*) from inbox i
        where i.connection_id = c.id and i.status = 'pending') as pending,
      (select min(i.received_at) from inbox i
        where i.connection_id = c.id and i.status = 'pending') as pending_since,
      (select count(*) from inbox i
        where i.connection_id = c.id and i.status = 'quarantined') as quarantined
      from connections c
      where ${connectionId}::text is null or c.id = ${connectionId}`.execute(tx.db);
  return new Map(
    rows.map((row) => [
      row.id as ConnectionId,
      {
        streams: (row.streams ?? []).map((one) => ({
          name: one.name,
          readAt: toInstant(one.read_at),
          readToEndAt: toInstantOrNull(one.read_to_end_at),
        })),
        pending: row.pending,
        pendingSince: toInstantOrNull(row.pending_since),
        quarantined: row.quarantined,
      },
    ]),
  );
}
