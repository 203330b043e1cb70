import { previewPath, skuClassesOf } from "@usher/entitlement-core/approval";
import { parseDeal } from "@usher/entitlement-core/deal";
import { dateAt, type Instant, type TimeZone } from "@usher/entitlement-core/kernel";
import { hashOrderContent } from "@usher/entitlement-core/order";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { loadActor } from "../../../auth/load-actor.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { dealFromRequest } from "../../../wire/deal-from-request.ts";
import { toWirePreviewedStage } from "../../../wire/to-wire-previewed-stage.ts";
import { isFirstOrder } from "../../order/is-first-order.ts";
import { emptyCatalog, type PublishedCatalogCache } from "../../order/published-catalog-cache.ts";

/** Reads the order as `POST /v1/orders` would and plans its path. Stores nothing. */
export function previewApprovalPathRoute({
  database,
  catalogs,
}: Pick<ApiDependencies, "database"> & { readonly catalogs: PublishedCatalogCache }) {
  return plainRoute("previewApprovalPath", async ({ body, caller, request }) =>
    database.withTenant({ tenantId: caller.tenantId, readOnly: true }, async (tx) => {
      const { user } = await loadActor(tx, caller);
      const catalog = (await catalogs.load(tx)) ?? emptyCatalog;
      const receivedOn = dateAt({
        instant: request.now as Instant,
        timeZone: catalog.timeZone as TimeZone,
      });
      const parsed = parseDeal({
        deal: dealFromRequest({ body, sender: user }),
        catalog,
        receivedOn,
      });
      if (!parsed.ok) {
        const faults = parsed.faults.map(({ code, sentence }) => ({ code, sentence }));
        return { body: { stages: [], revision_hash: null, faults } };
      }
      const { content } = parsed;
      const preview = previewPath({
        policy: catalog.approvalPolicy,
        content,
        facts: {
          isFirstOrderOfCustomer: await isFirstOrder(tx, content.customer.externalId),
          skuClasses: skuClassesOf(catalog),
        },
      });
      return {
        body: {
          revision_hash: hashOrderContent(content),
          faults: [],
          stages: preview.stages.map(toWirePreviewedStage),
        },
      };
    }),
  );
}
