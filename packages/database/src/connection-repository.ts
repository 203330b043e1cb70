import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";
import { type Selectable, sql } from "kysely";
import type { Connection as ConnectionRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { jsonb } from "./jsonb.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate, toInstant, toInstantOrNull } from "./timestamps.ts";

export type ConnectionKind = "crm" | "billing" | "erp";

/** What went wrong last, as an operator reads it. Free of secrets. */
export interface ConnectionFailure {
  readonly category: string;
  readonly message: string;
}

/** One configured link to one remote system. Its secrets are apart: see `loadSealedSecrets`. */
export interface Connection {
  readonly id: ConnectionId;
  readonly vendor: string;
  readonly name: string;
  readonly kinds: readonly ConnectionKind[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly status: "working" | "needs_attention";
  readonly lastSuccessAt: Instant | null;
  readonly lastError: ConnectionFailure | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A connection with what it takes to connect. Only the worker needs it. */
export interface SealedConnection extends Connection {
  /** As the caller sealed them. */
  readonly sealedSecrets: Uint8Array;
}

/** Makes the connection, or replaces vendor, kinds, config and secrets of the one with this name. */
export async function saveConnection(
  tx: TenantTransaction,
  input: {
    readonly vendor: string;
    readonly name: string;
    readonly kinds: readonly ConnectionKind[];
    readonly config: Readonly<Record<string, unknown>>;
    readonly sealedSecrets: Uint8Array;
  },
): Promise<Connection> {
  const values = {
    vendor: input.vendor,
    kinds: [...input.kinds],
    config: jsonb(input.config) as never,
    secrets: Buffer.from(input.sealedSecrets),
  };
  const row = await tx.db
    .insertInto("connections")
    .values({ id: createId("connection"), name: input.name, ...values })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "name"]).doUpdateSet({
        ...values,
        status: "working",
        last_error: null,
        updated_at: sql`now()`,
      }),
    )
    .returning(shown)
    .executeTakeFirstOrThrow();
  return fromConnectionRow(row);
}

export async function listConnections(tx: TenantTransaction): Promise<readonly Connection[]> {
  const rows = await tx.db.selectFrom("connections").select(shown).orderBy("name").execute();
  return rows.map(fromConnectionRow);
}

export async function findConnection(
  tx: TenantTransaction,
  id: ConnectionId,
): Promise<SealedConnection | null> {
  const row = await tx.db
    .selectFrom("connections")
    .select([...shown, "secrets"])
    .where("id", "=", id)
    .executeTakeFirst();
  return row ? { ...fromConnectionRow(row), sealedSecrets: row.secrets } : null;
}

/**
 * Tells how the last call went. Written only when it changes something: a healthy connection
 * renews its last success once a minute, not with every call.
 */
export async function recordConnectionHealth(
  tx: TenantTransaction,
  input: {
    readonly id: ConnectionId;
    readonly now: Instant;
    readonly outcome:
      | { readonly ok: true }
      | {
          readonly ok: false;
          readonly failure: ConnectionFailure;
          readonly needsAttention: boolean;
        };
  },
): Promise<void> {
  const now = toDate(input.now);
  if (input.outcome.ok) {
    await sql`
      update connections set status = 'working', last_success_at = ${now}, last_error = null
        where id = ${input.id}
          and (status <> 'working' or last_error is not null or last_success_at is null
            or last_success_at < ${now}::timestamptz - interval '1 minute')`.execute(tx.db);
    return;
  }
  await sql`
    update connections set last_error = ${jsonb(input.outcome.failure)},
        status = case when ${input.outcome.needsAttention} then 'needs_attention' else status end
      where id = ${input.id}
        and (last_error is distinct from ${jsonb(input.outcome.failure)}
          or (${input.outcome.needsAttention} and status <> 'needs_attention'))`.execute(tx.db);
}

/** Where a read stream stands; null before its first page. */
export async function loadCheckpoint<Checkpoint>(
  tx: TenantTransaction,
  { connectionId, stream }: { readonly connectionId: ConnectionId; readonly stream: string },
): Promise<Checkpoint | null> {
  const row = await tx.db
    .selectFrom("stream_checkpoints")
    .select("checkpoint")
    .where("connection_id", "=", connectionId)
    .where("stream", "=", stream)
    .executeTakeFirst();
  return row ? (row.checkpoint as Checkpoint) : null;
}

/** Call it in the transaction that stores what was read up to here: then nothing is skipped by a crash. */
export async function saveCheckpoint(
  tx: TenantTransaction,
  input: {
    readonly connectionId: ConnectionId;
    readonly stream: string;
    readonly checkpoint: unknown;
  },
): Promise<void> {
  await sql`
    insert into stream_checkpoints (connection_id, stream, checkpoint)
      values (${input.connectionId}, ${input.stream}, ${jsonb(input.checkpoint)})
      on conflict (tenant_id, connection_id, stream)
        do update set checkpoint = excluded.checkpoint, updated_at = now()`.execute(tx.db);
}

const shown = [
  "id",
  "vendor",
  "name",
  "kinds",
  "config",
  "status",
  "last_success_at",
  "last_error",
  "created_at",
  "updated_at",
] as const;

function fromConnectionRow(
  row: Pick<Selectable<ConnectionRow>, (typeof shown)[number]>,
): Connection {
  return {
    id: row.id as ConnectionId,
    vendor: row.vendor,
    name: row.name,
    kinds: row.kinds as ConnectionKind[],
    config: row.config as Record<string, unknown>,
    status: row.status as Connection["status"],
    lastSuccessAt: toInstantOrNull(row.last_success_at),
    lastError: row.last_error as ConnectionFailure | null,
    createdAt: toInstant(row.created_at),
    updatedAt: toInstant(row.updated_at),
  };
}
