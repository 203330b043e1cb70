import { parseShape } from "@usher/connector-sdk/http";
import type { CallContext, ConnectorError, DealChange } from "@usher/connector-sdk/spec";
import type { ChangeEventFeed, ReceivedEvent } from "./change-event-feed.ts";
import type { ChangeEventHeader } from "./change-event-header.ts";
import { ownClientName, type SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { statusFields } from "./salesforce-fields.ts";
import { toSalesforceId } from "./salesforce-id.ts";
import { salesforcePage } from "./salesforce-opportunity-api.ts";
import { soqlTexts } from "./soql.ts";

export type TakenChanges =
  | {
      readonly kind: "events";
      readonly changes: readonly DealChange[];
      readonly replayId: string | null;
      readonly hasMore: boolean;
      /** An event did not say which record it is about: only a pass by polling finds it. */
      readonly isIncomplete: boolean;
    }
  | { readonly kind: "expired" }
  | { readonly kind: "lost" }
  | { readonly kind: "failed"; readonly error: ConnectorError };

const idsPerQuery = 200;

/**
 * Change events as opportunities to read again: those that are won or have an order, and those that
 * were deleted. Changes this connection itself made are left out by the client's name in their
 * origin; where somebody's automation added to one, the next pass by polling sees it.
 */
export async function takeChangeEvents(input: {
  readonly feed: ChangeEventFeed;
  readonly after: string | null;
  readonly config: SalesforceConfig;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<TakenChanges> {
  const { feed, after, context } = input;
  const taken = await feed.take({ after }, context);
  if (taken.kind !== "events") return taken;
  const hints = new Map<string, Hint>();
  let isIncomplete = false;
  for (const received of taken.events) {
    const { header } = received;
    if (header === null || namesNoRecord(header)) {
      isIncomplete = true;
      context.log({
        message: "a change event names no record: changes are looked for by polling",
        changeType: header?.changeType ?? "unreadable",
      });
      continue;
    }
    if (isEcho(header)) continue;
    for (const hint of toHints(received, header)) hints.set(hint.change.dealId, hint);
  }
  const changes = await onlyConcerning([...hints.values()], input);
  return {
    kind: "events",
    changes,
    replayId: taken.replayId,
    hasMore: taken.hasMore,
    isIncomplete,
  };
}

interface Hint {
  readonly change: DealChange;
  readonly isDeleted: boolean;
}

function toHints({ replayId }: ReceivedEvent, header: ChangeEventHeader): readonly Hint[] {
  const committed = new Date(Number(header.commitTimestamp)).toISOString();
  const isDeleted = header.changeType.endsWith("DELETE") && !header.changeType.endsWith("UNDELETE");
  return header.recordIds.flatMap((recordId) => {
    const dealId = toSalesforceId(recordId);
    if (dealId === null) return [];
    // The replay id makes it unique: two events may carry one instant.
    return [{ change: { dealId, version: `${committed}/${replayId}` }, isDeleted }];
  });
}

/**
 * An overflow event has the empty id, a conversion of a field's type a wildcard such as `006*`.
 * @see https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_other_events_overflow.htm
 */
function namesNoRecord({ changeType, recordIds }: ChangeEventHeader): boolean {
  if (changeType === "GAP_OVERFLOW" || recordIds.length === 0) return true;
  return recordIds.some((id) => toSalesforceId(id) === null);
}

function isEcho({ changeOrigin }: ChangeEventHeader): boolean {
  return changeOrigin.split(";").includes(`client=${ownClientName}`);
}

/** Most events of an org are about open deals. One query leaves them out before they are stored. */
async function onlyConcerning(
  hints: readonly Hint[],
  input: {
    readonly config: SalesforceConfig;
    readonly client: SalesforceClient;
    readonly context: CallContext;
  },
): Promise<readonly DealChange[]> {
  const { config, client, context } = input;
  const orderId = statusFields(config.fieldPrefix).orderId;
  const living = hints.filter(({ isDeleted }) => !isDeleted).map(({ change }) => change.dealId);
  const concerning = new Set<string>();
  for (let from = 0; from < living.length; from += idsPerQuery) {
    const ids = soqlTexts(living.slice(from, from + idsPerQuery));
    const soql = `SELECT Id FROM Opportunity WHERE Id IN (${ids}) AND (IsWon = true OR ${orderId} != null)`;
    const value = await client.query(soql, context);
    const page = parseShape({ schema: salesforcePage, value, what: "Narrowing change events" });
    for (const { Id } of page.records) concerning.add(Id);
  }
  return hints
    .filter(({ change, isDeleted }) => isDeleted || concerning.has(change.dealId))
    .map(({ change }) => change);
}
