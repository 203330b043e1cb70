import { loadPublishedCatalog, type TenantTransaction } from "@usher/database";
import type { PublishedCatalog } from "@usher/entitlement-core/catalog";

/** Published catalogs never change, so the newest known one is kept per tenant and asked for by version. */
export interface CatalogMemory {
  /** The newest catalog; throws a sentence for the operator when none is published. */
  newest(tx: TenantTransaction, knownVersion?: number): Promise<PublishedCatalog>;
}

export function createCatalogMemory(): CatalogMemory {
  const newest = new Map<string, PublishedCatalog>();
  return {
    newest: async (tx, knownVersion) => {
      const known = newest.get(tx.tenantId) ?? null;
      if (known !== null && known.version === knownVersion) return known;
      const catalog = await loadPublishedCatalog(tx, { known });
      if (catalog === null) {
        throw new Error("No catalog is published yet: `usher catalog push` publishes one.");
      }
      newest.set(tx.tenantId, catalog);
      return catalog;
    },
  };
}
