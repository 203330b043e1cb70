import {
  answer,
  authorOf,
  bodyObject,
  type DataOperation,
  type DataRequest,
} from "./data-request.ts";
import { describeBrief, describeObject } from "./describe.ts";
import { BY_FIELD, indexKey, type RecordRow } from "./org.ts";
import { notFound, refusal } from "./salesforce-error.ts";
import { formatDateTime, parseDateTime } from "./salesforce-time.ts";
import type { FieldDefinition } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";
import { showRecord } from "./show-record.ts";
import { createRecord, deleteRecord, existingRecord, updateRecord } from "./write-record.ts";

/** `/sobjects…`: describe, read, create, update, delete, upsert by external id, updated and deleted ids. */
export function sobjectOperation(request: DataRequest): DataOperation | undefined {
  const [, name, second, third, ...more] = request.segments;
  const { org, version, method } = request;
  if (name === undefined) {
    if (method !== "GET") return undefined;
    const sobjects = org.schema().objects.map((one) => describeBrief(one, version));
    return {
      operation: "describe",
      run: () => answer(200, { encoding: "UTF-8", maxBatchSize: 200, sobjects }),
    };
  }
  const object = org.schema().object(name);
  if (object === undefined || more.length > 0) return undefined;
  const named = { object: object.name };
  if (second === undefined) {
    if (method === "POST")
      return { ...named, operation: "sobject.create", run: () => create(request, object) };
    if (method !== "GET") return undefined;
    return {
      ...named,
      operation: "describe",
      run: () => answer(200, { objectDescribe: describeBrief(object, version), recentItems: [] }),
    };
  }
  if (third === undefined) {
    if (method === "GET" && second === "describe") {
      return {
        ...named,
        operation: "describe",
        run: () => answer(200, describeObject(object, version)),
      };
    }
    if (method === "GET" && (second === "deleted" || second === "updated")) {
      return {
        ...named,
        operation: `sobject.${second}`,
        run: () => changedIds(request, object, second),
      };
    }
    return byId(request, object, second);
  }
  return byExternalId(request, object, second, third);
}

function create(request: DataRequest, object: SchemaObject) {
  const row = createRecord({
    org: request.org,
    object,
    body: bodyObject(request.body),
    author: authorOf(request, "sobject.create"),
  });
  return created(request, object, row, {});
}

function created(
  request: DataRequest,
  object: SchemaObject,
  row: RecordRow,
  more: Record<string, unknown>,
) {
  const location = `/services/data/${request.version}/sobjects/${object.name}/${row.id}`;
  return answer(201, { id: row.id, success: true, errors: [], ...more }, { Location: location });
}

function byId(request: DataRequest, object: SchemaObject, id: string): DataOperation | undefined {
  const { org, method } = request;
  const named = { object: object.name };
  switch (method) {
    case "GET":
      return {
        ...named,
        operation: "sobject.read",
        run: () => read(request, object, existingRecord(org, object, id)),
      };
    case "PATCH":
      return {
        ...named,
        operation: "sobject.update",
        run: () => {
          const before = existingRecord(org, object, id);
          refuseStale(request, before);
          updateRecord({
            org,
            object,
            id,
            body: bodyObject(request.body),
            author: authorOf(request, "sobject.update"),
          });
          return answer(204);
        },
      };
    case "DELETE":
      return {
        ...named,
        operation: "sobject.delete",
        run: () => {
          deleteRecord({ org, object, id, author: authorOf(request, "sobject.delete") });
          return answer(204);
        },
      };
    default:
      return undefined;
  }
}

function byExternalId(
  request: DataRequest,
  object: SchemaObject,
  fieldName: string,
  value: string,
): DataOperation | undefined {
  const { org, method } = request;
  const named = { object: object.name };
  switch (method) {
    case "GET":
      return {
        ...named,
        operation: "sobject.read",
        run: () => {
          const found = findByExternalId(request, object, fieldName, value);
          if (found.length > 1) return manyFound(request, object, found);
          if (found[0] === undefined) throw notFound();
          return read(request, object, found[0]);
        },
      };
    case "PATCH":
      return {
        ...named,
        operation: "sobject.upsert",
        run: () => upsert(request, object, fieldName, value),
      };
    case "DELETE":
      return {
        ...named,
        operation: "sobject.delete",
        run: () => {
          const found = findByExternalId(request, object, fieldName, value);
          if (found.length > 1) return manyFound(request, object, found);
          if (found[0] === undefined) throw notFound();
          deleteRecord({
            org,
            object,
            id: found[0].id,
            author: authorOf(request, "sobject.delete"),
          });
          return answer(204);
        },
      };
    default:
      return undefined;
  }
}

/** 201 when it made the record, 200 when it was there (204 before API version 46), 300 when several are. */
function upsert(request: DataRequest, object: SchemaObject, fieldName: string, value: string) {
  const { org } = request;
  const body = bodyObject(request.body);
  const author = authorOf(request, "sobject.upsert");
  if (fieldName.toLowerCase() === "id") {
    updateRecord({ org, object, id: value, body, author });
    return answer(204);
  }
  const field = externalField(object, fieldName);
  if (Object.keys(body).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
    throw refusal(
      400,
      "INVALID_FIELD",
      `The ${field.name} field should not be specified in the sobject data.`,
      [field.name],
    );
  }
  const found = findByExternalId(request, object, fieldName, value);
  if (found.length > 1) return manyFound(request, object, found);
  const before = found[0];
  if (before === undefined) {
    if (request.query.get("updateOnly") === "true") throw notFound();
    const row = createRecord({ org, object, body: { ...body, [field.name]: value }, author });
    return created(request, object, row, { created: true });
  }
  refuseStale(request, before);
  updateRecord({ org, object, id: before.id, body, author });
  if (Number(request.version.slice(1)) < 46) return answer(204);
  return answer(200, { id: before.id, success: true, errors: [], created: false });
}

export function externalField(object: SchemaObject, name: string): FieldDefinition {
  const field = object.field(name);
  if (field !== undefined && (field.isExternalId || field.type === "id")) return field;
  throw refusal(
    404,
    "NOT_FOUND",
    `Provided external ID field does not exist or is not accessible: ${name}`,
  );
}

function findByExternalId(
  request: DataRequest,
  object: SchemaObject,
  name: string,
  value: string,
): RecordRow[] {
  const field = externalField(object, name);
  return request.org
    .table(object.name)
    .where(BY_FIELD, indexKey(field, value))
    .filter((row) => row.values["IsDeleted"] !== true);
}

function manyFound(request: DataRequest, object: SchemaObject, rows: readonly RecordRow[]) {
  return answer(
    300,
    rows.map((row) => `/services/data/${request.version}/sobjects/${object.name}/${row.id}`),
  );
}

function read(request: DataRequest, object: SchemaObject, row: RecordRow) {
  const asked = request.query.get("fields");
  const fields =
    asked === null ? undefined : asked.split(",").map((name) => readableField(object, name.trim()));
  return answer(
    200,
    showRecord({
      object,
      row,
      version: request.version,
      ...(fields === undefined ? {} : { fields }),
    }),
  );
}

export function readableField(object: SchemaObject, name: string): FieldDefinition {
  const field = object.field(name);
  if (field !== undefined) return field;
  throw refusal(400, "INVALID_FIELD", `\nNo such column '${name}' on entity '${object.name}'.`);
}

/**
 * `If-Unmodified-Since`: the write is refused when somebody saved the record later than that.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_conditionalrequest.htm
 */
function refuseStale(request: DataRequest, row: RecordRow) {
  const since = request.header("if-unmodified-since");
  if (since === undefined) return;
  const ms = Date.parse(since);
  if (Number.isNaN(ms) || (row.values["LastModifiedDate"] as number) <= ms) return;
  throw refusal(412, "PRECONDITION_FAILED", `The record was modified since ${since}`);
}

/** Ids of records changed or deleted in a span of at most 30 days, as the replication calls list them. */
function changedIds(request: DataRequest, object: SchemaObject, what: "deleted" | "updated") {
  const { org } = request;
  const from = parseDateTime(request.query.get("start") ?? "");
  const to = parseDateTime(request.query.get("end") ?? "");
  if (from === undefined || to === undefined || to <= from) {
    throw refusal(
      400,
      "INVALID_REPLICATION_DATE",
      "startDate and endDate are required, endDate after startDate",
    );
  }
  const found = [...org.table(object.name).ascending({ from, to: to - 1 })].filter(
    (row) => (row.values["IsDeleted"] === true) === (what === "deleted"),
  );
  const latestDateCovered = formatDateTime(Math.min(to, org.stampNow()));
  if (what === "updated")
    return answer(200, { ids: found.map((row) => row.id), latestDateCovered });
  const deletedRecords = found.map((row) => ({
    id: row.id,
    deletedDate: formatDateTime(row.values["SystemModstamp"] as number),
  }));
  return answer(200, {
    deletedRecords,
    earliestDateAvailable: formatDateTime(0),
    latestDateCovered,
  });
}
