import { parseShape } from "@usher/connector-sdk/http";
import { type CallContext, type DealChange, isConnectorError } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { readAssociations } from "./read-associations.ts";

export type JournalRead =
  | {
      readonly kind: "entry";
      readonly changes: readonly DealChange[];
      readonly offset: string;
      readonly publishedMs: number;
    }
  /** Nothing new. */
  | { readonly kind: "end" }
  /** The journal keeps three days; our position is older, or was never there. */
  | { readonly kind: "expired" };

interface JournalInput {
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}

/** @see https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide */
const entry = z.looseObject({ url: z.string(), currentOffset: z.string().min(1).max(200) });

const file = z.looseObject({
  journalEvents: z.array(
    z.looseObject({
      action: z.string(),
      objectTypeId: z.string().optional(),
      objectId: z.union([z.int(), z.string()]).transform(String).optional(),
      occurredAt: z.string(),
      portalId: z.union([z.int(), z.string()]).transform(String).optional(),
      propertyChanges: z.record(z.string(), z.unknown()).nullish(),
    }),
  ),
  publishedAt: z.string(),
});

export const dealTypeId = "0-3";
export const lineItemTypeId = "0-8";

/** The entry behind `offset` (null: the first there is), as deals to read again. */
export async function readJournal(
  input: JournalInput & { readonly offset: string | null },
): Promise<JournalRead> {
  const { offset, config, client, context } = input;
  const path = offset === null ? "/earliest" : `/offset/${encodeURIComponent(offset)}/next`;
  const found = await getEntry(path, input);
  if (found === "none") return { kind: "end" };
  if (found === "expired") return offset === null ? { kind: "end" } : { kind: "expired" };
  const what = "Reading a file of the journal";
  const value = await client.journalFile(found.url, context);
  const { journalEvents, publishedAt } = parseShape({ schema: file, value, what });
  const own = journalEvents.filter(
    ({ portalId }) => portalId === undefined || portalId === String(config.portalId),
  );
  const publishedMs = Date.parse(publishedAt);
  return {
    kind: "entry",
    offset: found.currentOffset,
    publishedMs: Number.isNaN(publishedMs) ? 0 : publishedMs,
    changes: await toChanges(own, input),
  };
}

/** Where the journal ends now; null while it is empty. */
export async function latestOffset(input: JournalInput): Promise<string | null> {
  const found = await getEntry("/latest", input);
  return typeof found === "string" ? null : found.currentOffset;
}

async function getEntry(path: string, { config, client, context }: JournalInput) {
  const full = `/journal-local/2026-03${path}?installPortalId=${config.portalId}`;
  try {
    const value = await client.journal({ method: "GET", path: full }, context);
    if (value === null) return "none";
    return parseShape({ schema: entry, value, what: "Reading the journal" });
  } catch (error) {
    if (isConnectorError(error) && error.detail.category === "not_found") return "expired";
    throw error;
  }
}

type JournalEvent = z.output<typeof file>["journalEvents"][number];

/** One change a deal, its newest; a line's change is its deal's. Our own status properties concern nobody. */
async function toChanges(
  events: readonly JournalEvent[],
  { config, client, context }: JournalInput,
): Promise<readonly DealChange[]> {
  const changes = new Map<string, DealChange>();
  const lines = new Map<string, string>();
  for (const event of events) {
    const { objectId, objectTypeId, occurredAt } = event;
    if (objectId === undefined || isEcho(event, config.propertyPrefix)) continue;
    if (objectTypeId === dealTypeId) put(changes, objectId, occurredAt);
    if (objectTypeId === lineItemTypeId) lines.set(objectId, occurredAt);
  }
  if (lines.size > 0) {
    const ids = [...lines.keys()];
    const links = await readAssociations({ from: "line_items", to: "deals", ids, client, context });
    for (const [lineId, ends] of links) {
      for (const { id } of ends) put(changes, id, `${lines.get(lineId) ?? ""}/${lineId}`);
    }
  }
  return [...changes.values()];
}

function put(changes: Map<string, DealChange>, dealId: string, version: string): void {
  const held = changes.get(dealId);
  if (held === undefined || held.version < version) changes.set(dealId, { dealId, version });
}

/** True for a change of nothing but properties that the hub itself writes. */
function isEcho(
  event: { readonly propertyChanges?: Readonly<Record<string, unknown>> | null | undefined },
  prefix: string,
): boolean {
  const names = Object.keys(event.propertyChanges ?? {});
  return names.length > 0 && names.every((name) => name.startsWith(`${prefix}_`));
}
