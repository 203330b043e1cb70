import { connectorFailure, parseShape, toConnectorError } from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorErrorDetail,
  type DealStatus,
  isConnectorError,
  type StatusWriteResult,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import { fromHubSpotError, hubspotError } from "./hubspot-failure.ts";
import { type HubSpotStatusProperties, statusProperties } from "./hubspot-properties.ts";
import { type HubSpotRecord, toRecordId, valueIn } from "./hubspot-records.ts";
import { readRecords, recordsPerCallMax } from "./read-records.ts";
import { showsSameStatus, toHubSpotStatus } from "./to-hubspot-status.ts";

export interface StatusWrite {
  readonly dealId: string;
  readonly status: DealStatus;
}

export type StatusWriteAnswer = StatusWriteResult | { readonly error: ConnectorErrorDetail };

/** One deal's new values, with the place of its answer. */
interface Update {
  readonly place: number;
  readonly id: string;
  /** For people. */
  readonly record: string;
  readonly values: Readonly<Record<string, string>>;
}

const updateAnswer = z.looseObject({
  results: z.array(z.looseObject({ id: z.string(), objectWriteTraceId: z.string().nullish() })),
  errors: z.array(hubspotError).nullish(),
});

/**
 * Shows each order's status on its deal: two calls for 100. What stands there is read first, so that
 * a later sequence is never overwritten and nothing is written that is there already. One answer an
 * input, in order. When not even the first chunk could be tried it throws; once something was
 * written, a failing chunk is told per input.
 */
export async function writeDealStatuses(input: {
  readonly writes: readonly StatusWrite[];
  readonly propertyPrefix: string;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<readonly StatusWriteAnswer[]> {
  const { writes, client, context } = input;
  const names = statusProperties(input.propertyPrefix);
  const answers: StatusWriteAnswer[] = [];
  for (let from = 0; from < writes.length; from += recordsPerCallMax) {
    const chunk = writes.slice(from, from + recordsPerCallMax);
    try {
      answers.push(...(await writeChunk({ chunk, names, client, context })));
    } catch (thrown) {
      const error = toConnectorError(thrown, { isWrite: true, what: "Writing statuses" });
      if (from === 0) throw error;
      return [...answers, ...writes.slice(from).map(() => ({ error: error.detail }))];
    }
  }
  return answers;
}

async function writeChunk(input: {
  readonly chunk: readonly StatusWrite[];
  readonly names: HubSpotStatusProperties;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<readonly StatusWriteAnswer[]> {
  const { chunk, names, client, context } = input;
  const ids = chunk.map(({ dealId }) => toRecordId(dealId));
  const current = await readRecords({
    object: "deals",
    ids: ids.filter((id) => id !== null),
    names: { own: ["dealname"], custom: Object.values(names) },
    client,
    context,
  });
  const latest = latestWrites({ chunk, ids });
  const answers: StatusWriteAnswer[] = [];
  const updates: Update[] = [];
  for (const [place, { dealId, status }] of chunk.entries()) {
    const id = ids[place] ?? null;
    const remote = id === null ? undefined : current.get(id);
    if (id === null || remote === undefined) answers[place] = { error: goneError(dealId) };
    else if (latest.get(id) !== place || sequenceOf(remote, names) > status.sequence)
      answers[place] = "outrun";
    else {
      const values = toHubSpotStatus({ status, names });
      if (showsSameStatus({ remote: remote.properties, wanted: values }))
        answers[place] = "unchanged";
      else updates.push({ place, id, record: describe(remote), values });
    }
  }
  for (const [place, answer] of await sendUpdates({ updates, client, context })) {
    answers[place] = answer;
  }
  return answers;
}

/**
 * A batch that is refused as a whole, for what one of its deals says, is sent again in halves until
 * that one stands alone: nothing was written by a refusal, and no other deal waits for it.
 */
async function sendUpdates(input: {
  readonly updates: readonly Update[];
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<ReadonlyMap<number, StatusWriteAnswer>> {
  const { updates, client, context } = input;
  if (updates.length === 0) return new Map();
  try {
    return await sendOnce(input);
  } catch (error) {
    if (!isConnectorError(error) || !isRefusal(error.detail)) throw error;
    if (updates.length === 1) {
      const [only] = updates as [Update];
      const where = { record: only.record, field: error.detail.where?.field ?? "(not named)" };
      return new Map([[only.place, { error: { ...error.detail, where } }]]);
    }
    const middle = Math.ceil(updates.length / 2);
    const first = await sendUpdates({ updates: updates.slice(0, middle), client, context });
    const second = await sendUpdates({ updates: updates.slice(middle), client, context });
    return new Map([...first, ...second]);
  }
}

function isRefusal({ category }: ConnectorErrorDetail): boolean {
  return category === "validation" || category === "not_found";
}

async function sendOnce(input: {
  readonly updates: readonly Update[];
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<ReadonlyMap<number, StatusWriteAnswer>> {
  const { updates, client, context } = input;
  const what = "Writing statuses to deals";
  const value = await client.call(
    {
      what,
      isWrite: true,
      run: ({ batch }) =>
        batch.update("deals", {
          inputs: updates.map(({ id, place, values }) => ({
            id,
            objectWriteTraceId: traceOf(place),
            properties: { ...values },
          })),
        }),
    },
    context,
  );
  const { results, errors } = parseShape({ schema: updateAnswer, value, what });
  const answers = new Map<number, StatusWriteAnswer>();
  for (const { id, objectWriteTraceId } of results) {
    const update = updates.find(
      (one) => one.id === id || traceOf(one.place) === objectWriteTraceId,
    );
    if (update !== undefined) answers.set(update.place, "written");
  }
  // A 207 resolves as a 200 does: each of its errors belongs to an input, by trace or by id.
  for (const item of errors ?? []) {
    const traces = item.context?.["objectWriteTraceId"] ?? [];
    const ids = item.context?.["ids"] ?? [];
    const named = updates.filter(
      (one) => traces.includes(traceOf(one.place)) || ids.includes(one.id),
    );
    // An error that names nobody is everybody's who has no answer.
    for (const update of named.length > 0 ? named : updates) {
      if (named.length === 0 && answers.has(update.place)) continue;
      answers.set(update.place, { error: itemError({ item, update }) });
    }
  }
  for (const update of updates) {
    if (!answers.has(update.place)) answers.set(update.place, { error: unanswered(update) });
  }
  return answers;
}

const traceOf = (place: number): string => `usher-${place}`;

function itemError(input: {
  readonly item: z.output<typeof hubspotError>;
  readonly update: Update;
}): ConnectorErrorDetail {
  const { item, update } = input;
  return fromHubSpotError({
    item,
    status: 207,
    isWrite: true,
    what: `Writing the status to ${update.record}`,
    record: update.record,
  }).detail;
}

/** Of several writes to one deal only the latest is sent: a batch may not name a record twice. */
function latestWrites(input: {
  readonly chunk: readonly StatusWrite[];
  readonly ids: readonly (string | null)[];
}): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  for (const [place, { status }] of input.chunk.entries()) {
    const id = input.ids[place];
    if (id === undefined || id === null) continue;
    const held = latest.get(id);
    const heldSequence = held === undefined ? -1 : (input.chunk[held]?.status.sequence ?? -1);
    if (status.sequence >= heldSequence) latest.set(id, place);
  }
  return latest;
}

function sequenceOf(record: HubSpotRecord, names: HubSpotStatusProperties): number {
  const sequence = Number(valueIn(record, names.sequence));
  return Number.isNaN(sequence) ? 0 : sequence;
}

function describe(record: HubSpotRecord): string {
  return `Deal “${valueIn(record, "dealname") || record.id}” (${record.id})`;
}

function goneError(dealId: string): ConnectorErrorDetail {
  return connectorFailure({
    category: "not_found",
    message: `Writing the status: deal ${dealId} is not there any more, or was merged into another one. Restore it in HubSpot, or cancel its order.`,
    vendorCode: "OBJECT_NOT_FOUND",
    where: { record: `Deal ${dealId}`, field: "hs_object_id" },
  }).detail;
}

function unanswered({ record }: Update): ConnectorErrorDetail {
  return connectorFailure({
    category: "outcome_unknown",
    message: `Writing the status to ${record}: the answer says neither that it was written nor why not.`,
  }).detail;
}
