import type { ConnectedSystem, WebhookReceiver } from "@usher/connector-sdk/spec";
import { type Connection, findConnection } from "@usher/database";
import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";
import type { ConnectionSecrets } from "@usher/token-signer";
import type { ApiDependencies } from "../api-dependencies.ts";
import { openSecrets } from "../connection/open-secrets.ts";
import { ApiProblem } from "../http/api-problem.ts";

/** A connection as far as its webhooks are concerned. */
export interface WebhookConnection {
  readonly tenantId: TenantId;
  readonly receiver: WebhookReceiver;
  readonly secrets: readonly string[];
}

export interface WebhookConnections {
  /**
   * Null: no such connection, or one whose vendor sends no webhooks. Throws `not_ready` while the
   * vendor's connector is not there: a vendor that is told 4xx would never send the event again.
   */
  find(id: ConnectionId): Promise<WebhookConnection | null>;
  /** What was changed here is followed at once; other processes hear of it (`listenForConnections`). */
  forget(id: ConnectionId): Promise<void>;
  /** The tenant's connections are other ones by now. */
  forgetTenant(id: TenantId): Promise<void>;
  /** Forgets all. */
  close(): Promise<void>;
}

/** A changed secret of which nobody was told is followed within this time. */
const keptMs = 5_000;
const keptMax = 1_000;

interface Kept {
  readonly at: number;
  readonly connection: WebhookConnection | null;
  readonly system: ConnectedSystem | null;
}

/** Opens connections just far enough to verify what they send: connecting makes no call. */
export function createWebhookConnections({
  database,
  keks,
  clock,
  connectors,
}: Pick<ApiDependencies, "database" | "connectors" | "keks" | "clock">): WebhookConnections {
  const kept = new Map<ConnectionId, Kept>();

  async function open(id: ConnectionId): Promise<Omit<Kept, "at">> {
    const nothing = { connection: null, system: null };
    const tenantId = await database.directory.findConnectionTenant(id);
    if (tenantId === null) return nothing;
    const row = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      findConnection(tx, id),
    );
    const definition = row === null ? undefined : connectors.get(row.vendor);
    if (row === null) return nothing;
    const opened = openSecrets({ keks }, row);
    // Whoever asks here has proven nothing yet: why it is so, operators are told elsewhere.
    if (definition === undefined || "problem" in opened) {
      throw new ApiProblem(
        "not_ready",
        "This connection cannot take webhooks at the moment. Send the event again later; a check of the connection says why.",
      );
    }
    const { secrets } = opened;
    const system = definition.connect(
      { connectionId: id, config: { ...row.config, ...secrets.config } },
      { fetch: globalThis.fetch, now: clock },
    );
    if (system.webhooks === null) {
      await system.close();
      return nothing;
    }
    return {
      system,
      connection: { tenantId, receiver: system.webhooks, secrets: acceptedSecrets(row, secrets) },
    };
  }

  /** After a rotation the vendor may go on signing with the old secret for a while. */
  function acceptedSecrets(
    { oldWebhookSecretsUntil: until }: Connection,
    { webhookSecrets, oldWebhookSecrets = [] }: ConnectionSecrets,
  ): readonly string[] {
    const isOverlap = until !== null && clock() < until;
    return isOverlap ? [...webhookSecrets, ...oldWebhookSecrets] : webhookSecrets;
  }

  async function drop(isOne: (id: ConnectionId, one: Kept) => boolean): Promise<void> {
    const dropped = [...kept].filter(([id, one]) => isOne(id, one));
    for (const [id] of dropped) kept.delete(id);
    for (const [, { system }] of dropped) await system?.close();
  }

  return {
    async find(id) {
      const known = kept.get(id);
      if (known !== undefined && clock() - known.at < keptMs) return known.connection;
      const opened = await open(id);
      await known?.system?.close();
      if (kept.size >= keptMax) kept.clear();
      kept.set(id, { ...opened, at: clock() });
      return opened.connection;
    },
    forget: (id) => drop((known) => known === id),
    forgetTenant: (tenantId) => drop((_, { connection }) => connection?.tenantId === tenantId),
    close: () => drop(() => true),
  };
}
