import { loadPublishedCatalog } from "@usher/database";
import type { Catalog, ProductAlias, PublishedCatalog, Sku } from "@usher/entitlement-core/catalog";
import { loadActor } from "../../../auth/load-actor.ts";
import { nothingPublished } from "../../../catalog/nothing-published.ts";
import { publishAndWake } from "../../../catalog/publish.ts";
import { refuseContradictions } from "../../../catalog/read-catalog.ts";
import type { RightsFeed } from "../../../check/rights-feed.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireAlias } from "../list-aliases/route.ts";

/** One more alias, published as a catalog version of its own; an alias for the same code is replaced. */
export function addAliasRoute({ feed }: { readonly feed: RightsFeed }) {
  return workRoute("addAlias", async ({ body, caller, tx, afterCommit }) => {
    const published = await loadPublishedCatalog(tx);
    if (published === null) throw nothingPublished();
    const alias: ProductAlias = {
      system: body.system,
      productCode: body.product_code,
      sku: body.sku as Sku,
    };
    const catalog = withAlias(published, alias);
    refuseContradictions(catalog);
    afterCommit(async () => feed.catalogPublished(tx.tenantId));
    const { name: by } = await loadActor(tx, caller);
    const publication = await publishAndWake(tx, { catalog, by });
    return {
      body: {
        alias: toWireAlias(alias),
        version: publication.catalog.version,
        orders_woken: publication.ordersWoken,
      },
    };
  });
}

function withAlias(
  { version: _version, ...published }: PublishedCatalog,
  alias: ProductAlias,
): Catalog {
  const others = published.aliases.filter(
    (one) => one.productCode !== alias.productCode || one.system !== alias.system,
  );
  return {
    ...published,
    offerings: published.offerings.map(
      ({ id: _id, version: _offeringVersion, ...offering }) => offering,
    ),
    aliases: [...others, alias],
  };
}
