import type { HttpAnswer } from "../http-answer.ts";
import { associationsOf, type End, isPrimaryType } from "./associations.ts";
import {
  answer,
  type HubSpotCall,
  type HubSpotOperation,
  inputsOf,
  recordOf,
  typeOf,
  writingOf,
} from "./hubspot-call.ts";
import { type ObjectType, singularOf } from "./object-types.ts";
import type { AssociationRow } from "./portal.ts";
import { linkObjects, livingObject, unlinkObjects } from "./write-object.ts";

const READ_INPUTS_MAX = 1_000;
const WRITE_INPUTS_MAX = 2_000;
/** Ends of one record on a page of a batch read. */
const ENDS_PER_PAGE = 500;

/** @see https://developers.hubspot.com/docs/api-reference/latest/crm/associations/associate-records/guide */
export const ASSOCIATION_CALLS: readonly HubSpotOperation[] = [
  {
    method: "post",
    path: "/crm/v4/associations/:from/:to/batch/read",
    name: "associations.read",
    scope: "crm.objects.*.read",
    run: batchRead,
  },
  {
    method: "post",
    path: "/crm/v4/associations/:from/:to/batch/associate/default",
    name: "associations.create",
    scope: "crm.objects.*.write",
    run: (call) => batchCreate(call, () => undefined),
  },
  {
    method: "post",
    path: "/crm/v4/associations/:from/:to/batch/create",
    name: "associations.create",
    scope: "crm.objects.*.write",
    run: (call) => batchCreate(call, (input) => typeIdsOf(input["types"])),
  },
  {
    method: "post",
    path: "/crm/v4/associations/:from/:to/batch/archive",
    name: "associations.archive",
    scope: "crm.objects.*.write",
    run(call) {
      for (const input of inputsOf(call, WRITE_INPUTS_MAX)) {
        const from = { type: typeOf(call, "from"), id: String(recordOf(input["from"])["id"]) };
        for (const to of Array.isArray(input["to"]) ? input["to"].map(recordOf) : []) {
          unlinkObjects(writingOf(call), from, { type: typeOf(call, "to"), id: String(to["id"]) });
        }
      }
      return answer(204, undefined);
    },
  },
  {
    method: "get",
    path: "/crm/v4/objects/:from/:fromId/associations/:to",
    name: "associations.list",
    scope: "crm.objects.*.read",
    run(call) {
      const from = { type: typeOf(call, "from"), id: call.param("fromId") };
      livingObject(call.portal, from.type, from.id);
      const rows = associationsOf(call.portal, from, typeOf(call, "to"));
      return answer(200, { results: rows.map(showEnd) });
    },
  },
  {
    method: "put",
    path: "/crm/v4/objects/:from/:fromId/associations/default/:to/:toId",
    name: "associations.put",
    scope: "crm.objects.*.write",
    run(call) {
      const { from, to } = endsOf(call);
      linkObjects(writingOf(call), from, to);
      return answer(200, { status: "COMPLETE", results: [] });
    },
  },
  {
    method: "put",
    path: "/crm/v4/objects/:from/:fromId/associations/:to/:toId",
    name: "associations.put",
    scope: "crm.objects.*.write",
    run(call) {
      const { from, to } = endsOf(call);
      linkObjects(writingOf(call), from, to, typeIdsOf(call.body));
      return answer(201, {
        fromObjectTypeId: from.type,
        fromObjectId: Number(from.id),
        toObjectTypeId: to.type,
        toObjectId: Number(to.id),
        labels: [],
      });
    },
  },
  {
    method: "delete",
    path: "/crm/v4/objects/:from/:fromId/associations/:to/:toId",
    name: "associations.delete",
    scope: "crm.objects.*.write",
    run(call) {
      const { from, to } = endsOf(call);
      unlinkObjects(writingOf(call), from, to);
      return answer(204, undefined);
    },
  },
];

/** A record without links is told as an error inside a 207, beside the links of the others. */
function batchRead(call: HubSpotCall): HttpAnswer {
  const [fromType, toType] = [typeOf(call, "from"), typeOf(call, "to")];
  const results: unknown[] = [];
  const errors: unknown[] = [];
  for (const input of inputsOf(call, READ_INPUTS_MAX)) {
    const id = String(input["id"]);
    const after = typeof input["after"] === "string" ? input["after"] : "";
    const rows = associationsOf(call.portal, { type: fromType, id }, toType).filter(
      (row) => row.toId > after,
    );
    const page = rows.slice(0, ENDS_PER_PAGE);
    const last = page.at(-1);
    if (last === undefined) errors.push(noneOf(fromType, toType, id));
    else {
      results.push({
        from: { id },
        to: page.map(showEnd),
        ...(rows.length > page.length ? { paging: { next: { after: last.toId } } } : {}),
      });
    }
  }
  const at = new Date(call.portal.now()).toISOString();
  const base = { status: "COMPLETE", startedAt: at, completedAt: at, results };
  if (errors.length === 0) return answer(200, base);
  return answer(207, { ...base, numErrors: errors.length, errors });
}

function noneOf(from: ObjectType, to: ObjectType, id: string) {
  return {
    status: "error",
    category: "OBJECT_NOT_FOUND",
    subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
    message: `No ${singularOf(to)} is associated with ${singularOf(from)} ${id}.`,
    context: {
      fromObjectId: [id],
      fromObjectType: [singularOf(from)],
      toObjectType: [singularOf(to)],
    },
  };
}

function batchCreate(
  call: HubSpotCall,
  typeIds: (input: Record<string, unknown>) => readonly number[] | undefined,
): HttpAnswer {
  const [fromType, toType] = [typeOf(call, "from"), typeOf(call, "to")];
  const results = inputsOf(call, WRITE_INPUTS_MAX).map((input) => {
    const from: End = { type: fromType, id: String(recordOf(input["from"])["id"]) };
    const to: End = { type: toType, id: String(recordOf(input["to"])["id"]) };
    linkObjects(writingOf(call), from, to, typeIds(input));
    return { from: { id: from.id }, to: { id: to.id } };
  });
  const at = new Date(call.portal.now()).toISOString();
  return answer(201, { status: "COMPLETE", startedAt: at, completedAt: at, results });
}

/** `toObjectId` is a number on the wire of version 4, where every other id is text. */
function showEnd(row: AssociationRow) {
  return {
    toObjectId: Number(row.toId),
    associationTypes: row.typeIds.map((typeId) => ({
      category: "HUBSPOT_DEFINED",
      typeId,
      label: isPrimaryType(typeId) ? "Primary" : null,
    })),
  };
}

function endsOf(call: HubSpotCall) {
  return {
    from: { type: typeOf(call, "from"), id: call.param("fromId") },
    to: { type: typeOf(call, "to"), id: call.param("toId") },
  };
}

function typeIdsOf(given: unknown): readonly number[] {
  return (Array.isArray(given) ? given : []).map((one: unknown) =>
    Number(recordOf(one)["associationTypeId"]),
  );
}
