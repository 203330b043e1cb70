import { connectorFailure, decimalText, parseShape } from "@usher/connector-sdk/http";
import {
  type CallContext,
  isConnectorError,
  type OpenedDeal,
  type RenewalDeal,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { GraphNode } from "./plan-order-graph.ts";
import { toSalesforceNumber } from "./salesforce-amount.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { lineTermField, renewalField } from "./salesforce-fields.ts";
import { toSalesforceId } from "./salesforce-id.ts";
import { recordPage } from "./salesforce-order-api.ts";
import { graphNodesMax, sendGraph } from "./send-graph.ts";
import { soqlText } from "./soql.ts";

interface Opening {
  readonly renewal: RenewalDeal;
  /** The stage it begins with. */
  readonly stage: string;
  readonly config: SalesforceConfig;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}

const line = z.looseObject({
  PricebookEntryId: z.string().nullable(),
  Quantity: decimalText.nullable(),
  UnitPrice: decimalText.nullable(),
  Discount: decimalText.nullable(),
});
const wonOpportunity = z.looseObject({
  AccountId: z.string().nullable(),
  OwnerId: z.string().nullable(),
  Pricebook2Id: z.string().nullable(),
  CurrencyIsoCode: z.string().nullish(),
  OpportunityLineItems: z.looseObject({ done: z.boolean(), records: z.array(line) }).nullable(),
});
type WonOpportunity = z.output<typeof wonOpportunity>;

/**
 * The won opportunity once more, open, with its products from the day after: in one graph, so there
 * is never one without its products. Our id stands in a unique field: of two attempts at once one is
 * refused as a duplicate, and finds what the other made.
 */
export async function openRenewalOpportunity(opening: Opening): Promise<OpenedDeal> {
  const { renewal, client, context } = opening;
  const standing = await findRenewal(opening);
  if (standing !== null) return { dealId: standing, wasThere: true };
  const nodes = toNodes(opening, await readWon(opening));
  const what = `Opening the renewal of order ${renewal.orderId}`;
  let wasThere = false;
  try {
    await sendGraph({ nodes, what, recordOf: () => renewal.name, client, context });
  } catch (error) {
    if (!isConnectorError(error) || error.detail.category !== "duplicate") throw error;
    wasThere = true;
  }
  const opened = await findRenewal(opening);
  if (opened !== null) return { dealId: opened, wasThere };
  throw connectorFailure({
    category: "outcome_unknown",
    message: `${what}: Salesforce carried it out, and does not show it. Check that the connection's user sees the opportunities it makes.`,
  });
}

async function findRenewal({ renewal, config, client, context }: Opening): Promise<string | null> {
  const field = renewalField(config.fieldPrefix);
  const soql = `SELECT Id FROM Opportunity WHERE ${field} = ${soqlText(renewal.orderId)}`;
  const value = await client.query(soql, context);
  const what = `Looking for the renewal of order ${renewal.orderId}`;
  const [found] = parseShape({ schema: recordPage, value, what }).records;
  return found?.Id ?? null;
}

async function readWon({ renewal, config, client, context }: Opening): Promise<WonOpportunity> {
  const term = lineTermField(config);
  const lineFields = [
    "PricebookEntryId",
    "Quantity",
    "UnitPrice",
    "Discount",
    ...(term === null ? [] : [term]),
  ];
  const fields = [
    "AccountId",
    "OwnerId",
    "Pricebook2Id",
    ...(config.isMultiCurrency ? ["CurrencyIsoCode"] : []),
    `(SELECT ${lineFields.join(", ")} FROM OpportunityLineItems ORDER BY Id)`,
  ];
  const id = toSalesforceId(renewal.dealId);
  const soql = `SELECT ${fields.join(", ")} FROM Opportunity WHERE Id = ${soqlText(id ?? "")}`;
  const what = `Reading opportunity ${renewal.dealId}`;
  const schema = z.looseObject({ records: z.array(wonOpportunity) });
  const [won] =
    id === null
      ? []
      : parseShape({ schema, value: await client.query(soql, context), what }).records;
  if (won === undefined) {
    throw connectorFailure({
      category: "not_found",
      message: `${what}: it is not there, so there is nothing to renew from.`,
      where: { record: `Opportunity ${renewal.dealId}`, field: "Id" },
    });
  }
  const { done = true, records = [] } = won.OpportunityLineItems ?? {};
  if (done && records.length < graphNodesMax) return won;
  throw connectorFailure({
    category: "validation",
    message: `${what}: it has more products than the ${graphNodesMax - 1} that Salesforce makes as a whole. Open its renewal by hand.`,
    where: { record: `Opportunity ${renewal.dealId}`, field: "Products" },
  });
}

function toNodes({ renewal, stage, config }: Opening, won: WonOpportunity): readonly GraphNode[] {
  const term = lineTermField(config);
  const currency = won.CurrencyIsoCode ?? null;
  const deal: GraphNode = {
    method: "POST",
    path: "/sobjects/Opportunity",
    referenceId: "deal",
    body: {
      Name: renewal.name.slice(0, 120),
      StageName: stage,
      CloseDate: renewal.closesOn,
      AccountId: won.AccountId,
      ...(won.OwnerId === null ? {} : { OwnerId: won.OwnerId }),
      ...(won.Pricebook2Id === null ? {} : { Pricebook2Id: won.Pricebook2Id }),
      ...(currency === null ? {} : { CurrencyIsoCode: currency }),
      [renewalField(config.fieldPrefix)]: renewal.orderId,
    },
  };
  const lines = (won.OpportunityLineItems?.records ?? []).map((one, at): GraphNode => {
    const months =
      term === null
        ? null
        : parseShape({
            schema: decimalText.nullable(),
            value: one[term] ?? null,
            what: `Reading the lines of opportunity ${renewal.dealId}, ${term}`,
          });
    return {
      method: "POST",
      path: "/sobjects/OpportunityLineItem",
      referenceId: `line_${at}`,
      body: {
        OpportunityId: "@{deal.id}",
        PricebookEntryId: one.PricebookEntryId,
        Quantity: toSalesforceNumber(one.Quantity ?? "1"),
        UnitPrice: toSalesforceNumber(one.UnitPrice ?? "0"),
        ...(one.Discount === null ? {} : { Discount: toSalesforceNumber(one.Discount) }),
        ServiceDate: renewal.startsOn,
        ...(term === null || months === null ? {} : { [term]: toSalesforceNumber(months) }),
      },
    };
  });
  return [deal, ...lines];
}
