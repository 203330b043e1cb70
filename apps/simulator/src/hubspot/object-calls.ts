import { associationsOf } from "./associations.ts";
import {
  answer,
  bodyOf,
  type HubSpotCall,
  type HubSpotOperation,
  idBy,
  listOf,
  recordOf,
  typeOf,
  writingOf,
} from "./hubspot-call.ts";
import { objectNotFound, validationError } from "./hubspot-error.ts";
import { type ObjectType, parseObjectType, singularOf } from "./object-types.ts";
import type { ObjectRow, Portal } from "./portal.ts";
import { showObject } from "./show-object.ts";
import {
  archiveObject,
  createObject,
  linkObjects,
  livingObject,
  updateObject,
  type Writing,
} from "./write-object.ts";

const PAGE_MAX = 100;

/** Single records. @see https://developers.hubspot.com/docs/guides/crm/using-object-apis */
export const OBJECT_CALLS: readonly HubSpotOperation[] = [
  {
    method: "get",
    path: "/crm/v3/objects/:type",
    name: "objects.list",
    scope: "crm.objects.*.read",
    run: list,
  },
  {
    method: "post",
    path: "/crm/v3/objects/:type",
    name: "objects.create",
    scope: "crm.objects.*.write",
    run(call) {
      const type = typeOf(call);
      const row = createWithAssociations(writingOf(call), type, bodyOf(call));
      return answer(201, shown(call, type, row));
    },
  },
  {
    method: "get",
    path: "/crm/v3/objects/:type/:id",
    name: "objects.read",
    scope: "crm.objects.*.read",
    run(call) {
      const type = typeOf(call);
      const row = livingObject(call.portal, type, targetOf(call, type));
      return answer(200, withAssociations(call, type, row));
    },
  },
  {
    method: "patch",
    path: "/crm/v3/objects/:type/:id",
    name: "objects.update",
    scope: "crm.objects.*.write",
    run(call) {
      const type = typeOf(call);
      const given = recordOf(bodyOf(call)["properties"]);
      return answer(
        200,
        shown(call, type, updateObject(writingOf(call), type, targetOf(call, type), given)),
      );
    },
  },
  {
    method: "delete",
    path: "/crm/v3/objects/:type/:id",
    name: "objects.archive",
    scope: "crm.objects.*.write",
    run(call) {
      archiveObject(writingOf(call), typeOf(call), call.param("id"));
      return answer(204, undefined);
    },
  },
];

/** A record and its links in one call; single and batch create take them. */
export function createWithAssociations(
  writing: Writing,
  type: ObjectType,
  input: Record<string, unknown>,
): ObjectRow {
  const row = createObject(writing, type, recordOf(input["properties"]));
  const { associations } = input;
  for (const one of Array.isArray(associations) ? associations.map(recordOf) : []) {
    const toId = String(recordOf(one["to"])["id"]);
    const types = (Array.isArray(one["types"]) ? one["types"] : []).map(recordOf);
    const typeIds = types.map((spec) => Number(spec["associationTypeId"]));
    const to = otherEnd(type, typeIds[0]);
    linkObjects(writing, { type, id: row.id }, { type: to, id: toId }, typeIds);
  }
  return writing.portal.table(type).get(row.id) as ObjectRow;
}

/** An association's type id says what the other end is. */
function otherEnd(type: ObjectType, typeId: number | undefined): ObjectType {
  if (type === "deals" && typeId === 19) return "line_items";
  if (type === "deals" && (typeId === 341 || typeId === 5)) return "companies";
  if (type === "line_items" && typeId === 20) return "deals";
  if (type === "companies" && (typeId === 342 || typeId === 6)) return "deals";
  throw validationError(`invalid association type id ${typeId} from ${type}`);
}

function list(call: HubSpotCall) {
  const type = typeOf(call);
  const limit = Number(call.query.get("limit") ?? 10);
  if (!(limit >= 1 && limit <= PAGE_MAX))
    throw validationError(`limit must be between 1 and ${PAGE_MAX}`);
  const after = call.query.get("after") ?? "";
  const wantsArchived = call.query.get("archived") === "true";
  const rows = [...call.portal.table(type).all()]
    .filter((row) => (row.archivedMs !== null) === wantsArchived && row.id > after)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return answer(200, {
    results: page.map((row) => withAssociations(call, type, row)),
    ...(rows.length > limit && last !== undefined
      ? {
          paging: {
            next: {
              after: last.id,
              link: `${call.origin}/crm/v3/objects/${type}?after=${last.id}`,
            },
          },
        }
      : {}),
  });
}

function shown(call: HubSpotCall, type: ObjectType, row: ObjectRow) {
  const properties = listOf(call, "properties");
  return showObject({ type, row, known: call.portal.properties(type), properties });
}

/** The key of a list of line items has a space in it, as HubSpot's does. */
function withAssociations(call: HubSpotCall, type: ObjectType, row: ObjectRow) {
  const wanted = listOf(call, "associations").map(parseObjectType);
  const associations = Object.fromEntries(
    wanted.flatMap((other) =>
      other === undefined ? [] : [linksTo(call.portal, type, row.id, other)],
    ),
  );
  const base = shown(call, type, row);
  return Object.keys(associations).length === 0 ? base : { ...base, associations };
}

function linksTo(portal: Portal, type: ObjectType, id: string, other: ObjectType) {
  const rows = associationsOf(portal, { type, id }, other);
  const results = rows.map((row) => ({
    id: row.toId,
    type: `${singularOf(type)}_to_${singularOf(other)}`,
  }));
  return [other.replace("_", " "), { results }] as const;
}

function targetOf(call: HubSpotCall, type: ObjectType): string {
  const id = idBy(call, { type, id: call.param("id"), idProperty: call.query.get("idProperty") });
  if (id === undefined) throw objectNotFound();
  return id;
}
