import { connectorFailure, parseShape, toConnectorError } from "@usher/connector-sdk/http";
import type {
  CallContext,
  ConnectorErrorDetail,
  DealStatus,
  StatusWriteResult,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { SalesforceClient } from "./salesforce-client.ts";
import { fromSalesforceErrorItem } from "./salesforce-failure.ts";
import { type SalesforceStatusFields, statusFields } from "./salesforce-fields.ts";
import { toSalesforceId } from "./salesforce-id.ts";
import { soqlTexts } from "./soql.ts";
import { showsSameStatus, toSalesforceStatus } from "./to-salesforce-status.ts";

/** sObject Collections take this many records. */
export const recordsPerWriteMax = 200;

export interface StatusWrite {
  readonly dealId: string;
  readonly status: DealStatus;
}

export type StatusWriteAnswer = StatusWriteResult | { readonly error: ConnectorErrorDetail };

const currentRecord = z.looseObject({ Id: z.string(), Name: z.string().nullish() });
const currentPage = z.looseObject({ records: z.array(currentRecord) });

const collectionAnswer = z.array(
  z.looseObject({
    success: z.boolean(),
    errors: z
      .array(
        z.looseObject({
          statusCode: z.string(),
          message: z.string().default(""),
          fields: z.array(z.string()).nullish(),
        }),
      )
      .default([]),
  }),
);

/**
 * Shows each order's status on its opportunity: two calls for 200. What stands there is read first,
 * so that a later sequence is never overwritten and nothing is written that is there already.
 * One answer an input, in order. When not even the first chunk could be tried it throws; once
 * something was written, a failing chunk is told per input.
 */
export async function writeOpportunityStatuses(input: {
  readonly writes: readonly StatusWrite[];
  readonly fieldPrefix: string;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<readonly StatusWriteAnswer[]> {
  const { writes, client, context } = input;
  const fields = statusFields(input.fieldPrefix);
  const answers: StatusWriteAnswer[] = [];
  for (let from = 0; from < writes.length; from += recordsPerWriteMax) {
    const chunk = writes.slice(from, from + recordsPerWriteMax);
    try {
      answers.push(...(await writeChunk({ chunk, fields, client, context })));
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
  readonly fields: SalesforceStatusFields;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<readonly StatusWriteAnswer[]> {
  const { chunk, fields, client, context } = input;
  const ids = chunk.map(({ dealId }) => toSalesforceId(dealId));
  const current = await readCurrent({
    ids: ids.filter((id) => id !== null),
    fields,
    client,
    context,
  });
  const latest = latestWrites({ chunk, ids });
  const answers: StatusWriteAnswer[] = [];
  const records: Record<string, unknown>[] = [];
  const places: { readonly place: number; readonly record: string }[] = [];
  for (const [place, { dealId, status }] of chunk.entries()) {
    const id = ids[place] ?? null;
    const remote = id === null ? undefined : current.get(id);
    if (id === null || remote === undefined) {
      answers[place] = { error: goneError(dealId) };
      continue;
    }
    const remoteSequence = Number(remote[fields.sequence] ?? 0);
    if (latest.get(id) !== place || remoteSequence > status.sequence) {
      answers[place] = "outrun";
      continue;
    }
    const wanted = toSalesforceStatus({ status, fields });
    if (showsSameStatus({ remote, wanted })) {
      answers[place] = "unchanged";
      continue;
    }
    records.push({ attributes: { type: "Opportunity" }, id, ...wanted });
    places.push({ place, record: `Opportunity “${remote.Name ?? id}” (${id})` });
  }
  if (records.length === 0) return answers;
  const what = "Writing statuses to opportunities";
  const value = await client.patch("/composite/sobjects", { allOrNone: false, records }, context);
  const results = parseShape({ schema: collectionAnswer, value, what });
  if (results.length !== records.length) throw miscounted(records.length, results.length);
  for (const [at, { place, record }] of places.entries()) {
    const result = results[at];
    // A collection answers 200 also when it refused: each item has to be looked at (jsforce #813).
    answers[place] =
      result?.success === true
        ? "written"
        : { error: itemError({ errors: result?.errors, record }) };
  }
  return answers;
}

async function readCurrent(input: {
  readonly ids: readonly string[];
  readonly fields: SalesforceStatusFields;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}) {
  const { ids, fields, client, context } = input;
  if (ids.length === 0) return new Map<string, z.output<typeof currentRecord>>();
  const soql = `SELECT Id, Name, ${Object.values(fields).join(", ")} FROM Opportunity WHERE Id IN (${soqlTexts([...new Set(ids)])})`;
  const page = parseShape({
    schema: currentPage,
    value: await client.query(soql, context),
    what: "Reading the statuses that stand",
  });
  return new Map(page.records.map((record) => [record.Id, record]));
}

/** Of several writes to one deal only the latest is sent: a collection may not name a record twice. */
function latestWrites(input: {
  readonly chunk: readonly StatusWrite[];
  readonly ids: readonly (string | null)[];
}): Map<string, number> {
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

function itemError(input: {
  readonly errors:
    | readonly { statusCode: string; message: string; fields?: string[] | null | undefined }[]
    | undefined;
  readonly record: string;
}): ConnectorErrorDetail {
  const first = input.errors?.[0] ?? { statusCode: "UNKNOWN", message: "no reason given" };
  return fromSalesforceErrorItem({
    item: { code: first.statusCode, message: first.message, fields: first.fields ?? [] },
    status: 200,
    isWrite: true,
    what: `Writing the status to ${input.record}`,
    record: input.record,
  }).detail;
}

function goneError(dealId: string): ConnectorErrorDetail {
  return connectorFailure({
    category: "not_found",
    message: `Writing the status: opportunity ${dealId} is not there, or not visible to the connection's user. Restore it from the recycle bin, or cancel its order.`,
    vendorCode: "ENTITY_IS_DELETED",
    where: { record: `Opportunity ${dealId}`, field: "Id" },
  }).detail;
}

function miscounted(sent: number, answered: number) {
  return connectorFailure({
    category: "outcome_unknown",
    message: `Writing statuses to opportunities: sent ${sent} records, got ${answered} results; which was written is unknown.`,
  });
}
