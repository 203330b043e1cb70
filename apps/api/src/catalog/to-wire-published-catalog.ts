import { toWire, type WirePublishedCatalog } from "@usher/api-contract";
import type { TenantTransaction } from "@usher/database";
import { type PublishedCatalog, soldFeatures } from "@usher/entitlement-core/catalog";

/** The catalog in force with when and by whom it was published; null while there is none. */
export async function loadWireCatalog(
  tx: TenantTransaction,
  catalog: PublishedCatalog | null,
): Promise<WirePublishedCatalog | null> {
  if (catalog === null) return null;
  const row = await tx.db
    .selectFrom("catalog_versions")
    .select(["published_at", "published_by"])
    .where("version", "=", catalog.version)
    .executeTakeFirstOrThrow();
  return {
    ...(toWire({ ...catalog, features: soldFeatures(catalog.features) }) as Omit<
      WirePublishedCatalog,
      "published_at" | "published_by"
    >),
    published_at: new Date(row.published_at as unknown as Date).toISOString(),
    published_by: row.published_by,
  };
}
