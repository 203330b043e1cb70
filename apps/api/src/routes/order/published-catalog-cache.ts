import { loadPublishedCatalog, type TenantTransaction } from "@usher/database";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { TenantId } from "@usher/entitlement-core/kernel";

export interface PublishedCatalogCache {
  /** The catalog in force in this transaction; null while the tenant has published none. */
  load(tx: TenantTransaction): Promise<PublishedCatalog | null>;
}

const tenantsMax = 1_000;

/** Keeps each tenant's newest catalog; every use asks for the version, and the document travels only when it is newer. */
export function createPublishedCatalogCache(): PublishedCatalogCache {
  const known = new Map<TenantId, PublishedCatalog>();
  return {
    async load(tx) {
      const catalog = await loadPublishedCatalog(tx, { known: known.get(tx.tenantId) ?? null });
      if (catalog !== null) {
        if (known.size >= tenantsMax) known.clear();
        known.set(tx.tenantId, catalog);
      }
      return catalog;
    },
  };
}

/** What a deal is read against while nothing is published: every product is then unknown, and says so. */
export const emptyCatalog: PublishedCatalog = {
  version: 0,
  timeZone: "UTC" as PublishedCatalog["timeZone"],
  features: [],
  offerings: [],
  aliases: [],
  approvalPolicy: { stages: [] },
};
