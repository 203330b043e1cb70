import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext, DealChange } from "@usher/connector-sdk/spec";
import { afterPage, afterPass, type SalesforceCheckpoint } from "./salesforce-checkpoint.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { statusFields } from "./salesforce-fields.ts";
import { salesforceChangePage } from "./salesforce-opportunity-api.ts";
import { soqlText } from "./soql.ts";

export interface PolledPage {
  readonly changes: readonly DealChange[];
  readonly next: SalesforceCheckpoint;
  readonly hasMore: boolean;
  /** True when rows of the running second were left for a read that comes soon. */
  readonly isCut: boolean;
}

const what = "Reading changed opportunities";

/**
 * One page of opportunities that are won, or that have an order already (so that one which is
 * opened again is seen). Each page is a query of its own from a stable position: a query locator
 * would expire after two days and does not survive a restart.
 */
export async function pollOpportunities(input: {
  readonly at: SalesforceCheckpoint;
  readonly config: SalesforceConfig;
  readonly client: SalesforceClient;
  readonly now: () => number;
  readonly context: CallContext;
}): Promise<PolledPage> {
  const { at, config, client, now, context } = input;
  const askedMs = now();
  const answer = await client.query(changesQuery({ at, config }), context);
  const { records, done } = parseShape({ schema: salesforceChangePage, value: answer, what });
  // Stamps are the server's, so what is over is reckoned by its clock, as of the moment we asked.
  const serverAskedMs = (client.serverNowMs() ?? now()) - (now() - askedMs);
  const settledStamp = new Date(serverAskedMs - config.overlapSeconds * 1000).toISOString();
  const shown = records.map((row) => ({ stamp: row.SystemModstamp, id: row.Id }));
  const rows = shown.filter(({ stamp }) => isSecondOver({ stamp, serverAskedMs }));
  const last = rows.at(-1) ?? null;
  // A page may be shorter than asked for and yet not the last one.
  const isCut = rows.length < shown.length;
  const hasMore = !isCut && (!done || shown.length >= config.pageSize);
  if (hasMore && (last === null || !isBehind(last, at))) throw notAdvancing();
  const next =
    hasMore && last !== null
      ? afterPage({ at, last, settledStamp })
      : afterPass({ at, last, settledStamp });
  const changes = rows.map((row) => ({ dealId: row.id, version: row.stamp }));
  return { changes, next, hasMore, isCut };
}

function changesQuery(input: {
  readonly at: SalesforceCheckpoint;
  readonly config: SalesforceConfig;
}): string {
  const { at, config } = input;
  const orderId = statusFields(config.fieldPrefix).orderId;
  const behind =
    at.id === ""
      ? `SystemModstamp >= ${at.stamp}`
      : `(SystemModstamp > ${at.stamp} OR (SystemModstamp = ${at.stamp} AND Id > ${soqlText(at.id)}))`;
  return [
    "SELECT Id, SystemModstamp FROM Opportunity",
    `WHERE (IsWon = true OR ${orderId} != null) AND ${behind}`,
    `ORDER BY SystemModstamp ASC, Id ASC LIMIT ${config.pageSize}`,
  ].join(" ");
}

/**
 * Stamps have whole seconds, so a record saved twice within one has one stamp for both. A row is
 * left for the next read until its second is over: announced before, its second edit would look
 * like a version that is known.
 */
function isSecondOver(input: { readonly stamp: string; readonly serverAskedMs: number }): boolean {
  return Date.parse(input.stamp) + 1_000 <= input.serverAskedMs;
}

function isBehind(
  row: { readonly stamp: string; readonly id: string },
  at: SalesforceCheckpoint,
): boolean {
  return row.stamp > at.stamp || (row.stamp === at.stamp && row.id !== at.id);
}

function notAdvancing() {
  return connectorFailure({
    category: "schema_drift",
    message: `${what}: the page does not lead beyond the checkpoint; expected rows ordered by SystemModstamp and Id. Reading on would never end.`,
  });
}
