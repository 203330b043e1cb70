import type { ApiDependencies } from "../../../api-dependencies.ts";
import { nothingPublished } from "../../../catalog/nothing-published.ts";
import { loadWireCatalog } from "../../../catalog/to-wire-published-catalog.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { PublishedCatalogCache } from "../../order/published-catalog-cache.ts";

export function getCatalogRoute({
  database,
  catalogs,
}: Pick<ApiDependencies, "database"> & { readonly catalogs: PublishedCatalogCache }) {
  return plainRoute("getCatalog", async ({ caller }) => {
    const catalog = await database.withTenant(
      { tenantId: caller.tenantId, readOnly: true },
      async (tx) => loadWireCatalog(tx, await catalogs.load(tx)),
    );
    if (catalog === null) throw nothingPublished();
    return { body: catalog };
  });
}
