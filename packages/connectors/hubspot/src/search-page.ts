import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import type { HubSpotCheckpoint } from "./hubspot-checkpoint.ts";
import type { HubSpotClient } from "./hubspot-client.ts";
import { type HubSpotRecord, hubspotRecordList, parseRecord } from "./hubspot-records.ts";

/** What a record must be besides changed in time: any one of these. */
export type SearchNeed =
  | { readonly property: string; readonly is: string }
  | { readonly property: string; readonly isThere: true };

/** Of each record: the rest is read when the deal is. */
const asked = { own: ["hs_lastmodifieddate"] } as const;

export interface SearchPage {
  /** By ascending id, all behind the one the page was asked to begin behind. */
  readonly records: readonly HubSpotRecord[];
  readonly isLast: boolean;
}

/**
 * One page of records that changed since `at.from`, behind `at.lastId`. Each page is a search of its
 * own from a stable position and never HubSpot's `after`: that ends at 10,000 results with a 400,
 * and would shift with each record that changes meanwhile.
 */
export async function searchPage(input: {
  readonly object: "deals" | "line_items";
  readonly at: HubSpotCheckpoint;
  readonly needs: readonly SearchNeed[];
  readonly pageSize: number;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<SearchPage> {
  const { object, at, needs, pageSize, client, context } = input;
  const what = `Searching changed ${object.replace("_", " ")}`;
  const changed = [
    {
      propertyName: "hs_lastmodifieddate",
      operator: FilterOperatorEnum.Gte,
      value: String(Date.parse(at.from)),
    },
    { propertyName: "hs_object_id", operator: FilterOperatorEnum.Gt, value: at.lastId || "0" },
  ];
  const groups = needs.length === 0 ? [[]] : needs.map((need) => [toFilter(need)]);
  const value = await client.search(
    {
      what,
      isWrite: false,
      run: ({ search }) =>
        search.doSearch(object, {
          filterGroups: groups.map((own) => ({ filters: [...own, ...changed] })),
          sorts: ["hs_object_id"],
          properties: [...asked.own],
          limit: pageSize,
        }),
    },
    context,
  );
  const { results, paging } = parseShape({ schema: hubspotRecordList, value, what });
  const records = results.map((value) => parseRecord({ object, value, names: asked }));
  let last = BigInt(at.lastId || "0");
  for (const { id } of records) {
    // Without the order the last id of a page says nothing, and records would be skipped or read forever.
    if (BigInt(id) <= last) throw outOfOrder(what, id);
    last = BigInt(id);
  }
  // A page may be shorter than asked for and yet not the last one.
  const isLast = records.length < pageSize && (paging?.next ?? null) === null;
  return { records, isLast: isLast || records.length === 0 };
}

function toFilter(need: SearchNeed) {
  return "is" in need
    ? { propertyName: need.property, operator: FilterOperatorEnum.Eq, value: need.is }
    : { propertyName: need.property, operator: FilterOperatorEnum.HasProperty };
}

function outOfOrder(what: string, id: string) {
  return connectorFailure({
    category: "schema_drift",
    message: `${what}: record ${id} does not lie behind the one before it; expected records ordered by hs_object_id. Reading on would skip some or never end.`,
  });
}
