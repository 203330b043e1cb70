import type { CallContext, FeatureChanges, SoldProduct } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { type HeldAttachment, type HeldFeature, planFeatures } from "./plan-features.ts";
import type { StripeClient } from "./stripe-client.ts";
import { metadataKeys } from "./stripe-metadata.ts";
import { productId, type StripeProducts } from "./stripe-products.ts";

interface Keeping {
  readonly client: StripeClient;
  readonly products: StripeProducts;
  readonly context: CallContext;
}

/** More features than this on one account are no longer looked through. */
const listedMax = 5_000;
/** Stripe lists this many products by id. */
const idsMax = 100;

/**
 * Brings Stripe's features in step with the catalog's: reads, plans, writes what differs. No write
 * has an idempotency key: each is preceded by a look, and a key would answer a feature's second
 * coming with its first for a day. First what customers gain, then what they lose.
 *
 * Stripe tells its own active entitlements anew with a subscription's next period; the rights that
 * Usher grants do not wait for that.
 * @see https://docs.stripe.com/billing/entitlements
 */
export async function keepFeatures(
  input: Keeping & { readonly sold: readonly SoldProduct[] },
): Promise<FeatureChanges> {
  const { client, context, sold } = input;
  await makeMissingProducts(input);
  const features = await readFeatures(input);
  const attachments: HeldAttachment[] = [];
  for (const { sku } of sold) attachments.push(...(await readAttachments({ ...input, sku })));
  const plan = planFeatures({ products: sold, features, attachments });
  const ids = new Map(features.map(({ lookupKey, id }) => [lookupKey, id]));
  const write = (what: string, run: (stripe: Stripe) => Promise<unknown>) =>
    client.call({ what, isWrite: true, run }, context);

  for (const { key, name } of plan.create) {
    const made = await client.call(
      {
        what: `Making the feature ${key}`,
        isWrite: true,
        run: (stripe) =>
          stripe.entitlements.features.create({
            lookup_key: key,
            name,
            metadata: { [metadataKeys.feature]: key },
          }),
      },
      context,
    );
    ids.set(key, made.id);
  }
  for (const { feature, name } of plan.rename) {
    await write(`Renaming the feature ${feature.lookupKey}`, (stripe) =>
      stripe.entitlements.features.update(feature.id, { name }),
    );
  }
  for (const { sku, key } of plan.attach) {
    const entitlement_feature = ids.get(key) ?? "";
    await write(`Adding the feature ${key} to ${sku}`, (stripe) =>
      stripe.products.createFeature(productId(sku), { entitlement_feature }),
    );
  }
  for (const { sku, id, feature } of plan.detach) {
    await write(`Taking the feature ${feature.lookupKey} from ${sku}`, (stripe) =>
      stripe.products.deleteFeature(productId(sku), id),
    );
  }
  return {
    features: [
      ...plan.create.map(({ key }) => key),
      ...plan.rename.map(({ feature }) => feature.lookupKey),
    ],
    attached: plan.attach.map(({ sku, key }) => `${sku} ${key}`),
    detached: plan.detach.map(({ sku, feature }) => `${sku} ${feature.lookupKey}`),
  };
}

async function makeMissingProducts({
  client,
  products,
  context,
  sold,
}: Keeping & { readonly sold: readonly SoldProduct[] }): Promise<void> {
  for (let from = 0; from < sold.length; from += idsMax) {
    const part = sold.slice(from, from + idsMax);
    const ids = part.map(({ sku }) => productId(sku));
    const { data } = await client.call(
      {
        what: "Looking for the products",
        isWrite: false,
        run: (stripe) => stripe.products.list({ ids, limit: idsMax }),
      },
      context,
    );
    const there = new Set(data.map(({ id }) => id));
    for (const product of part) {
      if (!there.has(productId(product.sku))) await products.ensure(product, context);
    }
  }
}

async function readFeatures({ client, context }: Keeping): Promise<readonly HeldFeature[]> {
  const all = await client.call(
    {
      what: "Reading the features",
      isWrite: false,
      run: (stripe) =>
        stripe.entitlements.features
          .list({ archived: false, limit: 100 })
          .autoPagingToArray({ limit: listedMax }),
    },
    context,
  );
  return all.map(toHeld);
}

async function readAttachments({
  client,
  context,
  sku,
}: Keeping & { readonly sku: string }): Promise<readonly HeldAttachment[]> {
  const all = await client.call(
    {
      what: `Reading the features of ${sku}`,
      isWrite: false,
      run: (stripe) =>
        stripe.products
          .listFeatures(productId(sku), { limit: 100 })
          .autoPagingToArray({ limit: listedMax }),
    },
    context,
  );
  return all.map(({ id, entitlement_feature }) => ({
    id,
    sku,
    feature: toHeld(entitlement_feature),
  }));
}

function toHeld(feature: Stripe.Entitlements.Feature): HeldFeature {
  const { id, lookup_key: lookupKey, name, metadata } = feature;
  return { id, lookupKey, name, isOurs: metadata[metadataKeys.feature] !== undefined };
}
