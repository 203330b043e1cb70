import { AssociationSpecAssociationCategoryEnum } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import {
  type CallContext,
  isConnectorError,
  type OpenedDeal,
  type RenewalDeal,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { fromHubSpotError, hubspotError } from "./hubspot-failure.ts";
import { renewalProperty } from "./hubspot-properties.ts";
import { type HubSpotRecord, toRecordId, valueIn } from "./hubspot-records.ts";
import { readAssociations } from "./read-associations.ts";
import { type ObjectName, readRecords, recordsPerCallMax } from "./read-records.ts";

interface Opening {
  readonly renewal: RenewalDeal;
  /** Where it begins: ids of the portal's own. */
  readonly start: NonNullable<HubSpotConfig["renewals"]>;
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}

/** HubSpot's own types of links. @see https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide */
const dealToPrimaryCompany = 5;
const lineItemToDeal = 20;

const dealNames = { own: ["dealname", "hubspot_owner_id"], custom: ["deal_currency_code"] };
const renewalNames = { own: ["dealstage"] };
/** What a line sells and for how much; when it begins is said anew. */
const lineNames = {
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
};

/**
 * The won deal once more, in an open stage, with its company and lines. HubSpot makes a deal and its
 * lines in two calls; our id stands in a property with unique values, so a deal whose lines are
 * missing (an attempt died in between) is found again and given them, while it stands where it began.
 */
export async function openRenewalDeal(opening: Opening): Promise<OpenedDeal> {
  const { renewal } = opening;
  const standing = await findRenewal(opening);
  if (standing !== null) {
    await giveLines(opening, standing);
    return { dealId: standing.id, wasThere: true };
  }
  const [won] = (await read(opening, "deals", [renewal.dealId], dealNames)).values();
  if (won === undefined) {
    throw connectorFailure({
      category: "not_found",
      message: `Opening the renewal of order ${renewal.orderId}: deal ${renewal.dealId} is not there, so there is nothing to renew from.`,
      where: { record: `Deal ${renewal.dealId}`, field: "id" },
    });
  }
  let wasThere = false;
  try {
    await createDeal(opening, won);
  } catch (error) {
    if (!isConnectorError(error) || error.detail.category !== "duplicate") throw error;
    wasThere = true;
  }
  const opened = await findRenewal(opening);
  if (opened === null) {
    throw connectorFailure({
      category: "outcome_unknown",
      message: `Opening the renewal of order ${renewal.orderId}: HubSpot took it, and does not show it.`,
    });
  }
  await giveLines(opening, opened);
  return { dealId: opened.id, wasThere };
}

async function findRenewal(opening: Opening): Promise<HubSpotRecord | null> {
  const { renewal, config, client, context } = opening;
  const what = `Looking for the renewal of order ${renewal.orderId}`;
  const value = await client.call(
    {
      what,
      isWrite: false,
      run: ({ batch }) =>
        batch.read("deals", {
          idProperty: renewalProperty(config.propertyPrefix),
          inputs: [{ id: renewal.orderId }],
          properties: renewalNames.own,
          propertiesWithHistory: [],
        }),
    },
    context,
  );
  const schema = z.looseObject({
    results: z.array(z.looseObject({ id: z.string() })),
    errors: z.array(hubspotError).nullish(),
  });
  const { results, errors } = parseShape({ schema, value, what });
  for (const item of errors ?? []) {
    const failure = fromHubSpotError({ item, status: 207, isWrite: false, what, record: null });
    if (failure.detail.category !== "not_found") throw failure;
  }
  const id = results[0]?.id;
  if (id === undefined) return null;
  return (await read(opening, "deals", [id], renewalNames)).get(id) ?? null;
}

async function createDeal(opening: Opening, won: HubSpotRecord): Promise<void> {
  const { renewal, start, config } = opening;
  const companies = await linked(opening, "companies", won.id);
  const company = companies.find(({ isPrimary }) => isPrimary) ?? companies[0];
  const currency = valueIn(won, "deal_currency_code");
  const owner = valueIn(won, "hubspot_owner_id");
  await create(opening, "deals", [
    {
      properties: {
        dealname: renewal.name,
        pipeline: start.pipeline,
        dealstage: start.stage,
        // Noon in UTC is the same day in nearly every portal's zone.
        closedate: `${renewal.closesOn}T12:00:00.000Z`,
        [renewalProperty(config.propertyPrefix)]: renewal.orderId,
        ...(owner === "" ? {} : { hubspot_owner_id: owner }),
        ...(currency === "" ? {} : { deal_currency_code: currency }),
      },
      link: company === undefined ? null : { to: company.id, typeId: dealToPrimaryCompany },
    },
  ]);
}

async function giveLines(opening: Opening, renewal: HubSpotRecord): Promise<void> {
  const { dealId, startsOn } = opening.renewal;
  if (valueIn(renewal, "dealstage") !== opening.start.stage) return;
  if ((await linked(opening, "line_items", renewal.id)).length > 0) return;
  const ids = (await linked(opening, "line_items", dealId)).map(({ id }) => id);
  const lines = [...(await read(opening, "line_items", ids, lineNames)).values()];
  for (let from = 0; from < lines.length; from += recordsPerCallMax) {
    await create(
      opening,
      "line_items",
      lines.slice(from, from + recordsPerCallMax).map((line) => ({
        properties: { ...filled(line), hs_recurring_billing_start_date: startsOn },
        link: { to: renewal.id, typeId: lineItemToDeal },
      })),
    );
  }
}

function filled(line: HubSpotRecord): Record<string, string> {
  const names = [...lineNames.own, ...lineNames.custom];
  return Object.fromEntries(
    names.map((name) => [name, valueIn(line, name)] as const).filter(([, value]) => value !== ""),
  );
}

async function create(
  { renewal, client, context }: Opening,
  object: ObjectName,
  records: readonly {
    readonly properties: Record<string, string>;
    readonly link: { readonly to: string; readonly typeId: number } | null;
  }[],
): Promise<void> {
  const what = `Opening the renewal of order ${renewal.orderId}, its ${object.replace("_", " ")}`;
  const value = await client.call(
    {
      what,
      isWrite: true,
      run: ({ batch }) =>
        batch.create(object, {
          inputs: records.map(({ properties, link }, at) => ({
            objectWriteTraceId: `${renewal.orderId}:${at}`,
            properties,
            associations:
              link === null
                ? []
                : [
                    {
                      to: { id: link.to },
                      types: [
                        {
                          associationCategory:
                            AssociationSpecAssociationCategoryEnum.HubspotDefined,
                          associationTypeId: link.typeId,
                        },
                      ],
                    },
                  ],
          })),
        }),
    },
    context,
  );
  const schema = z.looseObject({ errors: z.array(hubspotError).nullish() });
  const [item] = parseShape({ schema, value, what }).errors ?? [];
  if (item === undefined) return;
  throw fromHubSpotError({ item, status: 207, isWrite: true, what, record: renewal.name });
}

async function read(
  { client, context }: Opening,
  object: ObjectName,
  ids: readonly string[],
  names: Parameters<typeof readRecords>[0]["names"],
): Promise<ReadonlyMap<string, HubSpotRecord>> {
  const known = ids.filter((id) => toRecordId(id) !== null);
  if (known.length === 0) return new Map();
  return readRecords({ object, ids: known, names, client, context });
}

async function linked({ client, context }: Opening, to: ObjectName, dealId: string) {
  const links = await readAssociations({ from: "deals", to, ids: [dealId], client, context });
  return links.get(dealId) ?? [];
}
