import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import { fromHubSpotError, hubspotError } from "./hubspot-failure.ts";
import type { ObjectName } from "./read-records.ts";

/** The other end of a link. */
export interface HubSpotLink {
  readonly id: string;
  /** The company of a deal that counts where there are several. */
  readonly isPrimary: boolean;
}

/** Batch reads of associations take this many inputs. */
const inputsMax = 1_000;
/** Ends come in pages; a deal with more than this many pages of lines is none. */
const pagesMax = 50;

/** HubSpot's own types of the primary company, deal to company and back. */
const primaryTypeIds: readonly number[] = [5, 6];

const associationsAnswer = z.looseObject({
  results: z.array(
    z.looseObject({
      // The SDK's name for `from`, which is a word of some of its languages.
      _from: z.looseObject({ id: z.string() }),
      to: z.array(
        z.looseObject({
          // A number on the wire of this one API, text in the SDK's model.
          toObjectId: z.union([z.string(), z.int()]).transform(String),
          associationTypes: z.array(z.looseObject({ typeId: z.int() })).default([]),
        }),
      ),
      paging: z.looseObject({ next: z.looseObject({ after: z.string() }).nullish() }).nullish(),
    }),
  ),
  errors: z.array(hubspotError).nullish(),
});

/**
 * What records are linked with, by id. A record without links is reported by HubSpot as an error of
 * a code of its own: that one is an empty list. Any other error fails the read, since a deal that
 * lost its lines on the way here would be fulfilled without them.
 */
export async function readAssociations(input: {
  readonly from: ObjectName;
  readonly to: ObjectName;
  readonly ids: readonly string[];
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<ReadonlyMap<string, readonly HubSpotLink[]>> {
  const { from, to, ids, client, context } = input;
  const links = new Map<string, HubSpotLink[]>();
  let inputs: { readonly id: string; readonly after?: string }[] = ids.map((id) => ({ id }));
  for (let page = 0; inputs.length > 0; page += 1) {
    if (page >= pagesMax) throw tooMany(from, to);
    const next: { readonly id: string; readonly after: string }[] = [];
    for (let at = 0; at < inputs.length; at += inputsMax) {
      const chunk = inputs.slice(at, at + inputsMax);
      for (const one of await readChunk({ from, to, inputs: chunk, client, context })) {
        links.set(one.id, [...(links.get(one.id) ?? []), ...one.links]);
        if (one.after !== null) next.push({ id: one.id, after: one.after });
      }
    }
    inputs = next;
  }
  return links;
}

async function readChunk(input: {
  readonly from: ObjectName;
  readonly to: ObjectName;
  readonly inputs: { readonly id: string; readonly after?: string }[];
  readonly client: HubSpotClient;
  readonly context: CallContext;
}) {
  const { from, to, inputs, client, context } = input;
  const what = `Reading the ${to.replace("_", " ")} of ${from.replace("_", " ")}`;
  const value = await client.call(
    { what, isWrite: false, run: ({ associations }) => associations.getPage(from, to, { inputs }) },
    context,
  );
  const { results, errors } = parseShape({ schema: associationsAnswer, value, what });
  for (const item of errors ?? []) {
    if (String(item.subCategory).endsWith("NO_ASSOCIATIONS_FOUND")) continue;
    throw fromHubSpotError({ item, status: 207, isWrite: false, what, record: null });
  }
  const asked = new Set(inputs.map(({ id }) => id));
  const stranger = results.find((result) => !asked.has(result._from.id));
  if (stranger !== undefined) throw notAsked(what, stranger._from.id);
  return results.map((result) => ({
    id: result._from.id,
    links: result.to.map(({ toObjectId, associationTypes }) => ({
      id: toObjectId,
      isPrimary: associationTypes.some(({ typeId }) => primaryTypeIds.includes(typeId)),
    })),
    after: result.paging?.next?.after ?? null,
  }));
}

function tooMany(from: string, to: string) {
  return connectorFailure({
    category: "schema_drift",
    message: `Reading the ${to} of ${from}: more than ${pagesMax} pages; expected an end.`,
  });
}

/** Passed over, it would leave the one it stands for without links. */
function notAsked(what: string, id: string) {
  return connectorFailure({
    category: "schema_drift",
    message: `${what}: HubSpot answered for ${id.slice(0, 40)}, which was not asked for.`,
  });
}
