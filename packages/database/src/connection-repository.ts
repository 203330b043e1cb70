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

/** What a vendor last said is left of an allowance, such as calls a day. */
export interface ConnectionQuota {
  readonly used: number;
  readonly limit: number;
  /** Epoch milliseconds at which the vendor said so. */
  readonly seenAt: number;
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
  readonly lastErrorAt: Instant | null;
  readonly quota: ConnectionQuota | null;
  /** Grows with every change of credentials: tokens belong to one version. */
  readonly credentialsVersion: number;
  readonly credentialsChangedAt: Instant;
  /** Until then webhooks signed with the secrets before the last rotation are accepted as well. */
  readonly oldWebhookSecretsUntil: Instant | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A connection with what it takes to connect. Only who connects needs it. */
export interface SealedConnection extends Connection {
  /** As the caller sealed them. */
  readonly sealedSecrets: Uint8Array;
  /** What a rotation brought and has not proven yet; see `storeNextCredentials`. */
  readonly next: NextCredentials | null;
}

export interface NextCredentials {
  readonly config: Readonly<Record<string, unknown>>;
  readonly sealedSecrets: Uint8Array;
}

/**
 * Makes the connection, or replaces vendor, kinds, config and secrets of the one with this name.
 * Tokens of a replaced one are used no more, unless `keepsCredentials` says that it is the same
 * account with the same secrets.
 */
export async function saveConnection(
  tx: TenantTransaction,
  input: {
    readonly vendor: string;
    readonly name: string;
    readonly kinds: readonly ConnectionKind[];
    readonly config: Readonly<Record<string, unknown>>;
    readonly sealedSecrets: Uint8Array;
    readonly keepsCredentials?: boolean;
  },
): Promise<Connection> {
  const isNewVersion = input.keepsCredentials !== true;
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
        last_error_at: null,
        next_secrets: null,
        next_config: null,
        old_webhook_secrets_until: null,
        ...(isNewVersion
          ? {
              credentials_version: sql<number>`connections.credentials_version + 1`,
              credentials_changed_at: sql`now()`,
            }
          : {}),
        updated_at: sql`now()`,
      }),
    )
    .returning(shown)
    .executeTakeFirstOrThrow();
  await announceConnections(tx);
  return fromConnectionRow(row);
}

/** Workers keep connections in memory for seconds: the next order is to meet what has just been entered. */
export async function announceConnections(tx: TenantTransaction): Promise<void> {
  await sql`select announce('usher_connections', ${tx.tenantId})`.execute(tx.db);
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
    .select(sealed)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ? fromSealedRow(row) : null;
}

export async function findConnectionByName(
  tx: TenantTransaction,
  name: string,
): Promise<SealedConnection | null> {
  const row = await tx.db
    .selectFrom("connections")
    .select(sealed)
    .where("name", "=", name)
    .executeTakeFirst();
  return row ? fromSealedRow(row) : null;
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
      update connections
        set status = 'working', last_success_at = ${now}, last_error = null, last_error_at = null
        where id = ${input.id}
          and (status <> 'working' or last_error is not null or last_success_at is null
            or last_success_at < ${now}::timestamptz - interval '1 minute')`.execute(tx.db);
    return;
  }
  await sql`
    update connections set last_error = ${jsonb(input.outcome.failure)}, last_error_at = ${now},
        status = case when ${input.outcome.needsAttention} then 'needs_attention' else status end
      where id = ${input.id}
        and (last_error is distinct from ${jsonb(input.outcome.failure)}
          or (${input.outcome.needsAttention} and status <> 'needs_attention'))`.execute(tx.db);
}

/** What the vendor says is left of its allowance. */
export async function recordConnectionQuota(
  tx: TenantTransaction,
  input: { readonly id: ConnectionId; readonly quota: ConnectionQuota },
): Promise<void> {
  await sql`update connections set quota = ${jsonb(input.quota)} where id = ${input.id}`.execute(
    tx.db,
  );
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
    /** The stream held nothing further. */
    readonly isAtEnd?: boolean;
  },
): Promise<void> {
  const readToEndAt = input.isAtEnd === true ? sql`now()` : sql`null`;
  await sql`
    insert into stream_checkpoints as s (connection_id, stream, checkpoint, read_to_end_at)
      values (${input.connectionId}, ${input.stream}, ${jsonb(input.checkpoint)}, ${readToEndAt})
      on conflict (tenant_id, connection_id, stream)
        do update set checkpoint = excluded.checkpoint, updated_at = now(),
          read_to_end_at = coalesce(excluded.read_to_end_at, s.read_to_end_at)`.execute(tx.db);
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
  "last_error_at",
  "quota",
  "credentials_version",
  "credentials_changed_at",
  "old_webhook_secrets_until",
  "created_at",
  "updated_at",
] as const;

const sealed = [...shown, "secrets", "next_secrets", "next_config"] as const;

function fromSealedRow(
  row: Pick<Selectable<ConnectionRow>, (typeof sealed)[number]>,
): SealedConnection {
  const next =
    row.next_secrets === null
      ? null
      : {
          config: row.next_config as Record<string, unknown>,
          sealedSecrets: row.next_secrets,
        };
  return { ...fromConnectionRow(row), sealedSecrets: row.secrets, next };
}

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
    lastErrorAt: toInstantOrNull(row.last_error_at),
    quota: row.quota as ConnectionQuota | null,
    credentialsVersion: row.credentials_version,
    credentialsChangedAt: toInstant(row.credentials_changed_at),
    oldWebhookSecretsUntil: toInstantOrNull(row.old_webhook_secrets_until),
    createdAt: toInstant(row.created_at),
    updatedAt: toInstant(row.updated_at),
  };
}
