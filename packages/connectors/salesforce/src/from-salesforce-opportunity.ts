import { toCountryCode } from "@usher/connector-sdk/reading";
import { type Deal, type DealLine, type DealPerson, hashDeal } from "@usher/entitlement-core/deal";
import { fieldText } from "./field-text.ts";
import { netUnitPrice } from "./net-unit-price.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { lineTermField } from "./salesforce-fields.ts";
import type { SalesforceLineItem, SalesforceOpportunity } from "./salesforce-opportunity-api.ts";

/**
 * An Opportunity as a `Deal`: nothing is checked or corrected here, a value that is missing stays
 * missing and `parseDeal` tells sales about it. Amounts stay the decimal strings they came as.
 *
 * The version is the latest `SystemModstamp` of the opportunity and its lines, since an edit of a
 * line does not always touch its parent; and the content's hash, since two edits within a second
 * carry one stamp.
 */
export function fromSalesforceOpportunity(input: {
  readonly opportunity: SalesforceOpportunity;
  readonly config: SalesforceConfig;
  /** The user our own write-backs are made as: it never is the deal's last editor. */
  readonly ownUserId: string | null;
}): Deal {
  const { opportunity, config, ownUserId } = input;
  const lines = opportunity.OpportunityLineItems?.records ?? [];
  const account = opportunity.Account ?? null;
  const isOwnEdit = ownUserId !== null && opportunity.LastModifiedById === ownUserId;
  const deal: Deal = {
    system: "salesforce",
    id: opportunity.Id,
    version: [opportunity, ...lines].reduce(latestStamp, ""),
    name: opportunity.Name ?? "",
    isWon: opportunity.IsWon,
    kind: kindOf({ opportunity, config }),
    currency: currencyOf({ opportunity, config }),
    account:
      account === null
        ? null
        : {
            id: account.Id,
            name: account.Name,
            country: toCountryCode(account[config.countryField]),
          },
    owner: toPerson(opportunity.Owner),
    lastEditor: isOwnEdit ? null : toPerson(opportunity.LastModifiedBy),
    lines: lines.map((line) => toLine({ line, opportunity, config })),
  };
  return { ...deal, version: `${deal.version}#${hashDeal(deal).slice(0, 12)}` };
}

function toLine(input: {
  readonly line: SalesforceLineItem;
  readonly opportunity: SalesforceOpportunity;
  readonly config: SalesforceConfig;
}): DealLine {
  const { line, opportunity, config } = input;
  const currency = config.isMultiCurrency ? (line.CurrencyIsoCode ?? null) : null;
  return {
    id: line.Id,
    productCode: line.Product2?.ProductCode ?? "",
    productName: line.Product2?.Name ?? "",
    quantity: line.Quantity ?? "",
    unitPrice: netUnitPrice(line),
    currency: currency === opportunity.CurrencyIsoCode ? null : currency,
    startsOn: line.ServiceDate ?? opportunity.CloseDate ?? null,
    months: termMonths({ line, opportunity, config }),
    endsOn: null,
  };
}

/** The line's own term, else the deal's, else the connection's default. */
function termMonths(input: {
  readonly line: SalesforceLineItem;
  readonly opportunity: SalesforceOpportunity;
  readonly config: SalesforceConfig;
}): number | null {
  const { line, opportunity, config } = input;
  const field = lineTermField(config);
  const said =
    (field === null ? null : wholeMonths(line[field])) ??
    (config.dealTermMonthsField === null
      ? null
      : wholeMonths(opportunity[config.dealTermMonthsField]));
  return said ?? config.defaultTermMonths;
}

/** `12`, `"12"` and `"12.0"` are 12. Half a month is no term: null, so that sales is asked. */
function wholeMonths(value: unknown): number | null {
  const match = /^(\d{1,4})(\.0+)?$/.exec(fieldText(value));
  const months = match === null ? 0 : Number(match[1]);
  return months > 0 ? months : null;
}

function kindOf(input: {
  readonly opportunity: SalesforceOpportunity;
  readonly config: SalesforceConfig;
}): Deal["kind"] {
  const { opportunity, config } = input;
  if (config.kindField === null) return "new";
  return config.kindValues[fieldText(opportunity[config.kindField])] ?? "new";
}

function currencyOf(input: {
  readonly opportunity: SalesforceOpportunity;
  readonly config: SalesforceConfig;
}): string | null {
  const { opportunity, config } = input;
  return config.isMultiCurrency ? (opportunity.CurrencyIsoCode ?? null) : config.currency;
}

function toPerson(person: SalesforceOpportunity["Owner"]): DealPerson | null {
  if (person?.Email === undefined || person.Email === null) return null;
  return { email: person.Email, name: person.Name ?? person.Email };
}

function latestStamp(latest: string, row: { readonly SystemModstamp: string }): string {
  return row.SystemModstamp > latest ? row.SystemModstamp : latest;
}
