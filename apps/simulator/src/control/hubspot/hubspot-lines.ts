import { associationsOf } from "../../hubspot/associations.ts";
import type { ObjectRow, Portal } from "../../hubspot/portal.ts";
import { createObject, linkObjects, type Writing } from "../../hubspot/write-object.ts";
import type { DealLineInput } from "../control-input.ts";

/** The product of that code; made when there is none. */
export function ensureHubSpotProduct(
  writing: Writing,
  input: {
    readonly code: string;
    readonly name?: string | undefined;
    readonly price?: string | undefined;
  },
): ObjectRow {
  const known = writing.portal.find({ type: "products", property: "hs_sku", value: input.code });
  if (known !== undefined) return known;
  const { code, name = code, price } = input;
  return createObject(writing, "products", {
    name,
    hs_sku: code,
    ...(price === undefined ? {} : { price }),
  });
}

/** Adds a line to a deal, making its product as needed. */
export function addHubSpotLine(
  writing: Writing,
  input: { readonly dealId: string; readonly currency: string; readonly line: DealLineInput },
): ObjectRow {
  const { dealId, currency, line } = input;
  const product = ensureHubSpotProduct(writing, {
    code: line.product,
    name: line.product_name,
    price: line.list_price,
  });
  const row = createObject(writing, "line_items", {
    name: line.product_name ?? product.properties["name"] ?? line.product,
    hs_product_id: product.id,
    hs_sku: line.product,
    quantity: line.quantity,
    price: line.unit_price,
    hs_line_item_currency_code: currency,
    ...(line.description === undefined ? {} : { description: line.description }),
    ...(line.starts_on === undefined ? {} : { hs_recurring_billing_start_date: line.starts_on }),
    ...termOf(line.term_months),
  });
  const deal = { type: "deals", id: dealId } as const;
  linkObjects(writing, deal, { type: "line_items", id: row.id });
  return row;
}

/** A term as HubSpot keeps it: an ISO 8601 period. */
export function termOf(months: number | undefined): Record<string, string> {
  return months === undefined || months === 0
    ? {}
    : { hs_recurring_billing_period: `P${months}M`, hs_term_in_months: String(months) };
}

export function hubspotLines(portal: Portal, dealId: string): ObjectRow[] {
  return associationsOf(portal, { type: "deals", id: dealId }, "line_items").map(
    ({ toId }) => portal.table("line_items").get(toId) as ObjectRow,
  );
}
