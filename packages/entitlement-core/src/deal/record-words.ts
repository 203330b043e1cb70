import { shorten } from "../kernel/shorten.ts";

/** What a system calls the fields we name in fix sentences. */
export interface DealFieldWords {
  readonly account: string;
  readonly country: string;
  readonly currency: string;
  readonly stage: string;
  /** What the deal does: something new, a change, a renewal. */
  readonly kind: string;
  readonly closeDate: string;
  readonly lines: string;
  readonly productCode: string;
  readonly quantity: string;
  readonly unitPrice: string;
  readonly startsOn: string;
  readonly months: string;
  readonly endsOn: string;
}

/** How the people of one system speak of a deal, its lines and their fields. */
export interface DealWords {
  /** For people: `Opportunity “Acme Pro” (006…)`. */
  readonly deal: (deal: { readonly name: string; readonly id: string }) => string;
  readonly line: (line: { readonly id: string; readonly productName: string }) => string;
  readonly account: (account: { readonly name: string; readonly id: string }) => string;
  readonly fields: DealFieldWords;
}

// Salesforce: Object Reference, Opportunity, OpportunityLineItem, Account. The line's length
// has no standard field; Usher's field set brings one.
const salesforce: DealWords = {
  deal: named("Opportunity"),
  line: ({ id, productName }) => named("OpportunityLineItem")({ id, name: productName }),
  account: named("Account"),
  fields: {
    account: "AccountId",
    country: "Account.BillingCountryCode",
    currency: "CurrencyIsoCode",
    stage: "StageName",
    kind: "Type",
    closeDate: "CloseDate",
    lines: "OpportunityLineItems",
    productCode: "ProductCode",
    quantity: "OpportunityLineItem.Quantity",
    unitPrice: "OpportunityLineItem.UnitPrice",
    startsOn: "OpportunityLineItem.ServiceDate",
    months: "OpportunityLineItem.Usher_Term_Months__c",
    endsOn: "OpportunityLineItem.Usher_Term_Months__c",
  },
};

// HubSpot: default properties of deals and line items.
const hubspot: DealWords = {
  deal: named("Deal"),
  line: ({ id, productName }) => named("Line item")({ id, name: productName }),
  account: named("Company"),
  fields: {
    account: "associated company",
    country: "company.hs_country_code",
    currency: "deal_currency_code",
    stage: "dealstage",
    kind: "dealtype",
    closeDate: "closedate",
    lines: "associated line items",
    productCode: "line_item.hs_sku",
    quantity: "line_item.quantity",
    unitPrice: "line_item.price",
    startsOn: "line_item.hs_recurring_billing_start_date",
    months: "line_item.hs_recurring_billing_period",
    endsOn: "line_item.hs_recurring_billing_end_date",
  },
};

// An order that came by REST: the words of the request's own body.
const rest: DealWords = {
  deal: named("Order"),
  line: ({ id, productName }) => named("Line")({ id, name: productName }),
  account: named("Customer"),
  fields: {
    account: "customer",
    country: "customer.country",
    currency: "currency",
    stage: "source",
    kind: "kind",
    closeDate: "closed_on",
    lines: "lines",
    productCode: "lines[].sku",
    quantity: "lines[].quantity",
    unitPrice: "lines[].unit_price.amount",
    startsOn: "lines[].term.starts_on",
    months: "lines[].term.months",
    endsOn: "lines[].term.ends_on",
  },
};

/** The words of `system`; a system of the caller's own is spoken of as the REST API does. */
export function dealWords(system: string): DealWords {
  switch (system) {
    case "salesforce":
      return salesforce;
    case "hubspot":
      return hubspot;
    default:
      return rest;
  }
}

function named(kind: string) {
  return ({ name, id }: { readonly name: string; readonly id: string }): string =>
    name === "" || name === id
      ? `${kind} (${shorten(id) || "without id"})`
      : `${kind} “${shorten(name, 80)}” (${shorten(id)})`;
}
