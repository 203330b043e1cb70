import type { HttpAnswer } from "../http-answer.ts";
import {
  answer,
  bodyOf,
  type HubSpotCall,
  type HubSpotOperation,
  idBy,
  inputsOf,
  recordOf,
  textsOf,
  typeOf,
  writingOf,
} from "./hubspot-call.ts";
import { HubSpotError, validationError } from "./hubspot-error.ts";
import { createWithAssociations } from "./object-calls.ts";
import type { ObjectType } from "./object-types.ts";
import type { ObjectRow } from "./portal.ts";
import { showObject } from "./show-object.ts";
import { archiveObject, updateObject } from "./write-object.ts";

const INPUTS_MAX = 100;

/**
 * Up to 100 records at once. What failed alone is told in a 207 beside what succeeded.
 * @see https://developers.hubspot.com/changelog/simplifying-batch-update-response-codes-for-crm-v3-apis
 * @see https://developers.hubspot.com/docs/guides/crm/using-object-apis
 */
export const BATCH_CALLS: readonly HubSpotOperation[] = [
  {
    method: "post",
    path: "/crm/v3/objects/:type/batch/read",
    name: "batch.read",
    scope: "crm.objects.*.read",
    run: batchRead,
  },
  {
    method: "post",
    path: "/crm/v3/objects/:type/batch/create",
    name: "batch.create",
    scope: "crm.objects.*.write",
    run: batchCreate,
  },
  {
    method: "post",
    path: "/crm/v3/objects/:type/batch/update",
    name: "batch.update",
    scope: "crm.objects.*.write",
    run: batchUpdate,
  },
  {
    method: "post",
    path: "/crm/v3/objects/:type/batch/upsert",
    name: "batch.upsert",
    scope: "crm.objects.*.write",
    run: batchUpsert,
  },
  {
    method: "post",
    path: "/crm/v3/objects/:type/batch/archive",
    name: "batch.archive",
    scope: "crm.objects.*.write",
    run(call) {
      const type = typeOf(call);
      for (const input of inputsOf(call, INPUTS_MAX)) {
        archiveObject(writingOf(call), type, String(input["id"]));
      }
      return answer(204, undefined);
    },
  },
];

function batchRead(call: HubSpotCall): HttpAnswer {
  const type = typeOf(call);
  const body = bodyOf(call);
  const idProperty = typeof body["idProperty"] === "string" ? body["idProperty"] : null;
  const ids = [...new Set(inputsOf(call, INPUTS_MAX).map((input) => String(input["id"])))];
  const found: ObjectRow[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const known = idBy(call, { type, id, idProperty });
    if (known === undefined) missing.push(id);
    else found.push(call.portal.table(type).get(known) as ObjectRow);
  }
  const properties = textsOf(body["properties"]);
  const known = call.portal.properties(type);
  const results = found.map((row) => showObject({ type, row, known, properties }));
  if (missing.length === 0) return answer(200, outcome(call, { results }));
  const error = {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    message: `Could not get some ${type.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
    context: { ids: missing },
  };
  return answer(207, outcome(call, { results, numErrors: 1, errors: [error] }));
}

/** Only when each input carries a trace id of its own can one fail alone; else all fail with it. */
function batchCreate(call: HubSpotCall): HttpAnswer {
  const type = typeOf(call);
  const inputs = inputsOf(call, INPUTS_MAX);
  const traces = new Set(inputs.map((input) => input["objectWriteTraceId"]).filter(Boolean));
  const isMultiStatus = traces.size === inputs.length;
  const create = (input: Record<string, unknown>) =>
    createWithAssociations(writingOf(call), type, input);
  return each({ call, type, inputs, isMultiStatus, goodStatus: 201, write: create });
}

function batchUpdate(call: HubSpotCall): HttpAnswer {
  const type = typeOf(call);
  const inputs = inputsOf(call, INPUTS_MAX);
  const ids = inputs.map((input) => String(input["id"]));
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) {
    throw validationError(`Duplicate IDs found in batch input: [${twice}]. IDs must be unique`);
  }
  const update = (input: Record<string, unknown>) => {
    const id = idOf(call, type, input);
    if (id === undefined) throw notThere(type);
    return updateObject(writingOf(call), type, id, recordOf(input["properties"]));
  };
  return each({ call, type, inputs, isMultiStatus: true, goodStatus: 200, write: update });
}

function batchUpsert(call: HubSpotCall): HttpAnswer {
  const type = typeOf(call);
  const inputs = inputsOf(call, INPUTS_MAX);
  const upsert = (input: Record<string, unknown>) => {
    const idProperty = String(input["idProperty"] ?? "hs_object_id");
    const id = idOf(call, type, input);
    const properties = recordOf(input["properties"]);
    if (id !== undefined) return updateObject(writingOf(call), type, id, properties);
    if (idProperty === "hs_object_id") throw notThere(type);
    const body = { ...input, properties: { [idProperty]: input["id"], ...properties } };
    return createWithAssociations(writingOf(call), type, body);
  };
  return each({ call, type, inputs, isMultiStatus: true, goodStatus: 200, write: upsert });
}

/** Each input in a savepoint of its own, so that one can fail alone. */
function each(batch: {
  readonly call: HubSpotCall;
  readonly type: ObjectType;
  readonly inputs: readonly Record<string, unknown>[];
  readonly isMultiStatus: boolean;
  readonly goodStatus: number;
  readonly write: (input: Record<string, unknown>) => ObjectRow;
}): HttpAnswer {
  const { call, type, inputs, isMultiStatus, goodStatus, write } = batch;
  const { portal } = call;
  const results: unknown[] = [];
  const errors: unknown[] = [];
  const known = portal.properties(type);
  for (const input of inputs) {
    const trace = input["objectWriteTraceId"];
    const traced = typeof trace === "string" ? { objectWriteTraceId: trace } : {};
    try {
      const row = portal.store.transact(() => write(input));
      const properties = Object.keys(recordOf(input["properties"]));
      results.push({ ...showObject({ type, row, known, properties }), ...traced });
    } catch (error) {
      if (!(error instanceof HubSpotError) || !isMultiStatus) throw error;
      const { message, category, subCategory, errors: details } = error.body;
      errors.push({
        status: "error",
        category,
        message,
        ...(subCategory === undefined ? {} : { subCategory }),
        ...(details === undefined ? {} : { errors: details }),
        context: {
          ...(input["id"] === undefined ? {} : { ids: [String(input["id"])] }),
          ...(typeof trace === "string" ? { objectWriteTraceId: [trace] } : {}),
        },
      });
    }
  }
  if (errors.length === 0) return answer(goodStatus, outcome(call, { results }));
  return answer(207, outcome(call, { results, numErrors: errors.length, errors }));
}

function idOf(call: HubSpotCall, type: ObjectType, input: Record<string, unknown>) {
  const { idProperty } = input;
  return idBy(call, {
    type,
    id: String(input["id"]),
    idProperty: typeof idProperty === "string" ? idProperty : null,
  });
}

function notThere(type: ObjectType): HubSpotError {
  return new HubSpotError(404, {
    message: `Could not get some ${type.toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
    category: "OBJECT_NOT_FOUND",
  });
}

function outcome(call: HubSpotCall, rest: Record<string, unknown>) {
  const at = new Date(call.portal.now()).toISOString();
  return { status: "COMPLETE", startedAt: at, completedAt: at, ...rest };
}
