import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import type { Deal } from "@usher/entitlement-core/deal";
import { fromSalesforceOpportunity } from "./from-salesforce-opportunity.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { lineTermField } from "./salesforce-fields.ts";
import { toSalesforceId } from "./salesforce-id.ts";
import {
  type SalesforceLineItem,
  type SalesforceOpportunity,
  salesforceLineItemPage,
  salesforceOpportunity,
  salesforcePage,
} from "./salesforce-opportunity-api.ts";
import { soqlTexts } from "./soql.ts";

const dealsPerReadMax = 200;

/** An order of more lines than this times a page (2,000) is no order. */
const pagesMax = 50;

/**
 * Opportunities with account, people and lines in one query. An id that is not there any more, or
 * never was one, is missing from the answer. A record of an unexpected shape fails the read by name:
 * leaving it out would look as if it had been deleted.
 */
export async function readOpportunities(input: {
  readonly dealIds: readonly string[];
  readonly config: SalesforceConfig;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<readonly Deal[]> {
  const { dealIds, config, client, context } = input;
  if (dealIds.length > dealsPerReadMax) {
    throw connectorFailure({
      category: "validation",
      message: `At most ${dealsPerReadMax} opportunities are read at once, asked for ${dealIds.length}.`,
    });
  }
  const ids = [...new Set(dealIds.map(toSalesforceId))].filter((id) => id !== null);
  if (ids.length === 0) return [];
  const soql = `SELECT ${opportunityFields(config).join(", ")} FROM Opportunity WHERE Id IN (${soqlTexts(ids)})`;
  const records: SalesforceOpportunity[] = [];
  let page = parsePage(await client.query(soql, context));
  for (let read = 1; ; read += 1) {
    for (const record of page.records) {
      records.push(await whole(parseOpportunity(record), client, context));
    }
    const next = nextPath(page, read);
    if (next === null) break;
    page = parsePage(await client.get(next, context));
  }
  const ownUserId = client.ownUserId();
  return records.map((opportunity) =>
    fromSalesforceOpportunity({ opportunity, config, ownUserId }),
  );
}

/** A long list of lines arrives in pages of its own: without the rest a deal would silently lose lines. */
async function whole(
  opportunity: SalesforceOpportunity,
  client: SalesforceClient,
  context: CallContext,
): Promise<SalesforceOpportunity> {
  let page = opportunity.OpportunityLineItems ?? null;
  if (page === null || page.done) return opportunity;
  const records: SalesforceLineItem[] = [...page.records];
  for (let read = 1; ; read += 1) {
    const next = nextPath(page, read);
    if (next === null) break;
    page = parseShape({
      schema: salesforceLineItemPage,
      value: await client.get(next, context),
      what: `Reading the lines of opportunity ${opportunity.Id}`,
    });
    records.push(...page.records);
  }
  return { ...opportunity, OpportunityLineItems: { done: true, records } };
}

function opportunityFields(config: SalesforceConfig): string[] {
  const termField = lineTermField(config);
  const lineFields = [
    "Id",
    "Quantity",
    "UnitPrice",
    "Discount",
    "ServiceDate",
    "SystemModstamp",
    "Product2.ProductCode",
    "Product2.Name",
    ...(config.isMultiCurrency ? ["CurrencyIsoCode"] : []),
    ...(termField === null ? [] : [termField]),
  ];
  return [
    "Id",
    "Name",
    "IsWon",
    "CloseDate",
    "SystemModstamp",
    "LastModifiedById",
    "Account.Id",
    "Account.Name",
    `Account.${config.countryField}`,
    "Owner.Name",
    "Owner.Email",
    "LastModifiedBy.Name",
    "LastModifiedBy.Email",
    ...(config.isMultiCurrency ? ["CurrencyIsoCode"] : []),
    ...(config.kindField === null ? [] : [config.kindField]),
    ...(config.dealTermMonthsField === null ? [] : [config.dealTermMonthsField]),
    `(SELECT ${lineFields.join(", ")} FROM OpportunityLineItems ORDER BY Id)`,
  ];
}

const parsePage = (value: unknown) =>
  parseShape({ schema: salesforcePage, value, what: "Reading opportunities" });

const parseOpportunity = (value: { readonly Id: string }) =>
  parseShape({ schema: salesforceOpportunity, value, what: `Reading opportunity ${value.Id}` });

/** Where the page goes on. Only a path of the API: a URL in a payload is not followed elsewhere. */
function nextPath(
  page: { readonly done: boolean; readonly nextRecordsUrl?: string | undefined },
  read: number,
): string | null {
  if (page.done) return null;
  const path = page.nextRecordsUrl;
  if (path === undefined || !/^\/services\/data\/v[\d.]+\/query\/[\w-]+$/.test(path)) {
    throw connectorFailure({
      category: "schema_drift",
      message:
        "Reading opportunities: an unfinished page names no next page below /services/data/.",
    });
  }
  if (read >= pagesMax) {
    throw connectorFailure({
      category: "schema_drift",
      message: `Reading opportunities: more than ${pagesMax} pages; expected an end.`,
    });
  }
  return path;
}
