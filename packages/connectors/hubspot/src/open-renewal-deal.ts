import { AssociationSpecAssociationCategoryEnum } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorErrorCategory,
  isConnectorError,
  type OpenedDeal,
  type RenewalDeal,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import { lineSaleProperties } from "./from-hubspot-deal.ts";
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

/** What a unique value that is taken may come back as. */
const refusals: readonly ConnectorErrorCategory[] = ["duplicate", "validation", "conflict_locked"];

const dealNames = { own: ["dealname", "hubspot_owner_id"], custom: ["deal_currency_code"] };
const renewalNames = { own: ["dealstage"] };
/**
 * The won deal once more, in an open stage, with its company and lines. HubSpot makes a deal and its
 * lines in two calls, each as a whole or not at all; our id stands in a property with unique values,
 * so a deal whose lines are missing (an attempt died in between) is found again and given them, while
 * it stands where it began. Two attempts at once make one deal; that its lines are not doubled is the
 * caller's to see to, who asks one at a time.
 */
export async function openRenewalDeal(opening: Opening): Promise<OpenedDeal> {
  const standing = await findRenewal(opening);
  if (standing !== null) return finished(opening, standing);
  const { renewal } = opening;
  const [won] = (await read(opening, "deals", [renewal.dealId], dealNames)).values();
  if (won === undefined) {
    throw connectorFailure({
      category: "not_found",
      message: `Opening the renewal of order ${renewal.orderId}: deal ${renewal.dealId} is not there, so there is nothing to renew from.`,
      where: { record: `Deal ${renewal.dealId}`, field: "id" },
    });
  }
  const lines = await readLines(opening);
  let dealId: string;
  try {
    dealId = await createDeal(opening, won);
  } catch (error) {
    // No page says how HubSpot refuses a unique value that is taken; whether there is a renewal now does.
    const isRefused = isConnectorError(error) && refusals.includes(error.detail.category);
    const other = isRefused ? await findRenewal(opening) : null;
    if (other === null) throw error;
    return finished(opening, other);
  }
  await createLines(opening, dealId, lines);
  return { dealId, wasThere: false };
}

/** One that stands is given its lines, unless it has some or people have moved it on. */
async function finished(opening: Opening, renewal: HubSpotRecord): Promise<OpenedDeal> {
  const isNew = valueIn(renewal, "dealstage") === opening.start.stage;
  if (isNew && (await linked(opening, "line_items", renewal.id)).length === 0) {
    await createLines(opening, renewal.id, await readLines(opening));
  }
  return { dealId: renewal.id, wasThere: true };
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

async function createDeal(opening: Opening, won: HubSpotRecord): Promise<string> {
  const { renewal, start, config } = opening;
  const companies = await linked(opening, "companies", won.id);
  const company = companies.find(({ isPrimary }) => isPrimary) ?? companies[0];
  const currency = valueIn(won, "deal_currency_code");
  const owner = valueIn(won, "hubspot_owner_id");
  const [dealId] = await create(opening, "deals", [
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
  if (dealId !== undefined) return dealId;
  throw connectorFailure({
    category: "outcome_unknown",
    message: `Opening the renewal of order ${renewal.orderId}: HubSpot took it, and does not say as which deal.`,
  });
}

async function readLines(opening: Opening): Promise<readonly HubSpotRecord[]> {
  const { dealId } = opening.renewal;
  const ids = (await linked(opening, "line_items", dealId)).map(({ id }) => id);
  if (ids.length > recordsPerCallMax) {
    throw connectorFailure({
      category: "validation",
      message: `Opening the renewal of order ${opening.renewal.orderId}: deal ${dealId} has ${ids.length} line items, more than the ${recordsPerCallMax} that HubSpot makes as a whole. Open its renewal by hand.`,
      where: { record: `Deal ${dealId}`, field: "Line items" },
    });
  }
  return [...(await read(opening, "line_items", ids, lineSaleProperties)).values()];
}

async function createLines(
  opening: Opening,
  dealId: string,
  lines: readonly HubSpotRecord[],
): Promise<void> {
  if (lines.length === 0) return;
  await create(
    opening,
    "line_items",
    lines.map((line) => ({
      properties: {
        ...filled(line),
        hs_recurring_billing_start_date: opening.renewal.startsOn,
      },
      link: { to: dealId, typeId: lineItemToDeal },
    })),
  );
}

function filled(line: HubSpotRecord): Record<string, string> {
  const names = [...lineSaleProperties.own, ...lineSaleProperties.custom];
  return Object.fromEntries(
    names.map((name) => [name, valueIn(line, name)] as const).filter(([, value]) => value !== ""),
  );
}

/**
 * All of the records, or none: they carry no `objectWriteTraceId`, with which each could fail alone.
 * Returns their ids.
 * @see https://developers.hubspot.com/docs/api-reference/error-handling
 */
async function create(
  { renewal, client, context }: Opening,
  object: ObjectName,
  records: readonly {
    readonly properties: Record<string, string>;
    readonly link: { readonly to: string; readonly typeId: number } | null;
  }[],
): Promise<readonly string[]> {
  const what = `Opening the renewal of order ${renewal.orderId}, its ${object.replace("_", " ")}`;
  const value = await client.call(
    {
      what,
      isWrite: true,
      run: ({ batch }) =>
        batch.create(object, {
          inputs: records.map(({ properties, link }) => ({
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
  const schema = z.looseObject({
    results: z.array(z.looseObject({ id: z.string() })),
    errors: z.array(hubspotError).nullish(),
  });
  const { results, errors } = parseShape({ schema, value, what });
  const [item] = errors ?? [];
  if (item === undefined) return results.map(({ id }) => id);
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
