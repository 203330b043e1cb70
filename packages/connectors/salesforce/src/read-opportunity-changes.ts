import type { RecentChanges } from "@usher/connector-sdk/reading";
import type { CallContext, Checkpoint, DealPage } from "@usher/connector-sdk/spec";
import type { BegunAtTip, ChangeEventFeed } from "./change-event-feed.ts";
import { type PolledPage, pollOpportunities } from "./poll-opportunities.ts";
import { readCheckpoint, type SalesforceCheckpoint } from "./salesforce-checkpoint.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { takeChangeEvents } from "./take-change-events.ts";

export interface ReadChangesInput {
  readonly checkpoint: Checkpoint | null;
  readonly config: SalesforceConfig;
  readonly client: SalesforceClient;
  /** Null where changes are polled for. */
  readonly feed: ChangeEventFeed | null;
  readonly recent: RecentChanges;
  readonly now: () => number;
  readonly context: CallContext;
}

/** A row of the running second is left by a pass; two seconds later it is not one any more. */
const settleMs = 2_000;

interface Step extends Omit<PolledPage, "isCut"> {
  readonly isFullRead?: boolean;
}

/**
 * One page of opportunities that are won, or that have an order already (so that one which is
 * opened again is seen). By polling; or from change events, with a pass by polling now and then and
 * whenever the events cannot be relied on. Both only say what to read again.
 */
export async function readOpportunityChanges(input: ReadChangesInput): Promise<DealPage> {
  const { recent, now } = input;
  const at = readCheckpoint({ checkpoint: input.checkpoint, nowMs: now() });
  recent.begin(input.checkpoint);
  const step = await readStep(at, input);
  const changes = step.changes.filter((change) => !recent.isStored(change));
  const page = {
    changes,
    checkpoint: { ...step.next, reads: changes.length === 0 ? at.reads : at.reads + 1 },
    hasMore: step.hasMore,
    ...(step.isFullRead === true ? { isFullRead: true } : {}),
  };
  recent.offered(page);
  return page;
}

async function readStep(at: SalesforceCheckpoint, input: ReadChangesInput): Promise<Step> {
  const { feed, config, client, now, context } = input;
  if (feed === null) return pollOpportunities({ at: { ...at, phase: "polling" }, ...input });
  if (at.phase === "polling") return pollWith(feed, at, input);
  if (isPassDue(at, config, now())) return pollWith(feed, { ...at, phase: "polling" }, input);
  const taken = await takeChangeEvents({ feed, after: at.replayId, config, client, context });
  switch (taken.kind) {
    case "events": {
      // What an event could not say is looked for at once.
      const phase = taken.isIncomplete ? "polling" : "events";
      const next = { ...at, phase, replayId: taken.replayId } as const;
      return { changes: taken.changes, next, hasMore: taken.hasMore || taken.isIncomplete };
    }
    case "expired":
      context.log({
        message:
          "Salesforce does not know our position among its change events any more (72 hours): what changed since the last pass is read by polling, and the subscription begins anew",
        since: at.stamp,
      });
      return {
        changes: [],
        next: { ...at, phase: "polling", replayId: null },
        hasMore: true,
        isFullRead: true,
      };
    case "lost":
      context.log({
        message: "no position among the change events yet: changes are read by polling first",
      });
      return { changes: [], next: { ...at, phase: "polling", replayId: null }, hasMore: true };
    case "failed": {
      context.log({
        message: "change events cannot be read: polling goes on in their place",
        category: taken.error.detail.category,
        reason: taken.error.message,
      });
      const page = await pollOpportunities({ at, ...input });
      return { ...page, next: { ...page.next, phase: page.hasMore ? "polling" : "events" } };
    }
  }
}

/**
 * A page by polling, beside the subscription. Where that has no position it begins at the tip before
 * the pass does, so that nothing falls between the two.
 */
async function pollWith(
  feed: ChangeEventFeed,
  at: SalesforceCheckpoint,
  input: ReadChangesInput,
): Promise<Step> {
  const { now, context } = input;
  const begun = at.replayId === null ? await feed.beginAtTip(context) : null;
  const beganMs = now();
  if (begun?.kind === "failed") {
    context.log({
      message: "change events cannot be subscribed to: polling goes on in their place",
      category: begun.error.detail.category,
      reason: begun.error.message,
    });
  }
  const page = await pollOpportunities({ at, ...input });
  if (page.hasMore || !isGapless({ begun, beganMs, isCut: page.isCut })) return page;
  const polledStamp = new Date(now()).toISOString();
  return { ...page, next: { ...page.next, phase: "events", polledStamp } };
}

/**
 * Whether events go on where the pass ends. A row that was saved before the subscription stood is
 * told by no event, and one that the pass left because its second was running is not read either:
 * then one more pass follows with the next call. Where there are no events polling goes on anyway.
 */
function isGapless(input: {
  readonly begun: BegunAtTip | null;
  readonly beganMs: number;
  readonly isCut: boolean;
}): boolean {
  const { begun, beganMs, isCut } = input;
  switch (begun?.kind) {
    case undefined:
    case "failed":
      return true;
    case "pending":
      return false;
    case "standing":
      return !isCut || beganMs - begun.sinceMs >= settleMs;
  }
}

function isPassDue(at: SalesforceCheckpoint, config: SalesforceConfig, nowMs: number): boolean {
  if (at.polledStamp === null) return true;
  return nowMs - Date.parse(at.polledStamp) >= config.reconcileSeconds * 1000;
}
