import {
  answer,
  authorOf,
  bodyObject,
  type DataOperation,
  type DataRequest,
} from "./data-request.ts";
import { BY_FIELD, indexKey } from "./org.ts";
import { refusal, SalesforceError } from "./salesforce-error.ts";
import { normalizeSalesforceId } from "./salesforce-id.ts";
import type { SchemaObject } from "./schema/schema.ts";
import { showRecord } from "./show-record.ts";
import { externalField, readableField } from "./sobject-operations.ts";
import { createRecord, deleteRecord, updateRecord } from "./write-record.ts";

const RECORDS_MAX = 200;

interface ItemResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly unknown[];
  readonly created?: boolean;
}

/**
 * `/composite/sobjects…`: up to 200 records in one call, one result an item, in order. Without
 * allOrNone the good ones are kept and the answer is 200 all the same.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections.htm
 */
export function collectionOperation(request: DataRequest): DataOperation | undefined {
  const [, , type, externalName] = request.segments;
  if (request.segments.length === 2) {
    switch (request.method) {
      case "POST":
        return { operation: "collection.create", run: () => createMany(request) };
      case "PATCH":
        return { operation: "collection.update", run: () => updateMany(request) };
      case "DELETE":
        return { operation: "collection.delete", run: () => deleteMany(request) };
      default:
        return undefined;
    }
  }
  if (type === undefined) return undefined;
  if (request.segments.length === 4 && externalName !== undefined && request.method === "PATCH") {
    return {
      operation: "collection.upsert",
      object: type,
      run: () => upsertMany(request, type, externalName),
    };
  }
  if (request.segments.length === 3 && (request.method === "POST" || request.method === "GET")) {
    return { operation: "collection.read", object: type, run: () => readMany(request, type) };
  }
  return undefined;
}

function createMany(request: DataRequest) {
  const author = authorOf(request, "collection.create");
  return eachRecord(request, ({ attributes, ...body }) => {
    const row = createRecord({
      org: request.org,
      object: objectOf(request, attributes),
      body,
      author,
    });
    return { id: row.id, success: true, errors: [] };
  });
}

function updateMany(request: DataRequest) {
  const author = authorOf(request, "collection.update");
  return eachRecord(request, ({ attributes, ...body }) => {
    const id = String(body["id"] ?? body["Id"] ?? "");
    if (id === "") throw refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call", []);
    const row = updateRecord({
      org: request.org,
      object: objectOf(request, attributes),
      id,
      body,
      author,
    });
    return { id: row.id, success: true, errors: [] };
  });
}

function upsertMany(request: DataRequest, type: string, externalName: string) {
  const { org } = request;
  const object = objectNamed(request, type);
  const field = externalField(object, externalName);
  const author = authorOf(request, "collection.upsert");
  return eachRecord(request, ({ attributes, ...body }) => {
    if (objectOf(request, attributes).name !== object.name) {
      throw refusal(
        400,
        "INVALID_TYPE",
        `All records of an upsert are of one type: ${object.name}`,
        [],
      );
    }
    const value = body[field.name];
    if (typeof value !== "string" && typeof value !== "number") {
      throw refusal(400, "MISSING_ARGUMENT", `${field.name} not specified`, []);
    }
    const found = org
      .table(object.name)
      .where(BY_FIELD, indexKey(field, String(value)))
      .filter((row) => row.values["IsDeleted"] !== true);
    if (found.length > 1) {
      throw refusal(
        400,
        "DUPLICATE_EXTERNAL_ID",
        `${field.name}: more than one record found for external id field: [${found.map((row) => row.id).join(", ")}]`,
        [field.name],
      );
    }
    const before = found[0];
    if (before === undefined) {
      const row = createRecord({ org, object, body, author });
      return { id: row.id, success: true, errors: [], created: true };
    }
    updateRecord({ org, object, id: before.id, body, author });
    return { id: before.id, success: true, errors: [], created: false };
  });
}

function deleteMany(request: DataRequest) {
  const ids = (request.query.get("ids") ?? "").split(",").filter(Boolean);
  const author = authorOf(request, "collection.delete");
  return eachItem(request, ids, request.query.get("allOrNone") === "true", (id) => {
    const object = request.org.schema().objectOfId(normalizeSalesforceId(id) ?? "");
    if (object === undefined) throw refusal(400, "MALFORMED_ID", `malformed id ${id}`, []);
    deleteRecord({ org: request.org, object, id, author });
    return { id, success: true, errors: [] };
  });
}

function readMany(request: DataRequest, type: string) {
  const object = objectNamed(request, type);
  const input =
    request.method === "GET"
      ? {
          ids: request.query.get("ids")?.split(",") ?? [],
          fields: request.query.get("fields")?.split(",") ?? [],
        }
      : (bodyObject(request.body) as { ids?: unknown; fields?: unknown });
  const ids = stringList(input.ids, "ids");
  const fields = stringList(input.fields, "fields").map((name) => readableField(object, name));
  const table = request.org.table(object.name);
  const records = ids.map((id) => {
    const row = table.get(normalizeSalesforceId(id) ?? "");
    if (row === undefined || row.values["IsDeleted"] === true) return null;
    return showRecord({ object, row, fields, version: request.version });
  });
  return answer(200, records);
}

function eachRecord(
  request: DataRequest,
  write: (record: Record<string, unknown> & { attributes?: unknown }) => ItemResult,
) {
  const body = bodyObject(request.body);
  const records = body["records"];
  if (!Array.isArray(records))
    throw refusal(400, "JSON_PARSER_ERROR", "Expected an array `records`");
  return eachItem(request, records.map(bodyObject), body["allOrNone"] === true, write);
}

function eachItem<T>(
  request: DataRequest,
  items: readonly T[],
  allOrNone: boolean,
  write: (item: T) => ItemResult,
) {
  if (items.length > RECORDS_MAX) {
    throw refusal(
      400,
      "EXCEEDED_ID_LIMIT",
      `record limit reached. cannot submit more than ${RECORDS_MAX} records into this call`,
    );
  }
  const { store } = request.org;
  const results: ItemResult[] = [];
  const marker = new Error("all or none");
  try {
    store.transact(() => {
      for (const item of items) {
        try {
          results.push(store.transact(() => write(item)));
        } catch (error) {
          results.push(failedItem(error));
        }
      }
      if (allOrNone && results.some((result) => !result.success)) throw marker;
    });
  } catch (error) {
    if (error !== marker) throw error;
    return answer(
      200,
      results.map((result) => (result.success ? ROLLED_BACK : result)),
    );
  }
  return answer(200, results);
}

const ROLLED_BACK: ItemResult = {
  success: false,
  errors: [
    {
      statusCode: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
      message:
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
      fields: [],
    },
  ],
};

/** Inside a collection an error is called statusCode, not errorCode. */
function failedItem(error: unknown): ItemResult {
  if (!(error instanceof SalesforceError)) throw error;
  return {
    success: false,
    errors: error.items.map((item) => ({
      statusCode: item.errorCode,
      message: item.message,
      fields: item.fields ?? [],
    })),
  };
}

function objectOf(request: DataRequest, attributes: unknown): SchemaObject {
  const type =
    typeof attributes === "object" && attributes !== null
      ? (attributes as { type?: unknown }).type
      : undefined;
  if (typeof type !== "string")
    throw refusal(400, "INVALID_TYPE", "sObject type is missing: give attributes.type", []);
  return objectNamed(request, type);
}

function objectNamed(request: DataRequest, name: string): SchemaObject {
  const object = request.org.schema().object(name);
  if (object === undefined)
    throw refusal(400, "INVALID_TYPE", `sObject type '${name}' is not supported.`, []);
  return object;
}

function stringList(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === "string"))
    return value as string[];
  throw refusal(400, "JSON_PARSER_ERROR", `Expected an array of strings \`${name}\``);
}
