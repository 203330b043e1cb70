import {
  type Catalog,
  definitionOf,
  type Feature,
  type Offering,
  type OfferingVersion,
  offeringContentHash,
  type PublishedCatalog,
  type Sku,
  soldFeatures,
} from "@usher/entitlement-core/catalog";
import {
  type CustomerId,
  canonicalHash,
  type Instant,
  type OfferingVersionId,
} from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { createId } from "./ids.ts";
import { jsonb, toJsonText } from "./jsonb.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

export interface CatalogPublication {
  readonly catalog: PublishedCatalog;
  /** False: the newest version already says exactly this, and nothing was stored. */
  readonly isNew: boolean;
  /** Skus that got a new version by this publication. */
  readonly changedSkus: readonly Sku[];
}

/**
 * Publishes a catalog as the next version. An offering whose content is that of its newest version
 * keeps it; a changed or new one gets the next. What was published is never changed again: orders
 * that run keep the offering versions they were made with. Two publications wait for each other.
 */
export async function publishCatalog(
  tx: TenantTransaction,
  input: { readonly catalog: Catalog; readonly publishedBy: string },
): Promise<CatalogPublication> {
  const catalog = { ...input.catalog, features: soldFeatures(input.catalog.features) };
  await sql`select pg_advisory_xact_lock(hashtextextended('publish-catalog:' || ${tx.tenantId}, 0))`.execute(
    tx.db,
  );
  const contentHash = canonicalHash(catalog);
  const latest = await tx.db
    .selectFrom("catalog_versions")
    .select(["version", "content_hash", "document"])
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  if (latest?.content_hash === contentHash) {
    const known = latest.document as unknown as PublishedCatalog;
    return { catalog: known, isNew: false, changedSkus: [] };
  }

  const newest = await newestOfferingVersions(
    tx,
    catalog.offerings.map((one) => one.sku),
  );
  const versions = catalog.offerings.map((offering) => nextVersion(offering, newest));
  const changed = versions.filter((one) => one.isNew);
  await insertOfferingVersions(tx, changed);

  const published: PublishedCatalog = {
    ...catalog,
    features: [...catalog.features, ...(await retiredFeatures(tx, catalog))],
    version: (latest?.version ?? 0) + 1,
    offerings: versions.map((one) => one.offering),
  };
  await sql`
    insert into catalog_versions (version, content_hash, document, published_by)
      values (${published.version}, ${contentHash}, ${jsonb(published)}, ${input.publishedBy})`.execute(
    tx.db,
  );
  return { catalog: published, isNew: true, changedSkus: changed.map((one) => one.offering.sku) };
}

/**
 * What was sold by any catalog before and is not by this one. Customers may hold rights to it, orders
 * on their way may still grant it, and past instants can be asked about.
 */
async function retiredFeatures(
  tx: TenantTransaction,
  { features }: Catalog,
): Promise<readonly Feature[]> {
  const { rows } = await sql<{ feature: Feature }>`
    select distinct on (f.feature ->> 'key') f.feature
      from catalog_versions v, jsonb_array_elements(v.document -> 'features') as f (feature)
      where f.feature ->> 'key' <> all (${features.map(({ key }) => key)}::text[])
      order by f.feature ->> 'key', v.version desc`.execute(tx.db);
  return rows.map(({ feature }) => ({ ...feature, isRetired: true }));
}

/**
 * The newest catalog. Give the one you hold and it is answered again, without being sent, while
 * its version is the newest. Null: nothing was published yet.
 */
export async function loadPublishedCatalog(
  tx: TenantTransaction,
  { known = null }: { readonly known?: PublishedCatalog | null } = {},
): Promise<PublishedCatalog | null> {
  const { rows } = await sql<{ version: number; document: PublishedCatalog | null }>`
    select version, case when version <> ${known?.version ?? 0} then document end as document
      from catalog_versions order by version desc limit 1`.execute(tx.db);
  const [row] = rows;
  if (!row) return null;
  return row.document ?? known;
}

/** Offering versions by id, whatever catalog they were published in; unknown ids are missing. */
export async function findOfferingVersions(
  tx: TenantTransaction,
  ids: readonly OfferingVersionId[],
): Promise<readonly OfferingVersion[]> {
  const { rows } = await sql<{ id: OfferingVersionId; version: number; definition: Offering }>`
    select id, version, definition from offering_versions where id = any (${[...ids]}::text[])`.execute(
    tx.db,
  );
  return rows.map(({ id, version, definition }) => ({ ...definition, id, version }));
}

export interface TouchedCustomer {
  readonly customerId: CustomerId;
  readonly externalId: string;
  readonly name: string;
  readonly skus: readonly Sku[];
}

/** Customers who hold, at `now` or later, a right from any version of these skus; by name. */
export async function customersHoldingSkus(
  tx: TenantTransaction,
  { skus, now }: { readonly skus: readonly Sku[]; readonly now: Instant },
): Promise<readonly TouchedCustomer[]> {
  const { rows } = await sql<{ id: CustomerId; external_id: string; name: string; skus: Sku[] }>`
    select c.id, c.external_id, c.name, array_agg(distinct o.sku order by o.sku) as skus
      from offering_versions o
      join entitlements e on e.offering_version_id = o.id
      join customers c on c.id = e.customer_id
      where o.sku = any (${[...skus]}::text[]) and (e.active_to is null or e.active_to > ${toDate(now)})
      group by c.id, c.external_id, c.name order by c.name, c.id`.execute(tx.db);
  return rows.map((row) => ({
    customerId: row.id,
    externalId: row.external_id,
    name: row.name,
    skus: row.skus,
  }));
}

interface NewestVersion {
  readonly id: OfferingVersionId;
  readonly sku: string;
  readonly version: number;
  readonly content_hash: string;
}

interface VersionInCatalog {
  readonly offering: OfferingVersion;
  readonly contentHash: string;
  readonly isNew: boolean;
}

async function newestOfferingVersions(
  tx: TenantTransaction,
  skus: readonly string[],
): Promise<ReadonlyMap<string, NewestVersion>> {
  const { rows } = await sql<NewestVersion>`
    select distinct on (sku) id, sku, version, content_hash from offering_versions
      where sku = any (${[...skus]}::text[]) order by sku, version desc`.execute(tx.db);
  return new Map(rows.map((row) => [row.sku, row]));
}

function nextVersion(
  offering: Offering,
  newest: ReadonlyMap<string, NewestVersion>,
): VersionInCatalog {
  const contentHash = offeringContentHash(offering);
  const known = newest.get(offering.sku);
  if (known?.content_hash === contentHash) {
    const { id, version } = known;
    return { offering: { ...offering, id, version }, contentHash, isNew: false };
  }
  const version = (known?.version ?? 0) + 1;
  const id = createId("offeringVersion");
  return { offering: { ...offering, id, version }, contentHash, isNew: true };
}

async function insertOfferingVersions(
  tx: TenantTransaction,
  versions: readonly VersionInCatalog[],
): Promise<void> {
  if (versions.length === 0) return;
  await sql`
    insert into offering_versions (id, sku, version, definition, content_hash)
      select * from unnest(
        ${versions.map((one) => one.offering.id)}::text[],
        ${versions.map((one) => one.offering.sku)}::text[],
        ${versions.map((one) => one.offering.version)}::int[],
        ${versions.map((one) => toJsonText(definitionOf(one.offering)))}::jsonb[],
        ${versions.map((one) => one.contentHash)}::text[])`.execute(tx.db);
}
