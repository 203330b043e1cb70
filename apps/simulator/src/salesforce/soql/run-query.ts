import { BY_FIELD, indexKey, type Org, type RecordRow } from "../org.ts";
import { refusal } from "../salesforce-error.ts";
import type { FieldDefinition, FieldValue } from "../schema/field.ts";
import type { SchemaObject } from "../schema/schema.ts";
import { attributesOf, showValue } from "../show-record.ts";
import { bindCondition } from "./bind-condition.ts";
import { type BoundField, bindField, follow } from "./bind-field.ts";
import { planAccess } from "./plan-access.ts";
import type { SelectItem, SoqlQuery } from "./soql-query.ts";

/** A query that was run: which records it found, and how one of them is shown. */
export interface QueryRun {
  readonly object: SchemaObject;
  readonly ids: readonly string[];
  /** `SELECT COUNT()`: only the number is wanted. */
  readonly isCount: boolean;
  show(row: RecordRow): Record<string, unknown>;
}

export interface RunOptions {
  readonly org: Org;
  readonly version: string;
  /** queryAll: deleted records are found too. */
  readonly includeDeleted: boolean;
}

const OFFSET_MAX = 2000;

export function runQuery(query: SoqlQuery, options: RunOptions): QueryRun {
  const { org } = options;
  const object = org.schema().object(query.from);
  if (object === undefined) {
    throw refusal(
      400,
      "INVALID_TYPE",
      `\nsObject type '${query.from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  if (query.offset > OFFSET_MAX) {
    throw refusal(
      400,
      "NUMBER_OUTSIDE_VALID_RANGE",
      `Maximum SOQL offset allowed is ${OFFSET_MAX}`,
    );
  }
  const isCount = query.select.some((item) => item.kind === "count");
  if (isCount && query.select.length > 1) {
    throw refusal(400, "MALFORMED_QUERY", "COUNT() must be the only element of the SELECT list");
  }
  const show = isCount ? () => ({}) : bindSelect(query.select, object, options);
  return { object, isCount, show, ids: matchingRows(query, object, options).map((row) => row.id) };
}

function matchingRows(
  query: SoqlQuery,
  object: SchemaObject,
  options: RunOptions,
  within?: readonly RecordRow[],
): RecordRow[] {
  const { org, includeDeleted } = options;
  const test =
    query.where === undefined
      ? () => true
      : bindCondition({
          org,
          object,
          condition: query.where,
          valuesOf: (inner) => fieldValues(inner, options),
        });
  const order = query.orderBy.map((item) => ({
    ...item,
    bound: bindField(org, object, item.path),
  }));
  const { rows, isOrdered } =
    within === undefined
      ? planAccess({ org, object, where: query.where, orderBy: query.orderBy })
      : { rows: within, isOrdered: false };
  const canStop = order.length === 0 || isOrdered;
  const wanted =
    query.limit === undefined || !canStop ? Number.POSITIVE_INFINITY : query.limit + query.offset;
  const found: RecordRow[] = [];
  if (wanted > 0) {
    for (const row of rows) {
      if (!includeDeleted && row.values["IsDeleted"] === true) continue;
      if (!test(row)) continue;
      found.push(row);
      if (found.length >= wanted) break;
    }
  }
  if (!canStop) found.sort((left, right) => compareBy(order, left, right));
  const end = query.limit === undefined ? undefined : query.offset + query.limit;
  return query.offset === 0 && end === undefined ? found : found.slice(query.offset, end);
}

function compareBy(
  order: readonly {
    readonly bound: BoundField;
    readonly isDescending: boolean;
    readonly nullsLast: boolean;
  }[],
  left: RecordRow,
  right: RecordRow,
): number {
  for (const { bound, isDescending, nullsLast } of order) {
    const one = bound.read(left);
    const other = bound.read(right);
    if (one === other) continue;
    if (one === null || other === null) return (one === null) === nullsLast ? 1 : -1;
    return one < other === isDescending ? 1 : -1;
  }
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

/** The values of a semi-join's single field. */
function fieldValues(query: SoqlQuery, options: RunOptions): ReadonlySet<FieldValue> {
  const object = options.org.schema().object(query.from);
  const item = query.select[0];
  if (object === undefined || query.select.length !== 1 || item?.kind !== "field") {
    throw refusal(
      400,
      "MALFORMED_QUERY",
      "A semi-join selects exactly one ID or reference field of a known object",
    );
  }
  const bound = bindField(options.org, object, item.path);
  return new Set(matchingRows(query, object, options).map((row) => bound.read(row)));
}

type Show = (row: RecordRow) => Record<string, unknown>;

function bindSelect(
  select: readonly SelectItem[],
  object: SchemaObject,
  options: RunOptions,
): Show {
  const { org, version } = options;
  const parts = select.map((item): ((row: RecordRow, shown: Record<string, unknown>) => void) => {
    if (item.kind === "children") return bindChildren(item.query, object, options);
    if (item.kind === "count") return () => undefined;
    const bound = bindField(org, object, item.path);
    return (row, shown) => place(options, row, shown, bound);
  });
  return (row) => {
    const shown: Record<string, unknown> = {
      attributes: attributesOf(object.name, row.id, version),
    };
    for (const part of parts) part(row, shown);
    return shown;
  };
}

/** Puts one field where its path says: `Account.Name` becomes `{Account: {attributes, Name}}`, or `{Account: null}`. */
function place(
  options: RunOptions,
  row: RecordRow,
  shown: Record<string, unknown>,
  bound: BoundField,
) {
  let target = shown;
  for (let depth = 1; depth <= bound.hops.length; depth += 1) {
    const hop = bound.hops[depth - 1];
    const name = hop?.relationshipName as string;
    if (target[name] === null) return;
    const record = follow(options.org, row, bound.hops.slice(0, depth));
    if (record === undefined) {
      target[name] = null;
      return;
    }
    target[name] ??= {
      attributes: attributesOf(hop?.referenceTo as string, record.id, options.version),
    };
    target = target[name] as Record<string, unknown>;
  }
  target[bound.field.name] = showValue(bound.field, bound.read(row));
}

function bindChildren(query: SoqlQuery, object: SchemaObject, options: RunOptions) {
  const { org } = options;
  const relationship = object
    .children()
    .find((one) => one.name.toLowerCase() === query.from.toLowerCase());
  const child = relationship && org.schema().object(relationship.childObject);
  if (relationship === undefined || child === undefined) {
    throw refusal(
      400,
      "INVALID_TYPE",
      `\nDidn't understand relationship '${query.from}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  const show = bindSelect(query.select, child, options);
  const link = child.field(relationship.field) as FieldDefinition;
  return (row: RecordRow, shown: Record<string, unknown>) => {
    const rows = org.table(child.name).where(BY_FIELD, indexKey(link, row.id));
    const records = matchingRows(query, child, options, rows).map(show);
    shown[relationship.name] =
      records.length === 0 ? null : { totalSize: records.length, done: true, records };
  };
}
