import type { RecentChanges } from "@usher/connector-sdk/reading";
import type { CallContext, Checkpoint, DealChange, DealPage } from "@usher/connector-sdk/spec";
import {
  beginning,
  beginningAgain,
  fromTheBeginning,
  type HubSpotCheckpoint,
  readCheckpoint,
} from "./hubspot-checkpoint.ts";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { statusProperties } from "./hubspot-properties.ts";
import { type HubSpotRecord, valueIn } from "./hubspot-records.ts";
import { readAssociations } from "./read-associations.ts";
import { latestOffset, readJournal } from "./read-journal.ts";
import { readRecords } from "./read-records.ts";
import { searchPage } from "./search-page.ts";

export interface ReadChangesInput {
  readonly checkpoint: Checkpoint | null;
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly recent: RecentChanges;
  readonly now: () => number;
  readonly context: CallContext;
}

type Reading = Omit<ReadChangesInput, "checkpoint">;

interface Step {
  readonly changes: readonly DealChange[];
  readonly next: HubSpotCheckpoint;
  readonly hasMore: boolean;
  readonly isFullRead?: boolean;
}

/**
 * One page of deals that are won, or that have an order already (so that one which is opened again
 * is seen). By search, or from the journal once a search has read what was there before.
 */
export async function readDealChanges(input: ReadChangesInput): Promise<DealPage> {
  const { recent, now } = input;
  const given = readCheckpoint({ checkpoint: input.checkpoint, nowMs: now() });
  recent.begin(input.checkpoint);
  const step = await readStep(given, input);
  const changes = step.changes.filter((change) => !recent.isStored(change));
  const page: DealPage = {
    changes,
    checkpoint: { ...step.next, reads: changes.length === 0 ? given.reads : given.reads + 1 },
    hasMore: step.hasMore,
    ...(step.isFullRead === true ? { isFullRead: true } : {}),
  };
  recent.offered(page);
  return page;
}

async function readStep(at: HubSpotCheckpoint, reading: Reading): Promise<Step> {
  const { config, context } = reading;
  if (at.phase === "line_items") return readLinePage(at, reading);
  if (at.phase === "journal" && config.changes === "journal") return readJournalStep(at, reading);
  const isFirst = at.from === fromTheBeginning.from && at.until === null;
  if (config.changes === "journal" && isFirst) {
    // The journal's end is noted before the search begins, so that nothing falls between the two.
    const offset = await latestOffset({ ...reading, context });
    return readDealPage({ ...at, offset }, reading);
  }
  return readDealPage({ ...at, phase: "deals" }, reading);
}

async function readDealPage(at: HubSpotCheckpoint, reading: Reading): Promise<Step> {
  const { config, client, context } = reading;
  const { orderId } = statusProperties(config.propertyPrefix);
  const began = at.until ?? toIso(client.serverNowMs());
  const { records, isLast } = await searchPage({
    object: "deals",
    at,
    needs: [
      { property: "hs_is_closed_won", is: "true" },
      { property: orderId, isThere: true },
    ],
    pageSize: config.pageSize,
    client,
    context,
  });
  const changes = records.map((record) => ({
    dealId: record.id,
    version: valueIn(record, "hs_lastmodifieddate"),
  }));
  // Before the first answer the server's clock was not known, and ours may be ahead of it.
  const until = at.until ?? earlier(began, toIso(client.serverNowMs()));
  if (!isLast) {
    const lastId = records.at(-1)?.id ?? at.lastId;
    return { changes, next: { ...at, until, lastId }, hasMore: true };
  }
  // In a first pass every deal was announced just now, and is read with the lines it has by then.
  return at.from === beginning
    ? { changes, ...endOfPass({ ...at, until }, reading) }
    : { changes, next: { ...at, until, phase: "line_items", lastId: "" }, hasMore: true };
}

/**
 * An edit of a line that leaves the deal's amount, such as another start, does not touch the deal.
 * Such lines are looked for themselves; one that is older than its deal was announced with it.
 */
async function readLinePage(at: HubSpotCheckpoint, reading: Reading): Promise<Step> {
  const { config, client, context } = reading;
  const { pageSize } = config;
  const { records, isLast } = await searchPage({
    object: "line_items",
    at,
    needs: [],
    pageSize,
    client,
    context,
  });
  const changes = await dealsOfLines(records, reading);
  if (!isLast) {
    const lastId = records.at(-1)?.id ?? at.lastId;
    return { changes, next: { ...at, lastId }, hasMore: true };
  }
  return { changes, ...endOfPass(at, reading) };
}

async function dealsOfLines(
  lines: readonly HubSpotRecord[],
  { config, client, context }: Reading,
): Promise<readonly DealChange[]> {
  if (lines.length === 0) return [];
  const ids = lines.map(({ id }) => id);
  const links = await readAssociations({ from: "line_items", to: "deals", ids, client, context });
  const dealIds = [...links.values()].flat().map(({ id }) => id);
  const { orderId } = statusProperties(config.propertyPrefix);
  const deals = await readRecords({
    object: "deals",
    ids: dealIds,
    names: { own: ["hs_lastmodifieddate", "hs_is_closed_won"], custom: [orderId] },
    client,
    context,
  });
  const changes = new Map<string, DealChange>();
  for (const line of lines) {
    const stamp = valueIn(line, "hs_lastmodifieddate");
    for (const { id } of links.get(line.id) ?? []) {
      const deal = deals.get(id);
      if (deal === undefined || stamp <= valueIn(deal, "hs_lastmodifieddate")) continue;
      const isWanted =
        valueIn(deal, "hs_is_closed_won") === "true" || valueIn(deal, orderId) !== "";
      const held = changes.get(id);
      const version = `${stamp}/${line.id}`;
      if (isWanted && (held === undefined || held.version < version)) {
        changes.set(id, { dealId: id, version });
      }
    }
  }
  return [...changes.values()];
}

/** The next pass begins when this one began, less the overlap: a search may find a record late. */
function endOfPass(
  at: HubSpotCheckpoint,
  { config, client }: Reading,
): Pick<Step, "next" | "hasMore"> {
  const untilMs = at.until === null ? client.serverNowMs() : Date.parse(at.until);
  const from = toIso(Math.max(Date.parse(at.from), untilMs - config.overlapSeconds * 1000));
  const isJournal = config.changes === "journal";
  return {
    next: { ...at, from, until: null, phase: isJournal ? "journal" : "deals", lastId: "" },
    // What the journal holds since the pass began is read at once.
    hasMore: isJournal,
  };
}

/** The journal keeps three days; what is older than this is asked for otherwise, with a day to spare. */
const emptyJournalMsMax = 2 * 24 * 60 * 60 * 1_000;

async function readJournalStep(at: HubSpotCheckpoint, reading: Reading): Promise<Step> {
  const { config, client, context } = reading;
  if (at.offset === null && client.serverNowMs() - Date.parse(at.from) > emptyJournalMsMax) {
    // A journal that was empty gave no position, so nothing would say what it has forgotten since.
    context.log({ message: "the journal was empty for days: changes since are read by search" });
    const offset = await latestOffset({ config, client, context });
    return readDealPage({ ...at, phase: "deals", offset }, reading);
  }
  const read = await readJournal({ offset: at.offset, config, client, context });
  switch (read.kind) {
    case "end":
      return { changes: [], next: at, hasMore: false };
    case "entry": {
      const overlapMs = config.overlapSeconds * 1000;
      const from = toIso(Math.max(Date.parse(at.from), read.publishedMs - overlapMs));
      return { changes: read.changes, next: { ...at, from, offset: read.offset }, hasMore: true };
    }
    case "expired": {
      context.log({
        message: "the journal no longer has our position: everything is read by search",
      });
      const offset = await latestOffset({ config, client, context });
      return {
        changes: [],
        next: { ...fromTheBeginning, from: beginningAgain, reads: at.reads, offset },
        hasMore: true,
        isFullRead: true,
      };
    }
  }
}

function toIso(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString();
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}
