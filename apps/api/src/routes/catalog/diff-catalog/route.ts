import { customersHoldingSkus, ordersBlockedOn } from "@usher/database";
import {
  catalogDiffLines,
  diffCatalog,
  isEmptyCatalogDiff,
  newlyKnownProductCodes,
  touchedSkus,
} from "@usher/entitlement-core/catalog";
import type { Instant } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { readCatalog } from "../../../catalog/read-catalog.ts";
import { toWireCatalogChanges } from "../../../catalog/to-wire-catalog-diff.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { PublishedCatalogCache } from "../../order/published-catalog-cache.ts";

const namesMax = 50;

export function diffCatalogRoute({
  database,
  catalogs,
}: Pick<ApiDependencies, "database"> & { readonly catalogs: PublishedCatalogCache }) {
  return plainRoute("diffCatalog", async ({ body, caller, request }) => {
    const next = readCatalog(body);
    return database.withTenant({ tenantId: caller.tenantId, readOnly: true }, async (tx) => {
      const diff = diffCatalog(await catalogs.load(tx), next);
      const skus = touchedSkus(diff);
      const touched =
        skus.length === 0
          ? []
          : await customersHoldingSkus(tx, { skus, now: request.now as Instant });
      const codes = newlyKnownProductCodes(diff);
      const blocked = codes.length === 0 ? [] : await ordersBlockedOn(tx, codes);
      return {
        body: {
          is_empty: isEmptyCatalogDiff(diff),
          changes: toWireCatalogChanges(diff),
          lines: [...catalogDiffLines(diff)],
          customers_touched: {
            count: touched.length,
            names: touched.slice(0, namesMax).map((one) => one.name),
          },
          orders_unblocked: blocked.length,
        },
      };
    });
  });
}
