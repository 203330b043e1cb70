import { connectorFailure } from "@usher/connector-sdk/http";
import type { SoldProduct } from "@usher/connector-sdk/spec";

/** A feature as Stripe has it. `isOurs`: Usher made it. */
export interface HeldFeature {
  readonly id: string;
  readonly lookupKey: string;
  readonly name: string;
  readonly isOurs: boolean;
}

/** A feature on a product. */
export interface HeldAttachment {
  readonly id: string;
  readonly sku: string;
  readonly feature: HeldFeature;
}

export interface FeaturePlan {
  readonly create: readonly { readonly key: string; readonly name: string }[];
  readonly rename: readonly { readonly feature: HeldFeature; readonly name: string }[];
  readonly attach: readonly { readonly sku: string; readonly key: string }[];
  readonly detach: readonly HeldAttachment[];
}

/** Stripe keeps 80 characters of a feature's key and name. */
const lengthMax = 80;

/**
 * What differs between the catalog's features and Stripe's. A feature is known by its lookup key:
 * one that a person made under the same key is used as it is. Only features of Usher's are renamed,
 * and only they are taken from a product again.
 */
export function planFeatures(input: {
  readonly products: readonly SoldProduct[];
  readonly features: readonly HeldFeature[];
  readonly attachments: readonly HeldAttachment[];
}): FeaturePlan {
  const { products, features, attachments } = input;
  const held = new Map(features.map((one) => [one.lookupKey, one]));
  const wanted = new Map<string, string>();
  const attach: { readonly sku: string; readonly key: string }[] = [];
  const kept = new Set<string>();
  for (const product of products) {
    for (const { key, name } of product.features) {
      wanted.set(keyOf(key), name.slice(0, lengthMax));
      const carried = attachments.find(
        (one) => one.sku === product.sku && one.feature.lookupKey === key,
      );
      if (carried === undefined) attach.push({ sku: product.sku, key });
      else kept.add(carried.id);
    }
  }
  const named = [...wanted].map(([key, name]) => ({ key, name, feature: held.get(key) ?? null }));
  return {
    create: named.filter(({ feature }) => feature === null).map(({ key, name }) => ({ key, name })),
    rename: named.flatMap(({ name, feature }) =>
      feature?.isOurs === true && feature.name !== name ? [{ feature, name }] : [],
    ),
    attach,
    detach: attachments.filter(({ id, feature }) => feature.isOurs && !kept.has(id)),
  };
}

function keyOf(key: string): string {
  if (key.length <= lengthMax) return key;
  throw connectorFailure({
    category: "validation",
    message: `Stripe takes lookup keys of ${lengthMax} characters at most; the feature “${key.slice(0, 20)}…” has ${key.length}.`,
    where: { record: "Catalog feature", field: "key" },
  });
}
