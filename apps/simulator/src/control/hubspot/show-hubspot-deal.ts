import { currencyExponent } from "../../currency.ts";
import { formatUnits, parseDecimal, toUnits } from "../../decimal.ts";
import { associationsOf } from "../../hubspot/associations.ts";
import type { ObjectRow, Portal } from "../../hubspot/portal.ts";
import type { ShownDeal, ShownDealLine } from "../show-deal.ts";
import { hubspotLines } from "./hubspot-lines.ts";

/** A deal as a person sees it in the portal, in the shape both CRMs have here. */
export function showHubSpotDeal(portal: Portal, row: ObjectRow): ShownDeal {
  const { properties } = row;
  const [link] = associationsOf(portal, { type: "deals", id: row.id }, "companies");
  const company = link && portal.table("companies").get(link.toId);
  const owner = portal.owners.get(properties["hubspot_owner_id"] ?? "");
  const currency = properties["deal_currency_code"] ?? "USD";
  const stage = portal.settings().stages.find(({ id }) => id === properties["dealstage"]);
  return {
    id: row.id,
    name: properties["dealname"] ?? "",
    account:
      company === undefined
        ? null
        : {
            id: company.id,
            name: company.properties["name"] ?? "",
            country: company.properties["country"] ?? null,
          },
    owner:
      owner === undefined
        ? null
        : { name: `${owner.firstName} ${owner.lastName}`.trim(), email: owner.email },
    stage: stage?.label ?? properties["dealstage"] ?? "",
    is_won: properties["hs_is_closed_won"] === "true",
    is_closed: properties["hs_is_closed"] === "true",
    is_deleted: row.archivedMs !== null,
    amount: amountText(properties["amount"], currency),
    currency,
    close_date: (properties["closedate"] ?? "").slice(0, 10),
    version: properties["hs_lastmodifieddate"] ?? "",
    lines: hubspotLines(portal, row.id).map((line) => showLine(portal, line, currency)),
    usher: statusOf(portal, row),
  };
}

function showLine(portal: Portal, { id, properties }: ObjectRow, currency: string): ShownDealLine {
  const product = portal.table("products").get(properties["hs_product_id"] ?? "");
  const months = properties["hs_term_in_months"];
  const listPrice = product?.properties["price"];
  return {
    id,
    product_code: properties["hs_sku"] ?? "",
    product_name: properties["name"] ?? "",
    quantity: properties["quantity"] ?? "",
    unit_price: amountText(properties["price"], currency),
    list_price: listPrice === undefined ? null : amountText(listPrice, currency),
    total: amountText(properties["amount"], currency),
    starts_on: properties["hs_recurring_billing_start_date"] ?? null,
    term_months: months === undefined ? null : Number(months),
  };
}

/** The hub's properties by name, null where one is empty. */
function statusOf(portal: Portal, row: ObjectRow): Record<string, string | null> {
  return Object.fromEntries(
    portal
      .settings()
      .properties.filter(({ type }) => type === "deals")
      .map(({ property: { name } }) => [name, row.properties[name] ?? null]),
  );
}

function amountText(text: string | undefined, currency: string): string {
  const value = parseDecimal(text ?? "0");
  const places = currencyExponent(currency);
  return value === undefined ? (text ?? "") : formatUnits(toUnits(value, places), places);
}
