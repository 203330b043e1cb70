import {
  appendOutbox,
  loadPublishedCatalog,
  ordersBlockedOn,
  publishCatalog,
  type TenantTransaction,
} from "@usher/database";
import {
  type Catalog,
  diffCatalog,
  newlyKnownProductCodes,
  type PublishedCatalog,
} from "@usher/entitlement-core/catalog";

export interface Publication {
  readonly catalog: PublishedCatalog;
  readonly ordersWoken: number;
}

/**
 * Publishes the catalog and, in the same transaction, leaves a wake for each order that stood at
 * Action needed over a product code that now means something: those go on by themselves.
 */
export async function publishAndWake(
  tx: TenantTransaction,
  { catalog, by }: { readonly catalog: Catalog; readonly by: string },
): Promise<Publication> {
  const before = await loadPublishedCatalog(tx);
  const published = await publishCatalog(tx, { catalog, publishedBy: by });
  const codes = newlyKnownProductCodes(diffCatalog(before, catalog));
  const blocked = codes.length === 0 ? [] : await ordersBlockedOn(tx, codes);
  await appendOutbox(
    tx,
    blocked.map((orderId) => ({
      topic: "order.wake" as const,
      key: orderId,
      payload: { orderId, because: "catalog" },
    })),
  );
  return { catalog: published.catalog, ordersWoken: blocked.length };
}
