import { createHubSpotConnector } from "@usher/connector-hubspot";
import type { ConnectorErrorDetail } from "@usher/connector-sdk/spec";
import type { Database } from "@usher/database";
import {
  hubKeyEncryptionKey,
  openConnectionSecrets,
  openConnectionTokens,
  sealConnectionTokens,
} from "@usher/token-signer";
import { type ConnectionRegistry, createConnectionRegistry } from "../connection-registry.ts";
import { createQuotaWatch } from "../watch-quota.ts";
import { createWorkerLog } from "../worker-log.ts";
import { createWorkerMetrics } from "../worker-metrics.ts";

/** Connections as a worker has them, with HubSpot as the only vendor. */
export function openRegistry(input: {
  readonly database: Database;
  readonly key: Uint8Array;
  readonly onUnusable?: (failure: ConnectorErrorDetail) => void;
  readonly freshForMs?: number;
}): ConnectionRegistry {
  const { database } = input;
  const kek = hubKeyEncryptionKey(input.key);
  const keks = [kek];
  const hubspot = createHubSpotConnector();
  return createConnectionRegistry({
    database,
    definitions: new Map([[hubspot.manifest.id, hubspot]]),
    problemOf: (vendor) => (vendor === "broken" ? "Its package could not be loaded." : null),
    openSecrets: (sealed) => openConnectionSecrets({ sealed, keks }).config,
    sealTokens: (tokens) => sealConnectionTokens({ tokens, kek }),
    openTokens: (sealed) => openConnectionTokens({ sealed, keks }),
    fetchFor: createQuotaWatch({
      database,
      metrics: createWorkerMetrics(),
      log: createWorkerLog({ level: "silent" }),
      fetch,
      now: Date.now,
    }),
    onUnusable: ({ failure }) => input.onUnusable?.(failure),
    now: Date.now,
    freshForMs: input.freshForMs ?? 0,
  });
}

/** One read by a connection; the error's category where it fails. */
export async function readOnce(input: {
  readonly registry: ConnectionRegistry;
  readonly tenantId: string;
  readonly connectionId: string;
  readonly timeoutMs?: number;
}): Promise<string> {
  const vendor = await input.registry.byId(input);
  if (vendor === null) return "no connection";
  const { timeoutMs = 10_000 } = input;
  try {
    await vendor.crm?.readChanges(
      { checkpoint: null },
      {
        idempotencyKey: "read",
        deadline: Date.now() + timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
        log: () => undefined,
      },
    );
    return "read";
  } catch (error) {
    return (error as { readonly detail?: ConnectorErrorDetail }).detail?.category ?? String(error);
  }
}
