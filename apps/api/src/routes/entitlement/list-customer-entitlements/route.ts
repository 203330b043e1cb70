import { entitlementsOfCustomers, findCustomer } from "@usher/database";
import { effectiveEntitlement } from "@usher/entitlement-core/entitlement";
import { type Instant, instantFromIso } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { notFound } from "../../../http/api-problem.ts";
import { etagOf } from "../../../http/etag.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { customerBy } from "../../../wire/customer-by.ts";
import { toWireEffectiveEntitlement } from "../../../wire/to-wire-entitlement.ts";
import { toWireInstant } from "../../../wire/to-wire-instant.ts";
import type { PublishedCatalogCache } from "../../order/published-catalog-cache.ts";

/** One entry for each feature the customer ever held a right to, folded at the instant asked. */
export function listCustomerEntitlementsRoute({
  database,
  catalogs,
}: Pick<ApiDependencies, "database"> & { readonly catalogs: PublishedCatalogCache }) {
  return plainRoute("listCustomerEntitlements", async ({ params, query, caller, request }) => {
    const at = query.at === undefined ? (request.now as Instant) : instantFromIso(query.at);
    return database.withTenant({ tenantId: caller.tenantId, readOnly: true }, async (tx) => {
      const customer = await findCustomer(tx, customerBy(params.id));
      if (customer === null) throw notFound("customer");
      const entitlements = await entitlementsOfCustomers(tx, [customer.id]);
      const held = new Set(entitlements.map((one) => one.feature));
      const features = (await catalogs.load(tx))?.features ?? [];
      const data = features
        .filter((feature) => held.has(feature.key))
        .map((feature) =>
          toWireEffectiveEntitlement(effectiveEntitlement({ entitlements, feature, at })),
        );
      return {
        body: {
          customer: { id: customer.id, external_id: customer.externalId, name: customer.name },
          at: toWireInstant(at),
          data,
          has_more: false,
          next_cursor: null,
        },
        // Without an instant asked for, `at` moves with the clock; the validator must not.
        ...(query.at === undefined
          ? { headers: { ETag: etagOf(JSON.stringify([customer.id, data])) } }
          : {}),
      };
    });
  });
}
