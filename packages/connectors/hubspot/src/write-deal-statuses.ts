import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorErrorDetail,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import {
  type StatusNames,
  type StatusUpdate,
  type StatusWrite,
  type StatusWriteAnswer,
  writeStatuses,
} from "@usher/connector-sdk/writing";
import { z } from "zod";
import type { HubSpotClient } from "./hubspot-client.ts";
import { fromHubSpotError, hubspotError } from "./hubspot-failure.ts";
import { statusProperties } from "./hubspot-properties.ts";
import { type HubSpotRecord, toRecordId, valueIn } from "./hubspot-records.ts";
import { readRecords, recordsPerCallMax } from "./read-records.ts";
import { showsSameStatus, toHubSpotStatus } from "./to-hubspot-status.ts";

type Update = StatusUpdate<Readonly<Record<string, string>>>;

const updateAnswer = z.looseObject({
  results: z.array(z.looseObject({ id: z.string(), objectWriteTraceId: z.string().nullish() })),
  errors: z.array(hubspotError).nullish(),
});

/** Shows each order's status on its deal: two calls for 100. */
export function writeDealStatuses(input: {
  readonly writes: readonly StatusWrite[];
  readonly propertyPrefix: string;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<readonly StatusWriteAnswer[]> {
  const { writes, client, context } = input;
  const names = statusProperties(input.propertyPrefix);
  return writeStatuses(
    {
      batchSizeMax: recordsPerCallMax,
      toRemoteId: toRecordId,
      readCurrent: (ids) =>
        readRecords({
          object: "deals",
          ids,
          names: { own: ["dealname"], custom: Object.values(names) },
          client,
          context,
        }),
      sequenceOf: (remote) => sequenceOf(remote, names),
      toValues: (status) => toHubSpotStatus({ status, names }),
      showsSame: ({ remote, wanted }) => showsSameStatus({ remote: remote.properties, wanted }),
      describe: ({ remote }) => describe(remote),
      goneError,
      send: (updates) => sendUpdates({ updates, client, context }),
    },
    writes,
  );
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

function sequenceOf(record: HubSpotRecord, names: StatusNames): number {
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
