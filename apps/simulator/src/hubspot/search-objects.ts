import { parseDecimal } from "../decimal.ts";
import type { HttpAnswer } from "../http-answer.ts";
import {
  answer,
  bodyOf,
  type HubSpotCall,
  type HubSpotOperation,
  recordOf,
  textsOf,
  typeOf,
} from "./hubspot-call.ts";
import { validationError } from "./hubspot-error.ts";
import type { ObjectType } from "./object-types.ts";
import type { ObjectRow, Portal } from "./portal.ts";
import type { PropertyDefinition } from "./property-definitions.ts";
import { instantOf } from "./read-property-value.ts";
import { showObject } from "./show-object.ts";

/** @see https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm */
const LIMITS = { page: 200, groups: 5, filtersPerGroup: 10, filters: 25 } as const;

interface Filter {
  readonly property: PropertyDefinition;
  readonly operator: string;
  readonly value: string | undefined;
  readonly highValue: string | undefined;
  readonly values: readonly string[];
}

interface Sort {
  readonly property: PropertyDefinition;
  readonly isDescending: boolean;
}

export const SEARCH_CALLS: readonly HubSpotOperation[] = [
  {
    method: "post",
    path: "/crm/v3/objects/:type/search",
    name: "search",
    scope: "crm.objects.*.read",
    run: search,
  },
];

/** Living records that fit any of the groups. Beyond the 10,000th there is nothing but a 400. */
function search(call: HubSpotCall): HttpAnswer {
  const type = typeOf(call);
  const body = bodyOf(call);
  const limit = body["limit"] === undefined ? 10 : Number(body["limit"]);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.page) {
    throw validationError(
      `limit must be between 1 and ${LIMITS.page}, got ${String(body["limit"])}`,
    );
  }
  const after = body["after"] === undefined ? 0 : Number(body["after"]);
  if (!Number.isInteger(after) || after < 0) throw validationError("after must be an integer");
  const { searchResultsMax } = call.portal.settings();
  if (after > 0 && after + limit > searchResultsMax) {
    throw validationError(
      `Paging through more than ${searchResultsMax} results is not supported: after ${after}, limit ${limit}.`,
    );
  }
  const groups = readGroups(call.portal, type, body["filterGroups"]);
  const sort = readSort(call.portal, type, body["sorts"]);
  const rows = candidates(call.portal, type, groups).filter((row) =>
    groups.length === 0 ? true : groups.some((group) => group.every((filter) => fits(row, filter))),
  );
  rows.sort((one, other) => compareBy(sort, one, other));
  const page = rows.slice(after, Math.min(after + limit, searchResultsMax));
  const properties = textsOf(body["properties"]);
  const known = call.portal.properties(type);
  const hasMore = rows.length > after + limit;
  return answer(200, {
    total: rows.length,
    results: page.map((row) => showObject({ type, row, known, properties })),
    ...(hasMore ? { paging: { next: { after: String(after + limit) } } } : {}),
  });
}

/** Living records that the index has by now; a filter by change time spares the older ones. */
function candidates(portal: Portal, type: ObjectType, groups: readonly (readonly Filter[])[]) {
  const newestMs = portal.now() - portal.settings().searchLagMs;
  const froms = groups.map((group) => {
    const bound = group.find(
      ({ property, operator }) =>
        property.name === "hs_lastmodifieddate" && (operator === "GTE" || operator === "GT"),
    );
    return bound === undefined ? 0 : (instantOf(bound.value ?? "") ?? 0);
  });
  const from = froms.length === 0 ? 0 : Math.min(...froms);
  const rows: ObjectRow[] = [];
  for (const row of portal.table(type).ascending({ from })) {
    if (row.archivedMs === null && row.updatedMs <= newestMs) rows.push(row);
  }
  return rows;
}

function readGroups(portal: Portal, type: ObjectType, given: unknown): (readonly Filter[])[] {
  const groups = Array.isArray(given) ? given.map(recordOf) : [];
  if (groups.length > LIMITS.groups) {
    throw validationError(
      `The maximum number of filter groups is ${LIMITS.groups}, got ${groups.length}.`,
    );
  }
  const read = groups.map((group) =>
    (Array.isArray(group["filters"]) ? group["filters"] : []).map((one) =>
      readFilter(portal, type, recordOf(one)),
    ),
  );
  if (read.some((group) => group.length > LIMITS.filtersPerGroup)) {
    throw validationError(`The maximum number of filters in a group is ${LIMITS.filtersPerGroup}.`);
  }
  if (read.flat().length > LIMITS.filters)
    throw validationError(`The maximum number of filters is ${LIMITS.filters}.`);
  return read;
}

function readFilter(portal: Portal, type: ObjectType, given: Record<string, unknown>): Filter {
  const name = String(given["propertyName"]);
  const property = portal.properties(type).get(name);
  if (property === undefined) {
    throw validationError(
      `There was a problem with the request: property "${name}" does not exist on ${type}.`,
    );
  }
  const operator = String(given["operator"]);
  if (!(operator in OPERATORS)) throw validationError(`Unknown filter operator "${operator}".`);
  const textOf = (value: unknown) => {
    if (value === undefined || value === null) return undefined;
    const ms = property.type === "datetime" ? instantOf(String(value)) : undefined;
    return ms === undefined ? String(value) : new Date(ms).toISOString();
  };
  const values = textsOf(given["values"]);
  const filter = {
    property,
    operator,
    value: textOf(given["value"]),
    highValue: textOf(given["highValue"]),
    values,
  };
  const needsNone = operator === "HAS_PROPERTY" || operator === "NOT_HAS_PROPERTY";
  const needsList = operator === "IN" || operator === "NOT_IN";
  if (!needsNone && !needsList && filter.value === undefined)
    throw validationError(`operator ${operator} requires a value`);
  if (needsList && values.length === 0)
    throw validationError(`operator ${operator} requires values`);
  return filter;
}

type Fits = (held: string | undefined, filter: Filter) => boolean;

const OPERATORS: Readonly<Record<string, Fits>> = {
  HAS_PROPERTY: (held) => held !== undefined,
  NOT_HAS_PROPERTY: (held) => held === undefined,
  EQ: (held, filter) => held !== undefined && compare(filter.property, held, filter.value) === 0,
  NEQ: (held, filter) => held === undefined || compare(filter.property, held, filter.value) !== 0,
  LT: (held, filter) => held !== undefined && compare(filter.property, held, filter.value) < 0,
  LTE: (held, filter) => held !== undefined && compare(filter.property, held, filter.value) <= 0,
  GT: (held, filter) => held !== undefined && compare(filter.property, held, filter.value) > 0,
  GTE: (held, filter) => held !== undefined && compare(filter.property, held, filter.value) >= 0,
  BETWEEN: (held, filter) =>
    held !== undefined &&
    compare(filter.property, held, filter.value) >= 0 &&
    compare(filter.property, held, filter.highValue) <= 0,
  IN: (held, { values }) => held !== undefined && values.some((one) => same(one, held)),
  NOT_IN: (held, { values }) => held === undefined || !values.some((one) => same(one, held)),
  CONTAINS_TOKEN: (held, filter) => hasToken(held, filter.value),
  NOT_CONTAINS_TOKEN: (held, filter) => !hasToken(held, filter.value),
};

function fits(row: ObjectRow, filter: Filter): boolean {
  return (OPERATORS[filter.operator] as Fits)(row.properties[filter.property.name], filter);
}

function compare(property: PropertyDefinition, held: string, wanted = ""): number {
  switch (property.type) {
    case "number":
      return compareNumbers(held, wanted);
    case "date":
    case "datetime":
      return compareInstants(held, wanted);
    default:
      return same(held, wanted) ? 0 : held.toLowerCase() < wanted.toLowerCase() ? -1 : 1;
  }
}

const ISO_LENGTH = "2026-01-01T00:00:00.000Z".length;

/** Instants are kept in one spelling; filters are read into it too. */
function compareInstants(held: string, wanted: string): number {
  if (held.length === ISO_LENGTH && wanted.length === ISO_LENGTH) {
    return held < wanted ? -1 : held === wanted ? 0 : 1;
  }
  return (instantOf(held) ?? 0) - (instantOf(wanted) ?? 0);
}

const SMALL_INTEGER_LENGTH = 15;

function compareNumbers(held: string, wanted: string): number {
  if (held.length <= SMALL_INTEGER_LENGTH && wanted.length <= SMALL_INTEGER_LENGTH) {
    const [left, right] = [Number(held), Number(wanted)];
    if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left - right;
  }
  const [left, right] = [parseDecimal(held), parseDecimal(wanted)];
  if (left === undefined || right === undefined) return Number.NaN;
  const scale = Math.max(left.scale, right.scale);
  const difference =
    left.digits * 10n ** BigInt(scale - left.scale) -
    right.digits * 10n ** BigInt(scale - right.scale);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function hasToken(held: string | undefined, wanted = ""): boolean {
  if (held === undefined) return false;
  const tokens = held.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const pattern = wanted.toLowerCase();
  if (!pattern.includes("*")) return tokens.includes(pattern);
  const [start = "", end = ""] = pattern.split("*");
  return tokens.some((token) => token.startsWith(start) && token.endsWith(end));
}

/** One rule: a name, a name with a minus before it, or `{propertyName, direction}`, also as JSON text. */
function readSort(portal: Portal, type: ObjectType, given: unknown): Sort {
  const [first, ...more] = Array.isArray(given) ? given : [];
  if (more.length > 0) throw validationError("Only one sort is supported.");
  const rule = sortRule(first);
  const property = portal.properties(type).get(rule.name);
  if (property === undefined)
    throw validationError(`Cannot sort by "${rule.name}": it does not exist.`);
  return { property, isDescending: rule.isDescending };
}

function sortRule(given: unknown): { readonly name: string; readonly isDescending: boolean } {
  if (given === undefined) return { name: "createdate", isDescending: false };
  if (typeof given === "string" && !given.startsWith("{")) {
    return { name: given.replace(/^-/, ""), isDescending: given.startsWith("-") };
  }
  const rule = recordOf(typeof given === "string" ? JSON.parse(given) : given);
  return { name: String(rule["propertyName"]), isDescending: rule["direction"] === "DESCENDING" };
}

function compareBy({ property, isDescending }: Sort, one: ObjectRow, other: ObjectRow): number {
  const [left, right] = [one.properties[property.name], other.properties[property.name]];
  const order =
    left === undefined || right === undefined
      ? Number(left === undefined) - Number(right === undefined)
      : compare(property, left, right);
  if (order !== 0) return isDescending ? -order : order;
  return one.id < other.id ? -1 : 1;
}
