import { BY_FIELD, indexKey, isIndexed, type Org, type RecordRow } from "../org.ts";
import type { FieldValue } from "../schema/field.ts";
import type { SchemaObject } from "../schema/schema.ts";
import { readLiteral } from "./bind-condition.ts";
import { bindField } from "./bind-field.ts";
import type { Condition, OrderItem } from "./soql-query.ts";

/** The rows worth testing, and whether they already come in the order asked for. */
export interface Access {
  readonly rows: Iterable<RecordRow>;
  readonly isOrdered: boolean;
}

/**
 * Picks the cheapest way to the rows of a query: by id, by an indexed field, by a range of
 * SystemModstamp, else all. The condition is still tested on each row, so a plan may be too wide
 * and never too narrow.
 */
export function planAccess(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  readonly where: Condition | undefined;
  readonly orderBy: readonly OrderItem[];
}): Access {
  const { org, object, where, orderBy } = input;
  const table = org.table(object.name);
  const must = where === undefined ? [] : where.kind === "and" ? where.items : [where];
  for (const condition of must) {
    const found = rowsByEquality(org, object, condition);
    if (found !== undefined) return { rows: found, isOrdered: false };
  }
  const isStampOrder = ordersByStamp(orderBy);
  const { from, to } = where === undefined ? ({} as Range) : stampRange(org, object, where);
  const range = { from: from?.stamp, fromId: from?.id, to };
  const hasRange = from !== undefined || to !== undefined;
  if (isStampOrder !== undefined) {
    return {
      rows: isStampOrder === "up" ? table.ascending(range) : table.descending(range),
      isOrdered: true,
    };
  }
  return { rows: hasRange ? table.ascending(range) : table.all(), isOrdered: false };
}

function rowsByEquality(
  org: Org,
  object: SchemaObject,
  condition: Condition,
): RecordRow[] | undefined {
  if (condition.kind !== "in" && condition.kind !== "compare") return undefined;
  if (condition.kind === "compare" ? condition.operator !== "=" : condition.isNegated)
    return undefined;
  const { hops, field } = bindField(org, object, condition.path);
  if (hops.length > 0 || (field.type !== "id" && !isIndexed(field))) return undefined;
  const literals = condition.kind === "compare" ? [condition.value] : condition.values;
  const values = new Set<FieldValue>(literals.map((one) => readLiteral(org, field, one)));
  if (values.has(null)) return undefined;
  const table = org.table(object.name);
  const rows: RecordRow[] = [];
  const keys = new Set<string>();
  for (const value of values) {
    if (field.type === "id") {
      const row = table.get(String(value));
      if (row !== undefined) rows.push(row);
      continue;
    }
    const key = indexKey(field, value);
    if (keys.has(key)) continue;
    keys.add(key);
    rows.push(...table.where(BY_FIELD, key));
  }
  return rows;
}

/** `ORDER BY SystemModstamp [, Id]`, both ways alike: the order the table keeps. */
function ordersByStamp(orderBy: readonly OrderItem[]): "up" | "down" | undefined {
  const [first, second, ...more] = orderBy;
  if (first === undefined || more.length > 0 || !isNamed(first, "systemmodstamp")) return undefined;
  if (
    second !== undefined &&
    (!isNamed(second, "id") || second.isDescending !== first.isDescending)
  )
    return undefined;
  return first.isDescending ? "down" : "up";
}

function isNamed(item: OrderItem, name: string): boolean {
  return item.path.length === 1 && item.path[0]?.toLowerCase() === name;
}

/**
 * Where the matching rows lie in the order (SystemModstamp, Id). `from` is a place in that order,
 * so that the tie-break of a paged read, `stamp > X OR (stamp = X AND Id > Y)`, begins at its row.
 */
interface Range {
  readonly from?: Place | undefined;
  readonly to?: number | undefined;
  /** A bound on the id alone; of use once it meets one stamp. */
  readonly afterId?: string | undefined;
}

interface Place {
  readonly stamp: number;
  readonly id: string;
}

/** Behind every id. */
const LAST_ID = "\uffff";

/** Bounds that every matching row keeps: AND narrows, OR widens, NOT says nothing. */
function stampRange(org: Org, object: SchemaObject, condition: Condition): Range {
  switch (condition.kind) {
    case "and":
      return condition.items.map((item) => stampRange(org, object, item)).reduce(narrow, {});
    case "or":
      return condition.items.map((item) => stampRange(org, object, item)).reduce(widen);
    case "compare": {
      const name = condition.path.length === 1 ? condition.path[0]?.toLowerCase() : undefined;
      if (name === "id" && (condition.operator === ">" || condition.operator === ">=")) {
        const { field } = bindField(org, object, condition.path);
        const id = readLiteral(org, field, condition.value);
        return typeof id === "string" ? { afterId: id } : {};
      }
      if (name !== "systemmodstamp") return {};
      const { field } = bindField(org, object, condition.path);
      const bound = readLiteral(org, field, condition.value);
      if (typeof bound !== "number") return {};
      if (condition.operator === "=") return { from: { stamp: bound, id: "" }, to: bound };
      if (condition.operator === ">=") return { from: { stamp: bound, id: "" } };
      if (condition.operator === ">") return { from: { stamp: bound, id: LAST_ID } };
      if (condition.operator === "<" || condition.operator === "<=") return { to: bound };
      return {};
    }
    case "not":
    case "in":
    case "inQuery":
      return {};
  }
}

function narrow(left: Range, right: Range): Range {
  const from = later(left.from, right.from);
  const to = left.to === undefined ? right.to : Math.min(left.to, right.to ?? left.to);
  const afterId = left.afterId ?? right.afterId;
  const isOneStamp = from !== undefined && from.stamp === to;
  return {
    from:
      isOneStamp && afterId !== undefined && afterId > from.id
        ? { stamp: from.stamp, id: afterId }
        : from,
    to,
    afterId,
  };
}

function widen(left: Range, right: Range): Range {
  return {
    from:
      left.from === undefined || right.from === undefined
        ? undefined
        : isBefore(left.from, right.from)
          ? left.from
          : right.from,
    to: left.to === undefined || right.to === undefined ? undefined : Math.max(left.to, right.to),
  };
}

function later(left: Place | undefined, right: Place | undefined): Place | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return isBefore(left, right) ? right : left;
}

function isBefore(left: Place, right: Place): boolean {
  return left.stamp < right.stamp || (left.stamp === right.stamp && left.id < right.id);
}
