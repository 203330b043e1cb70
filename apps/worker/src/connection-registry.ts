import type { ConnectedVendor, ConnectedVendors } from "@usher/activities";
import type {
  BillingConnector,
  ConnectedSystem,
  ConnectorDefinition,
  CrmConnector,
  ErpConnector,
} from "@usher/connector-sdk/spec";
import {
  type Connection,
  type Database,
  findConnection,
  listConnections,
  type SealedConnection,
} from "@usher/database";
import type { TenantId } from "@usher/entitlement-core/kernel";

export interface ConnectionRegistryDependencies {
  readonly database: Database;
  /** Every connector this worker knows, by its id. */
  readonly definitions: ReadonlyMap<string, ConnectorDefinition>;
  /** Opens what the API sealed. */
  readonly openSecrets: (sealed: Uint8Array) => Readonly<Record<string, unknown>>;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** How old the list of a tenant's connections may be. */
  readonly freshForMs: number;
}

export interface ConnectionRegistry extends ConnectedVendors {
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
  const tenants = new Map<string, Promise<TenantConnections>>();
  const retired = new Set<{ readonly system: ConnectedSystem; readonly at: number }>();

  async function connectionsOf(tenantId: string): Promise<readonly OpenConnection[]> {
    const known = await tenants.get(tenantId)?.catch(() => undefined);
    if (known !== undefined && deps.now() - known.readAt < deps.freshForMs) return known.open;
    const reading = read(tenantId as TenantId, known?.open ?? []);
    tenants.set(tenantId, reading);
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
      return sealed === undefined ? [] : [connect(sealed)];
    });
    for (const { system } of before.filter((one) => !open.includes(one))) {
      if (system !== null) retired.add({ system, at: readAt });
    }
    await closeRetired(readAt - closeAfterMs);
    return { readAt, open };
  }

  function connect(row: SealedConnection): OpenConnection {
    const about = {
      connectionId: row.id,
      vendor: row.vendor,
      kinds: row.kinds,
      updatedAt: row.updatedAt,
    };
    try {
      const definition = deps.definitions.get(row.vendor);
      if (definition === undefined) {
        throw new Error(
          `Connection ${row.name} is of vendor "${row.vendor}", for which this worker has no connector.`,
        );
      }
      const system = definition.connect(
        {
          connectionId: row.id,
          config: { ...row.config, ...deps.openSecrets(row.sealedSecrets) },
        },
        { fetch: deps.fetch, now: deps.now },
      );
      const { crm, billing, erp = null } = system;
      return { ...about, system, crm, billing, erp };
    } catch (error) {
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
    ofKind: async ({ tenantId, kind }) =>
      (await connectionsOf(tenantId)).filter((one) => one.kinds.includes(kind)),
    byId: async ({ tenantId, connectionId }) =>
      (await connectionsOf(tenantId)).find((one) => one.connectionId === connectionId) ?? null,
    close: async () => {
      const all = await Promise.allSettled(tenants.values());
      tenants.clear();
      for (const one of all) {
        if (one.status !== "fulfilled") continue;
        for (const { system } of one.value.open) await system?.close();
      }
      await closeRetired(Number.POSITIVE_INFINITY);
    },
  };
}

function isSame(open: OpenConnection, row: Connection): boolean {
  return open.connectionId === row.id && open.updatedAt === row.updatedAt;
}

/** Answers every method with the reason why there is no connection. */
function refusing<Connector extends object>(reason: unknown): Connector {
  return new Proxy({} as Connector, {
    get: () => async () => {
      throw reason;
    },
  });
}
