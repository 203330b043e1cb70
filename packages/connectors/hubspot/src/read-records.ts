import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import { fromHubSpotError, hubspotError } from "./hubspot-failure.ts";
import { type HubSpotRecord, namesOf, type PropertyNames, parseRecord } from "./hubspot-records.ts";

/** Object endpoints take this many inputs at once. */
export const recordsPerCallMax = 100;

const batchAnswer = z.looseObject({
  results: z.array(z.looseObject({ id: z.string() })),
  errors: z.array(hubspotError).nullish(),
});

export type ObjectName = "deals" | "line_items" | "companies";

/**
 * Records by id, in as many calls as it takes. A 207 resolves in the SDK like a 200, so each of its
 * errors is looked at: an id that is gone is missing from the answer, anything else fails the read.
 * So does an id that is neither answered nor reported: left out, it would look deleted.
 */
export async function readRecords(input: {
  readonly object: ObjectName;
  readonly ids: readonly string[];
  readonly names: PropertyNames;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<ReadonlyMap<string, HubSpotRecord>> {
  const { ids, ...rest } = input;
  const wanted = [...new Set(ids)];
  const chunks: string[][] = [];
  for (let from = 0; from < wanted.length; from += recordsPerCallMax) {
    chunks.push(wanted.slice(from, from + recordsPerCallMax));
  }
  const read = await Promise.all(chunks.map((chunk) => readChunk({ ...rest, ids: chunk })));
  return new Map(read.flat().map((record) => [record.id, record]));
}

async function readChunk(input: {
  readonly object: ObjectName;
  readonly ids: readonly string[];
  readonly names: PropertyNames;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<readonly HubSpotRecord[]> {
  const { object, ids, names, client, context } = input;
  const what = `Reading ${object}`;
  const value = await client.call(
    {
      what,
      isWrite: false,
      run: ({ batch }) =>
        batch.read(object, {
          inputs: ids.map((id) => ({ id })),
          properties: namesOf(names),
          propertiesWithHistory: [],
        }),
    },
    context,
  );
  const { results, errors } = parseShape({ schema: batchAnswer, value, what });
  const gone = new Set<string>();
  for (const item of errors ?? []) {
    const failure = fromHubSpotError({ item, status: 207, isWrite: false, what, record: null });
    if (failure.detail.category !== "not_found") throw failure;
    for (const id of item.context?.["ids"] ?? []) gone.add(id);
  }
  const records = results.map((record) => parseRecord({ object, value: record, names }));
  const found = new Set(records.map(({ id }) => id));
  const unsaid = ids.filter((id) => !found.has(id) && !gone.has(id));
  // Gone without its id reported, or merged: then the one it went into is answered instead.
  const isExplained = (errors ?? []).length > 0 || records.some(({ id }) => !ids.includes(id));
  if (unsaid.length > 0 && !isExplained) throw unanswered(what, unsaid);
  return records.filter(({ id }) => ids.includes(id));
}

function unanswered(what: string, ids: readonly string[]) {
  return connectorFailure({
    category: "transient",
    message: `${what}: asked for ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ` and ${ids.length - 5} more` : ""}, which were neither answered nor reported as gone.`,
  });
}
