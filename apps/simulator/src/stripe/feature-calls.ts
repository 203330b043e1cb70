import type { Stripe } from "stripe";
import { type Call, type CallResult, find } from "./call.ts";
import type { FeatureRow, ProductFeatureRow } from "./feature-rows.ts";
import featureSeed from "./fixtures/entitlements_feature.json" with { type: "json" };
import attachmentSeed from "./fixtures/product_feature.json" with { type: "json" };
import { listRows } from "./list-rows.ts";
import type { StripeAccount } from "./stripe-account.ts";
import { invalidRequest, noSuch } from "./stripe-error.ts";
import type { Wire } from "./wire.ts";

const KEY_LENGTH_MAX = 80;

/**
 * A feature by its lookup key, which no other active one may have.
 * @see https://docs.stripe.com/billing/entitlements
 */
export function createFeature({ account, params }: Call): CallResult {
  const row: FeatureRow = {
    ...account.newId("feat"),
    created: account.nowSeconds(),
    lookupKey: params.requiredText("lookup_key"),
    name: params.requiredText("name"),
    metadata: params.metadata({}),
    isActive: true,
  };
  params.finish();
  for (const [param, value] of [
    ["lookup_key", row.lookupKey],
    ["name", row.name],
  ] as const) {
    if (value.length > KEY_LENGTH_MAX)
      throw invalidRequest(`Invalid string: must be at most ${KEY_LENGTH_MAX} characters`, {
        param,
      });
  }
  const holder = account.features.where("lookupKey", row.lookupKey).find((one) => one.isActive);
  if (holder !== undefined) {
    throw invalidRequest(`A feature with the lookup key \`${row.lookupKey}\` already exists.`, {
      code: "resource_already_exists",
      param: "lookup_key",
    });
  }
  account.store.put(account.features, row);
  return showFeature(row);
}

export function updateFeature({ account, params, path }: Call): CallResult {
  const before = findFeature(account, path["id"] ?? "", "id");
  const row: FeatureRow = {
    ...before,
    name: params.text("name") ?? before.name,
    isActive: params.boolean("active") ?? before.isActive,
    metadata: params.metadata(before.metadata),
  };
  params.finish();
  account.store.put(account.features, row);
  return showFeature(row);
}

export function retrieveFeature({ account, params, path }: Call): CallResult {
  params.finish();
  return showFeature(findFeature(account, path["id"] ?? "", "id"));
}

export function listFeatures({ account, params }: Call): CallResult {
  const lookupKey = params.text("lookup_key");
  const isArchived = params.boolean("archived");
  const page = listRows({
    table: account.features,
    params,
    url: "/v1/entitlements/features",
    label: "feature",
    narrow: lookupKey === undefined ? undefined : { index: "lookupKey", value: lookupKey },
    keep: (row) => isArchived === undefined || row.isActive !== isArchived,
    show: showFeature,
  });
  params.finish();
  return page;
}

/** A product carries a feature once. */
export function attachFeature({ account, params, path }: Call): CallResult {
  const product = find(account, "product", path["id"] ?? "");
  const feature = findFeature(
    account,
    params.requiredText("entitlement_feature"),
    "entitlement_feature",
  );
  params.finish();
  if (!feature.isActive)
    throw invalidRequest("You cannot attach an archived feature to a product.", {
      param: "entitlement_feature",
    });
  const held = account.productFeatures.where("product", product.id);
  if (held.some((one) => one.feature === feature.id)) {
    throw invalidRequest("This feature is already attached to this product.", {
      param: "entitlement_feature",
    });
  }
  const row: ProductFeatureRow = {
    ...account.newId("prodft"),
    created: account.nowSeconds(),
    product: product.id,
    feature: feature.id,
  };
  account.store.put(account.productFeatures, row);
  return showProductFeature(account, row);
}

export function listProductFeatures({ account, params, path }: Call): CallResult {
  const product = find(account, "product", path["id"] ?? "");
  const page = listRows({
    table: account.productFeatures,
    params,
    url: `/v1/products/${product.id}/features`,
    label: "product feature",
    narrow: { index: "product", value: product.id },
    keep: () => true,
    show: (row) => showProductFeature(account, row),
  });
  params.finish();
  return page;
}

export function detachFeature({ account, params, path }: Call): CallResult {
  params.finish();
  const row = account.productFeatures.get(path["feature"] ?? "");
  if (row === undefined || row.product !== path["id"])
    throw noSuch("product feature", path["feature"] ?? "", "id");
  account.store.remove(account.productFeatures, row.id);
  return {
    id: row.id,
    object: "product_feature",
    deleted: true,
  } satisfies Wire<Stripe.DeletedProductFeature>;
}

function findFeature(account: StripeAccount, id: string, param: string): FeatureRow {
  const row = account.features.get(id);
  if (row === undefined) throw noSuch("feature", id, param);
  return row;
}

function showFeature(row: FeatureRow) {
  return {
    ...featureSeed,
    id: row.id,
    object: "entitlements.feature",
    active: row.isActive,
    livemode: false,
    lookup_key: row.lookupKey,
    metadata: row.metadata,
    name: row.name,
  } satisfies Wire<Stripe.Entitlements.Feature>;
}

function showProductFeature(account: StripeAccount, row: ProductFeatureRow) {
  return {
    ...attachmentSeed,
    id: row.id,
    object: "product_feature",
    entitlement_feature: showFeature(findFeature(account, row.feature, "id")),
    livemode: false,
  } satisfies Wire<Stripe.ProductFeature>;
}
