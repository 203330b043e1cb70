import { toCountryCode } from "@usher/connector-sdk/reading";
import { type Deal, type DealLine, hashDeal } from "@usher/entitlement-core/deal";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { dayOfDate, dayOfInstant } from "./hubspot-day.ts";
import type { HubSpotOwnerList } from "./hubspot-owners.ts";
import { type HubSpotRecord, type PropertyNames, valueIn } from "./hubspot-records.ts";
import { monthsOfPeriod, wholeMonths } from "./hubspot-term.ts";
import { netUnitPrice } from "./net-unit-price.ts";

/** A deal with everything that stands around it. */
export interface HubSpotDealParts {
  readonly deal: HubSpotRecord;
  readonly company: HubSpotRecord | null;
  readonly lines: readonly HubSpotRecord[];
}

/** Properties that are read, by object. */
export function dealPropertiesRead(config: HubSpotConfig): PropertyNames {
  const own = [
    "dealname",
    "hs_is_closed_won",
    "closedate",
    "hubspot_owner_id",
    "hs_updated_by_user_id",
    "hs_lastmodifieddate",
  ];
  // A portal may have its one currency without the property.
  const custom = ["deal_currency_code", config.kindProperty, config.dealTermMonthsProperty];
  return { own, custom: custom.filter((name) => name !== null) };
}

export const companyPropertiesRead = ["name", "country", "hs_country_code"] as const;

/** What a line sells and for how much. A renewal takes it over and says anew when it begins. */
export const lineSaleProperties = {
  own: [
    "name",
    "hs_sku",
    "hs_product_id",
    "quantity",
    "price",
    "discount",
    "hs_discount_percentage",
    "recurringbillingfrequency",
    "hs_recurring_billing_period",
  ],
  custom: ["hs_line_item_currency_code"],
} as const satisfies PropertyNames;

export const linePropertiesRead: PropertyNames = {
  own: [
    ...lineSaleProperties.own,
    "hs_term_in_months",
    "hs_recurring_billing_start_date",
    "hs_lastmodifieddate",
  ],
  custom: lineSaleProperties.custom,
};

/**
 * A HubSpot deal as a `Deal`: nothing is checked or corrected here, a value that is missing stays
 * missing and `parseDeal` tells sales about it. Won is what `hs_is_closed_won` says: ids of stages
 * are each portal's own.
 *
 * The version is the latest change of the deal and its lines, since an edit of a line that leaves
 * its amount does not touch the deal; and the content's hash, since a company's name has no part in
 * either stamp.
 */
export function fromHubSpotDeal(input: {
  readonly parts: HubSpotDealParts;
  readonly config: HubSpotConfig;
  readonly owners: HubSpotOwnerList;
}): Deal {
  const { parts, config, owners } = input;
  const { deal: record, company, lines } = parts;
  const currency = valueIn(record, "deal_currency_code") || config.currency;
  const closedOn = dayOfInstant({ text: valueIn(record, "closedate"), timeZone: config.timeZone });
  const deal: Deal = {
    system: "hubspot",
    id: record.id,
    version: [record, ...lines].reduce(latestStamp, ""),
    name: valueIn(record, "dealname"),
    isWon: valueIn(record, "hs_is_closed_won") === "true",
    kind: kindOf(record, config),
    currency,
    closedOn,
    account:
      company === null
        ? null
        : {
            id: company.id,
            name: valueIn(company, "name"),
            country:
              toCountryCode(valueIn(company, "hs_country_code")) ??
              toCountryCode(valueIn(company, "country")),
          },
    owner: owners.byOwnerId(valueIn(record, "hubspot_owner_id")),
    lastEditor: owners.byUserId(valueIn(record, "hs_updated_by_user_id")),
    lines: lines.map((line) => toLine({ line, record, currency, closedOn, config })),
  };
  return { ...deal, version: `${deal.version}#${hashDeal(deal).slice(0, 12)}` };
}

function toLine(input: {
  readonly line: HubSpotRecord;
  readonly record: HubSpotRecord;
  readonly currency: string | null;
  readonly closedOn: string | null;
  readonly config: HubSpotConfig;
}): DealLine {
  const { line, record, currency, closedOn, config } = input;
  const own = valueIn(line, "hs_line_item_currency_code");
  const months =
    monthsOfPeriod(valueIn(line, "hs_recurring_billing_period")) ??
    wholeMonths(valueIn(line, "hs_term_in_months")) ??
    (config.dealTermMonthsProperty === null
      ? null
      : wholeMonths(valueIn(record, config.dealTermMonthsProperty))) ??
    config.defaultTermMonths;
  return {
    id: line.id,
    productCode: valueIn(line, "hs_sku") || valueIn(line, "hs_product_id"),
    productName: valueIn(line, "name"),
    quantity: valueIn(line, "quantity"),
    unitPrice: netUnitPrice({
      line: {
        price: valueIn(line, "price"),
        discount: valueIn(line, "discount"),
        discountPercent: valueIn(line, "hs_discount_percentage"),
        frequency: valueIn(line, "recurringbillingfrequency"),
        months,
      },
      recurringPriceIsFor: config.recurringPriceIsFor,
    }),
    currency: own === "" || own === currency ? null : own,
    startsOn: dayOfDate(valueIn(line, "hs_recurring_billing_start_date")) ?? closedOn,
    months,
    endsOn: null,
  };
}

function kindOf(record: HubSpotRecord, config: HubSpotConfig): Deal["kind"] {
  if (config.kindProperty === null) return "new";
  return config.kindValues[valueIn(record, config.kindProperty)] ?? "new";
}

function latestStamp(latest: string, record: HubSpotRecord): string {
  const stamp = valueIn(record, "hs_lastmodifieddate");
  return stamp > latest ? stamp : latest;
}
