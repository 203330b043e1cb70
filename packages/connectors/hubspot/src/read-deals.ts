import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import type { Deal } from "@usher/entitlement-core/deal";
import {
  companyPropertiesRead,
  dealPropertiesRead,
  fromHubSpotDeal,
  linePropertiesRead,
} from "./from-hubspot-deal.ts";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import type { HubSpotOwners } from "./hubspot-owners.ts";
import { type HubSpotRecord, toRecordId, valueIn } from "./hubspot-records.ts";
import { type HubSpotLink, readAssociations } from "./read-associations.ts";
import { readRecords } from "./read-records.ts";

const dealsPerReadMax = 200;

/**
 * Deals with company, people and lines: for 200 deals, two calls each for deals and links, one for
 * each hundred lines and companies. An id that is not there any more, or never was one, is missing
 * from the answer. A line that is linked but cannot be read fails the read: without it the deal
 * would be another one.
 */
export async function readDeals(input: {
  readonly dealIds: readonly string[];
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly owners: HubSpotOwners;
  readonly context: CallContext;
}): Promise<readonly Deal[]> {
  const { dealIds, config, client, owners, context } = input;
  if (dealIds.length > dealsPerReadMax) {
    throw connectorFailure({
      category: "validation",
      message: `At most ${dealsPerReadMax} deals are read at once, asked for ${dealIds.length}.`,
    });
  }
  const wanted = [...new Set(dealIds.map(toRecordId))].filter((id) => id !== null);
  if (wanted.length === 0) return [];
  const deals = await readRecords({
    object: "deals",
    ids: wanted,
    names: dealPropertiesRead(config),
    client,
    context,
  });
  const ids = [...deals.keys()];
  if (ids.length === 0) return [];
  const ownerIds = [...deals.values()].map((deal) => valueIn(deal, "hubspot_owner_id"));
  const [lineLinks, companyLinks, people] = await Promise.all([
    readAssociations({ from: "deals", to: "line_items", ids, client, context }),
    readAssociations({ from: "deals", to: "companies", ids, client, context }),
    owners.load(
      ownerIds.filter((id) => id !== ""),
      context,
    ),
  ]);
  const companyIds = new Map(ids.map((id) => [id, companyOf(companyLinks.get(id) ?? [])]));
  const [lines, companies] = await Promise.all([
    readRecords({
      object: "line_items",
      ids: [...lineLinks.values()].flat().map(({ id }) => id),
      names: linePropertiesRead,
      client,
      context,
    }),
    readRecords({
      object: "companies",
      ids: [...companyIds.values()].filter((id) => id !== null),
      names: { own: companyPropertiesRead },
      client,
      context,
    }),
  ]);
  return [...deals.values()].map((deal) =>
    fromHubSpotDeal({
      parts: {
        deal,
        company: companies.get(companyIds.get(deal.id) ?? "") ?? null,
        lines: linesOf({ deal, links: lineLinks.get(deal.id) ?? [], lines }),
      },
      config,
      owners: people,
    }),
  );
}

/** The primary company, or the only one. Of several without a primary one nobody can say which it is. */
function companyOf(links: readonly HubSpotLink[]): string | null {
  const primary = links.find(({ isPrimary }) => isPrimary);
  return primary?.id ?? (links.length === 1 ? (links[0]?.id ?? null) : null);
}

/** In the order of their ids: the order of links is no promise. */
function linesOf(input: {
  readonly deal: HubSpotRecord;
  readonly links: readonly HubSpotLink[];
  readonly lines: ReadonlyMap<string, HubSpotRecord>;
}): readonly HubSpotRecord[] {
  const { deal, links, lines } = input;
  return [...new Set(links.map(({ id }) => id))].sort(byNumber).map((id) => {
    const line = lines.get(id);
    if (line !== undefined) return line;
    // It may have been removed in between; then the next attempt no longer finds the link.
    throw connectorFailure({
      category: "transient",
      message: `Reading deal ${deal.id}: its line item ${id} is linked, but could not be read.`,
    });
  });
}

function byNumber(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}
