import type { Stripe } from "stripe";
import seed from "./fixtures/product.json" with { type: "json" };
import type { ProductRow } from "./stripe-rows.ts";
import type { Wire } from "./wire.ts";

export function showProduct(row: ProductRow) {
  return {
    ...seed,
    id: row.id,
    object: "product",
    active: row.isActive,
    created: row.created,
    default_price: row.defaultPrice,
    description: row.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: row.metadata,
    name: row.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: row.statementDescriptor,
    tax_code: row.taxCode,
    tax_details: null,
    type: "service",
    unit_label: row.unitLabel,
    updated: row.updated,
    url: row.url,
  } satisfies Wire<Stripe.Product>;
}
