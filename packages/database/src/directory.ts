import type {
  ApiKeyId,
  ConnectionId,
  Instant,
  StatusListId,
  TenantId,
  TimeZone,
  UserId,
} from "@usher/entitlement-core/kernel";
import type { Pool } from "pg";
import { toInstant, toInstantOrNull } from "./timestamps.ts";

export interface TenantSummary {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: TimeZone;
}

export interface FoundApiKey {
  readonly tenantId: TenantId;
  readonly id: ApiKeyId;
  readonly userId: UserId | null;
  readonly scopes: readonly string[];
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
}

export interface FoundSession {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly expiresAt: Instant;
}

export interface FoundSignInCode extends FoundSession {
  readonly usedAt: Instant | null;
}

export interface PublishedSigningKey {
  readonly tenantId: TenantId;
  readonly kid: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly status: "next" | "current" | "retired";
  readonly retireAt: Instant | null;
}

export interface FoundStatusList {
  readonly tenantId: TenantId;
  readonly bits: Uint8Array;
  readonly size: number;
  readonly version: number;
  readonly updatedAt: Instant;
}

/** Questions that cross tenants because no tenant is known yet. Each answers only what its caller must know. */
export interface Directory {
  tenants(): Promise<readonly TenantSummary[]>;
  findTenant(slug: string): Promise<TenantSummary | null>;
  /** By the SHA-256 of the whole key. Revoked and expired keys are found too: the caller says which it was. */
  findApiKey(hash: Uint8Array): Promise<FoundApiKey | null>;
  /** By the SHA-256 of the session's secret. An ended session is found too. */
  findSession(hash: Uint8Array): Promise<FoundSession | null>;
  findSignInCode(hash: Uint8Array): Promise<FoundSignInCode | null>;
  findConnectionTenant(connectionId: ConnectionId): Promise<TenantId | null>;
  /** Public parts only: next, current, and retired keys that are still published at `now`. */
  signingKeys(input: { readonly now: Instant }): Promise<readonly PublishedSigningKey[]>;
  findStatusList(id: StatusListId): Promise<FoundStatusList | null>;
  tenantsWithPendingInbox(): Promise<readonly TenantId[]>;
  tenantsWithPendingOutbox(): Promise<readonly TenantId[]>;
  /** Tenants with a right written at or after `change`; see `rightsChangedSince`. */
  tenantsWithChangedRights(since: number): Promise<readonly TenantId[]>;
  appliedMigrations(): Promise<readonly string[]>;
}

export function createDirectory(pool: Pool): Directory {
  async function ask<Row extends object>(
    name: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    const places = values.map((_, index) => `$${index + 1}`).join(", ");
    const { rows } = await pool.query<Row & Record<string, unknown>>({
      name: `directory_${name}`,
      text: `select * from directory.${name}(${places})`,
      values: [...values],
    });
    return rows;
  }
  /** Two rows for one secret cannot be told apart: then nobody is let in. */
  async function askForOne<Row extends object>(name: string, value: unknown): Promise<Row | null> {
    const rows = await ask<Row>(name, [value]);
    return rows.length === 1 ? (rows[0] ?? null) : null;
  }
  async function askForTenants(
    name: string,
    values: readonly unknown[] = [],
  ): Promise<readonly TenantId[]> {
    const rows = await ask<{ tenant_id: TenantId }>(name, values);
    return rows.map((row) => row.tenant_id);
  }

  return {
    tenants: async () => (await ask<TenantRow>("tenants")).map(fromTenantRow),
    findTenant: async (slug) => {
      const row = await askForOne<TenantRow>("find_tenant", slug);
      return row && fromTenantRow(row);
    },
    findApiKey: async (hash) => {
      const row = await askForOne<ApiKeyRow>("find_api_key", Buffer.from(hash));
      return row && fromApiKeyRow(row);
    },
    findSession: async (hash) => {
      const row = await askForOne<SessionRow>("find_session", Buffer.from(hash));
      return row && fromSessionRow(row);
    },
    findSignInCode: async (hash) => {
      const row = await askForOne<SessionRow & { used_at: Date | null }>(
        "find_sign_in_code",
        Buffer.from(hash),
      );
      return row && { ...fromSessionRow(row), usedAt: toInstantOrNull(row.used_at) };
    },
    findConnectionTenant: async (connectionId) => {
      const row = await askForOne<{ tenant_id: TenantId }>("find_connection_tenant", connectionId);
      return row?.tenant_id ?? null;
    },
    signingKeys: async ({ now }) =>
      (await ask<SigningKeyRow>("signing_keys"))
        .map(fromSigningKeyRow)
        .filter((key) => key.status !== "retired" || key.retireAt === null || key.retireAt > now),
    findStatusList: async (id) => {
      const row = await askForOne<StatusListRow>("find_status_list", id);
      return row && fromStatusListRow(row);
    },
    tenantsWithPendingInbox: () => askForTenants("tenants_with_pending_inbox"),
    tenantsWithPendingOutbox: () => askForTenants("tenants_with_pending_outbox"),
    tenantsWithChangedRights: (since) => askForTenants("tenants_with_changed_rights", [since]),
    appliedMigrations: async () =>
      (await ask<{ name: string }>("applied_migrations")).map((row) => row.name),
  };
}

interface TenantRow {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  readonly time_zone: TimeZone;
}

function fromTenantRow(row: TenantRow): TenantSummary {
  return { id: row.id, slug: row.slug, name: row.name, timeZone: row.time_zone };
}

interface ApiKeyRow {
  readonly tenant_id: TenantId;
  readonly id: ApiKeyId;
  readonly user_id: UserId | null;
  readonly scopes: readonly string[];
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

function fromApiKeyRow(row: ApiKeyRow): FoundApiKey {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    scopes: row.scopes,
    expiresAt: toInstantOrNull(row.expires_at),
    revokedAt: toInstantOrNull(row.revoked_at),
  };
}

interface SessionRow {
  readonly tenant_id: TenantId;
  readonly user_id: UserId;
  readonly expires_at: Date;
}

function fromSessionRow(row: SessionRow): FoundSession {
  return { tenantId: row.tenant_id, userId: row.user_id, expiresAt: toInstant(row.expires_at) };
}

interface SigningKeyRow {
  readonly tenant_id: TenantId;
  readonly kid: string;
  readonly public_jwk: Readonly<Record<string, unknown>>;
  readonly status: PublishedSigningKey["status"];
  readonly retire_at: Date | null;
}

function fromSigningKeyRow(row: SigningKeyRow): PublishedSigningKey {
  return {
    tenantId: row.tenant_id,
    kid: row.kid,
    publicJwk: row.public_jwk,
    status: row.status,
    retireAt: toInstantOrNull(row.retire_at),
  };
}

interface StatusListRow {
  readonly tenant_id: TenantId;
  readonly bits: Buffer;
  readonly size: number;
  readonly version: number;
  readonly updated_at: Date;
}

function fromStatusListRow(row: StatusListRow): FoundStatusList {
  return {
    tenantId: row.tenant_id,
    bits: row.bits,
    size: row.size,
    version: row.version,
    updatedAt: toInstant(row.updated_at),
  };
}
