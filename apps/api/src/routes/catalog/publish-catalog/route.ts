import { loadPublishedCatalog } from "@usher/database";
import { loadActor } from "../../../auth/load-actor.ts";
import { publishAndWake } from "../../../catalog/publish.ts";
import { readCatalog } from "../../../catalog/read-catalog.ts";
import { loadWireCatalog } from "../../../catalog/to-wire-published-catalog.ts";
import type { RightsFeed } from "../../../check/rights-feed.ts";
import { requireMatch } from "../../../http/if-match.ts";
import { workRoute } from "../../../http/route-handler.ts";

export function publishCatalogRoute({ feed }: { readonly feed: RightsFeed }) {
  return workRoute("publishCatalog", async ({ body, caller, request, tx, afterCommit }) => {
    const catalog = readCatalog(body);
    const current = await loadWireCatalog(tx, await loadPublishedCatalog(tx));
    requireMatch({ request, current });
    afterCommit(async () => feed.catalogPublished(tx.tenantId));
    const { name: by } = await loadActor(tx, caller);
    const published = await publishAndWake(tx, { catalog, by });
    const wire = await loadWireCatalog(tx, published.catalog);
    if (wire === null) throw new Error("A catalog vanished in the transaction that published it.");
    return { body: wire, headers: { Location: "/v1/catalog" } };
  });
}
