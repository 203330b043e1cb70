import type { WireAlias } from "@usher/api-contract";
import type { ProductAlias } from "@usher/entitlement-core/catalog";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { pageOf, toWireList } from "../../../wire/to-wire-list.ts";
import type { PublishedCatalogCache } from "../../order/published-catalog-cache.ts";

export function listAliasesRoute({
  database,
  catalogs,
}: Pick<ApiDependencies, "database"> & { readonly catalogs: PublishedCatalogCache }) {
  return plainRoute("listAliases", async ({ query, caller }) => {
    const catalog = await database.withTenant({ tenantId: caller.tenantId, readOnly: true }, (tx) =>
      catalogs.load(tx),
    );
    const items = (catalog?.aliases ?? []).toSorted((one, other) =>
      one.productCode.localeCompare(other.productCode),
    );
    return {
      body: toWireList(pageOf({ items, limit: query.limit, cursor: query.cursor }), toWireAlias),
    };
  });
}

export function toWireAlias(alias: ProductAlias): WireAlias {
  return { system: alias.system, product_code: alias.productCode, sku: alias.sku };
}
