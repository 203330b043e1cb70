import { currencyExponent } from "../../currency.ts";
import { parseDecimal, toUnits } from "../../decimal.ts";
import { OBJECT_TYPES } from "../../hubspot/object-types.ts";
import type { ObjectRow, Portal } from "../../hubspot/portal.ts";
import { createProductSums } from "../product-sums.ts";
import { hubspotLines } from "./hubspot-lines.ts";

/** Figures of the portal for an audit: what is won by product, and what the hub has written. */
export function summarizeHubSpot(portal: Portal) {
  const deals = living(portal.table("deals").all());
  const won = deals.filter((row) => row.properties["hs_is_closed_won"] === "true");
  const byProduct = createProductSums();
  for (const deal of won) {
    const currency = deal.properties["deal_currency_code"] ?? "USD";
    for (const { properties } of hubspotLines(portal, deal.id)) {
      const amount = parseDecimal(properties["amount"] ?? "0");
      byProduct.add({
        product: properties["hs_sku"] ?? "",
        quantity: Number(properties["quantity"] ?? 0),
        minor: amount === undefined ? 0 : Number(toUnits(amount, currencyExponent(currency))),
        currency,
      });
    }
  }
  const counts = OBJECT_TYPES.map((type) => [type, living(portal.table(type).all()).length]);
  return {
    counts: { ...(Object.fromEntries(counts) as Record<string, number>), won: won.length },
    won_by_product: byProduct.toJson(),
    by_status: countByStatus(portal, deals),
  };
}

function countByStatus(portal: Portal, deals: readonly ObjectRow[]): Record<string, number> {
  const name = portal
    .settings()
    .properties.find(({ property }) => property.name.endsWith("_status"))?.property.name;
  const counts: Record<string, number> = {};
  for (const { properties } of deals) {
    const status = name === undefined ? undefined : properties[name];
    if (status !== undefined) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

function living(rows: Iterable<ObjectRow>): ObjectRow[] {
  return [...rows].filter((row) => row.archivedMs === null);
}
