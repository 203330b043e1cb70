import type { ApprovalStageRule } from "../approval/approval-policy.ts";
import { canonicalHash } from "../kernel/canonical-hash.ts";
import type { Money } from "../kernel/money.ts";
import type { Catalog, ProductAlias, PublishedCatalog } from "./catalog.ts";
import type { Feature, FeatureKey } from "./feature.ts";
import type {
  BillingPlan,
  DefaultTerm,
  EntitlementTemplate,
  Offering,
  OfferingVersion,
  Sku,
} from "./offering.ts";
import { offeringContentHash } from "./offering-content-hash.ts";
import { soldFeatures } from "./sold-features.ts";

interface Change<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** One thing that differs between two versions of an offering. Null on one side: it was not, or is no longer, there. */
export type OfferingChange =
  | ({ readonly field: "name" | "sku-class" } & Change<string>)
  | ({ readonly field: "list-price" } & Change<Money | null>)
  | ({ readonly field: "billing" } & Change<BillingPlan>)
  | ({ readonly field: "default-term" } & Change<DefaultTerm | null>)
  | ({
      readonly field: "entitlement";
      readonly feature: FeatureKey;
    } & Change<EntitlementTemplate | null>);

export type OfferingDiff =
  | { readonly kind: "new"; readonly sku: Sku; readonly offering: Offering }
  | {
      readonly kind: "changed";
      readonly sku: Sku;
      /** The version that running orders keep. */
      readonly versionBefore: number;
      readonly changes: readonly OfferingChange[];
    }
  | { readonly kind: "retired"; readonly sku: Sku; readonly versionBefore: number };

/** An item of a list that is known by its key: added (`before` null), removed (`after` null) or changed. */
export interface ItemDiff<Item> {
  readonly key: string;
  readonly before: Item | null;
  readonly after: Item | null;
}

/** What publishing would change, in the words of the business. Lists hold only what differs. */
export interface CatalogDiff {
  readonly timeZone: Change<string> | null;
  readonly features: readonly ItemDiff<Feature>[];
  readonly offerings: readonly OfferingDiff[];
  readonly aliases: readonly ItemDiff<ProductAlias>[];
  readonly approvalStages: readonly ItemDiff<ApprovalStageRule>[];
}

/** What `next` changes on the catalog as published; without one, everything is new. */
export function diffCatalog(published: PublishedCatalog | null, next: Catalog): CatalogDiff {
  return {
    timeZone:
      published === null || published.timeZone === next.timeZone
        ? null
        : { before: published.timeZone, after: next.timeZone },
    features: diffItems(
      soldFeatures(published?.features ?? []),
      soldFeatures(next.features),
      ({ key }) => key,
    ),
    offerings: diffOfferings(published?.offerings ?? [], next.offerings),
    aliases: diffItems(published?.aliases ?? [], next.aliases, aliasKey),
    approvalStages: diffItems(
      published?.approvalPolicy.stages ?? [],
      next.approvalPolicy.stages,
      ({ key }) => key,
    ),
  };
}

/** True when publishing would change nothing. */
export function isEmptyCatalogDiff(diff: CatalogDiff): boolean {
  return (
    diff.timeZone === null &&
    diff.features.length === 0 &&
    diff.offerings.length === 0 &&
    diff.aliases.length === 0 &&
    diff.approvalStages.length === 0
  );
}

/** The product codes that the published change newly gives a meaning: orders blocked on one of them are worth another look. */
export function newlyKnownProductCodes(diff: CatalogDiff): readonly string[] {
  const codes = [
    ...diff.offerings.flatMap((one) => (one.kind === "new" ? [one.sku as string] : [])),
    ...diff.aliases.flatMap(({ after }) => (after === null ? [] : [after.productCode])),
  ];
  return [...new Set(codes)];
}

/** The skus of which something that running customers hold is described anew, or no longer sold. */
export function touchedSkus(diff: CatalogDiff): readonly Sku[] {
  return diff.offerings.flatMap((one) => (one.kind === "new" ? [] : [one.sku]));
}

function diffOfferings(
  published: readonly OfferingVersion[],
  next: readonly Offering[],
): readonly OfferingDiff[] {
  const before = new Map(published.map((one) => [one.sku, one]));
  const after = new Set(next.map(({ sku }) => sku));
  const kept = next.flatMap((offering): readonly OfferingDiff[] => {
    const { sku } = offering;
    const old = before.get(sku);
    if (old === undefined) return [{ kind: "new", sku, offering }];
    if (offeringContentHash(old) === offeringContentHash(offering)) return [];
    const changes = diffOffering(old, offering);
    return [{ kind: "changed", sku, versionBefore: old.version, changes }];
  });
  const retired = published
    .filter(({ sku }) => !after.has(sku))
    .map(({ sku, version }): OfferingDiff => ({ kind: "retired", sku, versionBefore: version }));
  return [...kept, ...retired];
}

function diffOffering(before: Offering, after: Offering): readonly OfferingChange[] {
  const changes: OfferingChange[] = [];
  if (before.name !== after.name) {
    changes.push({ field: "name", before: before.name, after: after.name });
  }
  if (before.skuClass !== after.skuClass) {
    changes.push({ field: "sku-class", before: before.skuClass, after: after.skuClass });
  }
  for (const one of diffItems(before.listPrices, after.listPrices, ({ currency }) => currency)) {
    changes.push({ field: "list-price", before: one.before, after: one.after });
  }
  if (!isSame(before.billing, after.billing)) {
    changes.push({ field: "billing", before: before.billing, after: after.billing });
  }
  if (!isSame(before.defaultTerm ?? null, after.defaultTerm ?? null)) {
    changes.push({
      field: "default-term",
      before: before.defaultTerm ?? null,
      after: after.defaultTerm ?? null,
    });
  }
  for (const one of diffItems(before.entitlements, after.entitlements, ({ feature }) => feature)) {
    const feature = one.key as FeatureKey;
    changes.push({ field: "entitlement", feature, before: one.before, after: one.after });
  }
  return changes;
}

function diffItems<Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): readonly ItemDiff<Item>[] {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Map(after.map((item) => [keyOf(item), item]));
  const kept = [...now].flatMap(([key, item]): readonly ItemDiff<Item>[] => {
    const one = old.get(key) ?? null;
    return one !== null && isSame(one, item) ? [] : [{ key, before: one, after: item }];
  });
  const gone = [...old].flatMap(([key, item]): readonly ItemDiff<Item>[] =>
    now.has(key) ? [] : [{ key, before: item, after: null }],
  );
  return [...kept, ...gone];
}

function aliasKey({ system, productCode }: ProductAlias): string {
  return `${system ?? "*"}:${productCode}`;
}

function isSame(one: unknown, other: unknown): boolean {
  return canonicalHash(one) === canonicalHash(other);
}
