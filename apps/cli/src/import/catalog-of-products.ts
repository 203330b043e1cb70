import type { Catalog } from "@usher/entitlement-core/catalog";
import { defineCatalog, type FeatureInput } from "@usher/entitlement-core/catalog";
import type { ProductRow } from "./crm-csv-rows.ts";

/** `GTX Plus Basic` → `gtx_plus_basic` */
export const featureOfProduct = (product: string): string =>
  product.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");

/**
 * A catalog for a price list: each product is an offering of the same name that grants one seat of
 * its own feature for each unit, and the support of its series. A discount above 20 % of the list
 * price is Finance's to decide.
 */
export function catalogOfProducts(products: readonly ProductRow[]): Catalog {
  const seats = products.map(({ product }): [string, FeatureInput] => [
    featureOfProduct(product),
    { kind: "seat", name: `Units of ${product}` },
  ]);
  const offerings = products.map(({ product, series, sales_price }) => [
    product,
    {
      name: product,
      skuClass: series.toLowerCase(),
      listPrices: { USD: sales_price },
      billing: "invoice" as const,
      defaultTerm: { months: 36, startsOn: "close-date" as const },
      entitlements: { [featureOfProduct(product)]: { perQuantity: 1 }, support: true as const },
    },
  ]);
  return defineCatalog({
    timeZone: "UTC",
    features: {
      ...Object.fromEntries(seats),
      support: { kind: "boolean", name: "Support" },
    } as Record<string, FeatureInput>,
    offerings: Object.fromEntries(offerings),
    approvals: {
      finance: {
        name: "Finance",
        when: [{ fact: "discount-percent", above: 20 }],
        approvers: [{ group: "finance" }],
        dueAfterHours: 72,
      },
    },
  });
}
