import type { CallVendor } from "@usher/activities";
import type { FeatureChanges, SoldProduct } from "@usher/connector-sdk/spec";
import {
  busy,
  type Database,
  loadCheckpoint,
  loadPublishedCatalog,
  saveCheckpoint,
} from "@usher/database";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { ConnectionId } from "@usher/entitlement-core/kernel";
import { z } from "zod";
import type { ConnectionTurn } from "./connection-loops.ts";
import type { TurnOutcome } from "./service-loop.ts";
import type { WorkerLog } from "./worker-log.ts";

export interface FeatureKeeperDependencies {
  readonly database: Database;
  readonly callVendor: CallVendor;
  readonly log: WorkerLog;
  readonly clock: () => number;
}

const stream = "features";
const callTimeoutMs = 300_000;
/** What people changed over there is put right within this time, also while the catalog stays as it is. */
const againAfterMs = 24 * 60 * 60 * 1000;

const kept = z.object({ catalogVersion: z.int(), atMs: z.int() });

/**
 * One turn of keeping a billing system's features in step with the catalog: after each publication,
 * and once a day. One worker does it for a connection at a time; one that dies is followed by
 * another that looks at what is there.
 */
export function createFeatureKeeper(deps: FeatureKeeperDependencies) {
  const catalogs = new Map<string, PublishedCatalog>();
  return async ({ tenantId, vendor, signal }: ConnectionTurn): Promise<TurnOutcome> => {
    const { billing } = vendor;
    const keep = billing?.keepFeatures?.bind(billing);
    if (keep === undefined) return "idle";
    const connectionId = vendor.connectionId as ConnectionId;
    const outcome = await deps.database.exclusively(
      { name: `features:${connectionId}` },
      async (lost) => {
        const { catalog, last } = await deps.database.withTenant(
          { tenantId, readOnly: true },
          async (tx) => ({
            catalog: await loadPublishedCatalog(tx, { known: catalogs.get(tenantId) ?? null }),
            last: kept.safeParse(await loadCheckpoint(tx, { connectionId, stream })).data ?? null,
          }),
        );
        if (catalog === null) return "idle" as const;
        catalogs.set(tenantId, catalog);
        const isKept = last !== null && last.catalogVersion === catalog.version;
        if (isKept && deps.clock() - last.atMs < againAfterMs) return "idle" as const;
        const changes = await deps.callVendor({
          tenantId,
          vendor,
          operation: "keepFeatures",
          idempotencyKey: `features:${connectionId}:${catalog.version}`,
          timeoutMs: callTimeoutMs,
          signal: AbortSignal.any([signal, lost]),
          call: (context) => keep({ products: toSoldProducts(catalog) }, context),
        });
        await deps.database.withTenant({ tenantId }, (tx) =>
          saveCheckpoint(tx, {
            connectionId,
            stream,
            checkpoint: { catalogVersion: catalog.version, atMs: deps.clock() },
            isAtEnd: true,
          }),
        );
        if (hasChanged(changes)) {
          deps.log.info(
            { connection: connectionId, catalog: catalog.version, ...changes },
            "features brought in step with the catalog",
          );
        }
        return "idle" as const;
      },
    );
    return outcome === busy ? "idle" : outcome;
  };
}

function toSoldProducts(catalog: PublishedCatalog): readonly SoldProduct[] {
  const names = new Map<string, string>(catalog.features.map(({ key, name }) => [key, name]));
  return catalog.offerings.map(({ sku, name, entitlements }) => ({
    sku,
    name,
    features: [...new Set<string>(entitlements.map(({ feature }) => feature))].map((key) => ({
      key,
      name: names.get(key) ?? key,
    })),
  }));
}

function hasChanged({ features, attached, detached }: FeatureChanges): boolean {
  return features.length + attached.length + detached.length > 0;
}
