import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext, ConnectorErrorDetail } from "@usher/connector-sdk/spec";
import {
  type StatusNames,
  type StatusUpdate,
  type StatusWrite,
  type StatusWriteAnswer,
  writeStatuses,
} from "@usher/connector-sdk/writing";
import { z } from "zod";
import type { SalesforceClient } from "./salesforce-client.ts";
import { fromSalesforceErrorItem } from "./salesforce-failure.ts";
import { statusFields } from "./salesforce-fields.ts";
import { toSalesforceId } from "./salesforce-id.ts";
import { soqlTexts } from "./soql.ts";
import { showsSameStatus, toSalesforceStatus } from "./to-salesforce-status.ts";

/** sObject Collections take this many records. */
export const recordsPerWriteMax = 200;

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

type CurrentRecord = z.output<typeof currentRecord>;
type Update = StatusUpdate<ReturnType<typeof toSalesforceStatus>>;

/** Shows each order's status on its opportunity: two calls for 200. */
export function writeOpportunityStatuses(input: {
  readonly writes: readonly StatusWrite[];
  readonly fieldPrefix: string;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<readonly StatusWriteAnswer[]> {
  const { writes, client, context } = input;
  const fields = statusFields(input.fieldPrefix);
  return writeStatuses(
    {
      batchSizeMax: recordsPerWriteMax,
      toRemoteId: toSalesforceId,
      readCurrent: (ids) => readCurrent({ ids, fields, client, context }),
      sequenceOf: (remote: CurrentRecord) => Number(remote[fields.sequence] ?? 0),
      toValues: (status) => toSalesforceStatus({ status, fields }),
      showsSame: showsSameStatus,
      describe: ({ id, remote }) => `Opportunity “${remote.Name ?? id}” (${id})`,
      goneError,
      send: (updates) => sendUpdates({ updates, client, context }),
    },
    writes,
  );
}

async function sendUpdates(input: {
  readonly updates: readonly Update[];
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<ReadonlyMap<number, StatusWriteAnswer>> {
  const { updates, client, context } = input;
  const what = "Writing statuses to opportunities";
  const records = updates.map(({ id, values }) => ({
    attributes: { type: "Opportunity" },
    id,
    ...values,
  }));
  const value = await client.patch("/composite/sobjects", { allOrNone: false, records }, context);
  const results = parseShape({ schema: collectionAnswer, value, what });
  if (results.length !== records.length) throw miscounted(records.length, results.length);
  // A collection answers 200 also when it refused: each item has to be looked at (jsforce #813).
  return new Map(
    updates.map(({ place, record }, at) => [
      place,
      results[at]?.success === true
        ? "written"
        : { error: itemError({ errors: results[at]?.errors, record }) },
    ]),
  );
}

async function readCurrent(input: {
  readonly ids: readonly string[];
  readonly fields: StatusNames;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}) {
  const { ids, fields, client, context } = input;
  if (ids.length === 0) return new Map<string, CurrentRecord>();
  const soql = `SELECT Id, Name, ${Object.values(fields).join(", ")} FROM Opportunity WHERE Id IN (${soqlTexts([...new Set(ids)])})`;
  const page = parseShape({
    schema: currentPage,
    value: await client.query(soql, context),
    what: "Reading the statuses that stand",
  });
  return new Map(page.records.map((record) => [record.Id, record]));
}

function itemError(input: {
  readonly errors:
    | readonly { statusCode: string; message: string; fields?: string[] | null | undefined }[]
    | undefined;
  readonly record: string;
}): ConnectorErrorDetail {
  const first = input.errors?.[0] ?? { statusCode: "UNKNOWN", message: "no reason given." };
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
