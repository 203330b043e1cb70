import type { ConnectedVendor, ConnectedVendors } from "@usher/activities";
import {
  type BillingConnector,
  type ConnectedSystem,
  type ConnectorDefinition,
  ConnectorError,
  type ConnectorErrorDetail,
  type CrmConnector,
  type ErpConnector,
  isConnectorError,
  type StoredTokens,
} from "@usher/connector-sdk/spec";
import {
  type Connection,
  createConnectionTokenStore,
  type Database,
  findConnection,
  listConnections,
  type SealedConnection,
} from "@usher/database";
import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";

export interface ConnectionRegistryDependencies {
  readonly database: Database;
  /** Every connector this worker knows, by its id. */
  readonly definitions: ReadonlyMap<string, ConnectorDefinition>;
  /** Why a vendor has no connector here, where its package could not be loaded. */
  readonly problemOf: (vendor: string) => string | null;
  /** Opens what the API sealed. */
  readonly openSecrets: (sealed: Uint8Array) => Readonly<Record<string, unknown>>;
  /** Seals the tokens that a connection gets. */
  readonly sealTokens: (tokens: StoredTokens) => Uint8Array;
  readonly openTokens: (sealed: Uint8Array) => StoredTokens;
  /** The `fetch` of one connection. */
  readonly fetchFor: (about: {
    readonly tenantId: TenantId;
    readonly connectionId: ConnectionId;
    readonly vendor: string;
  }) => typeof fetch;
  /** A connection cannot be connected: what every call to it will answer. */
  readonly onUnusable: (about: {
    readonly tenantId: TenantId;
    readonly connectionId: ConnectionId;
    readonly vendor: string;
    readonly failure: ConnectorErrorDetail;
  }) => void;
  readonly now: () => number;
  /** How old the list of a tenant's connections may be. */
  readonly freshForMs: number;
}

export interface ConnectionRegistry extends ConnectedVendors {
  /** The tenant's connections are other ones by now: they are read again when next asked for. */
  forget(tenantId: string): void;
  close(): Promise<void>;
}

interface OpenConnection extends ConnectedVendor {
  readonly kinds: readonly string[];
  readonly updatedAt: number;
  readonly system: ConnectedSystem | null;
}

interface TenantConnections {
  readonly readAt: number;
  readonly open: readonly OpenConnection[];
}

/** Calls that began on a replaced instance get this long before it is closed. */
const closeAfterMs = 60_000;

/**
 * One instance per connection: clients, tokens and limits are never shared between two of them.
 * A changed connection is connected anew. One that cannot be connected answers every call with
 * the reason, so that it shows where the call was needed and holds up no other.
 */
export function createConnectionRegistry(deps: ConnectionRegistryDependencies): ConnectionRegistry {
  const tenants = new Map<string, TenantConnections>();
  const readings = new Map<string, Promise<TenantConnections>>();
  const forgottenAt = new Map<string, number>();
  const retired = new Set<{ readonly system: ConnectedSystem; readonly at: number }>();

  async function connectionsOf(tenantId: string): Promise<readonly OpenConnection[]> {
    const known = tenants.get(tenantId);
    const isFresh =
      known !== undefined &&
      deps.now() - known.readAt < deps.freshForMs &&
      known.readAt > (forgottenAt.get(tenantId) ?? Number.NEGATIVE_INFINITY);
    if (isFresh) return known.open;
    // One reading at a time: two would connect a new connection twice, each with limits of its own.
    let reading = readings.get(tenantId);
    if (reading === undefined) {
      reading = read(tenantId as TenantId, known?.open ?? []).finally(() =>
        readings.delete(tenantId),
      );
      readings.set(tenantId, reading);
    }
    return (await reading).open;
  }

  async function read(
    tenantId: TenantId,
    before: readonly OpenConnection[],
  ): Promise<TenantConnections> {
    const readAt = deps.now();
    const rows = await deps.database.withTenant({ tenantId, readOnly: true }, async (tx) => {
      const listed = await listConnections(tx);
      const changed: SealedConnection[] = [];
      for (const one of listed.filter((row) => !before.some((open) => isSame(open, row)))) {
        const sealed = await findConnection(tx, one.id);
        if (sealed !== null) changed.push(sealed);
      }
      return { listed, changed };
    });
    const open = rows.listed.flatMap((row) => {
      const same = before.find((one) => isSame(one, row));
      if (same !== undefined) return [same];
      const sealed = rows.changed.find((one) => one.id === row.id);
      return sealed === undefined ? [] : [connect(tenantId, sealed)];
    });
    for (const { system } of before.filter((one) => !open.includes(one))) {
      if (system !== null) retired.add({ system, at: readAt });
    }
    const fresh = { readAt, open };
    tenants.set(tenantId, fresh);
    await closeRetired(readAt - closeAfterMs);
    return fresh;
  }

  function connect(tenantId: TenantId, row: SealedConnection): OpenConnection {
    const { id: connectionId, vendor } = row;
    const about = {
      connectionId: row.id,
      vendor: row.vendor,
      kinds: row.kinds,
      updatedAt: row.updatedAt,
    };
    try {
      const definition = deps.definitions.get(row.vendor);
      if (definition === undefined) {
        throw unusable(
          deps.problemOf(vendor) ??
            `Connection ${row.name} is of vendor "${vendor}", for which this worker has no connector.`,
        );
      }
      const system = definition.connect(
        {
          connectionId: row.id,
          config: { ...row.config, ...deps.openSecrets(row.sealedSecrets) },
        },
        {
          fetch: deps.fetchFor({ tenantId, connectionId, vendor }),
          now: deps.now,
          tokens: createConnectionTokenStore<StoredTokens>({
            database: deps.database,
            tenantId,
            connectionId,
            credentialsVersion: row.credentialsVersion,
            seal: deps.sealTokens,
            open: deps.openTokens,
          }),
        },
      );
      const { crm, billing, erp = null } = system;
      return { ...about, system, crm, billing, erp };
    } catch (cause) {
      // What sealed secrets do not open with is an operator's matter as well; its message holds none.
      const error = isConnectorError(cause)
        ? cause
        : unusable(cause instanceof Error ? cause.message : String(cause));
      deps.onUnusable({ tenantId, connectionId, vendor, failure: error.detail });
      return {
        ...about,
        system: null,
        crm: row.kinds.includes("crm") ? refusing<CrmConnector>(error) : null,
        billing: row.kinds.includes("billing") ? refusing<BillingConnector>(error) : null,
        erp: row.kinds.includes("erp") ? refusing<ErpConnector>(error) : null,
      };
    }
  }

  async function closeRetired(before: number): Promise<void> {
    for (const one of retired) {
      if (one.at > before) continue;
      retired.delete(one);
      await one.system.close();
    }
  }

  return {
    // A reading that is under way may have begun too early, so it does not count as fresh either.
    forget: (tenantId) => forgottenAt.set(tenantId, deps.now()),
    ofKind: async ({ tenantId, kind }) =>
      (await connectionsOf(tenantId)).filter((one) => one.kinds.includes(kind)),
    byId: async ({ tenantId, connectionId }) =>
      (await connectionsOf(tenantId)).find((one) => one.connectionId === connectionId) ?? null,
    close: async () => {
      await Promise.allSettled(readings.values());
      const all = [...tenants.values()];
      tenants.clear();
      for (const { open } of all) {
        for (const { system } of open) await system?.close();
      }
      await closeRetired(Number.POSITIVE_INFINITY);
    },
  };
}

function isSame(open: OpenConnection, row: Connection): boolean {
  return open.connectionId === row.id && open.updatedAt === row.updatedAt;
}

function unusable(message: string): ConnectorError {
  return new ConnectorError({
    category: "config",
    message,
    vendorCode: null,
    vendorRequestId: null,
    retryAfterMs: null,
    where: null,
  });
}

/** Answers every method with the reason why there is no connection. */
function refusing<Connector extends object>(reason: unknown): Connector {
  return new Proxy({} as Connector, {
    get: () => async () => {
      throw reason;
    },
  });
}
