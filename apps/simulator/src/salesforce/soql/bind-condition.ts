import type { Org, RecordRow } from "../org.ts";
import { refusal } from "../salesforce-error.ts";
import { normalizeSalesforceId } from "../salesforce-id.ts";
import { dayOf } from "../salesforce-time.ts";
import type { FieldDefinition, FieldValue } from "../schema/field.ts";
import type { SchemaObject } from "../schema/schema.ts";
import { bindField } from "./bind-field.ts";
import type { Condition, Literal, Operator, SoqlQuery } from "./soql-query.ts";

export type Test = (row: RecordRow) => boolean;

/** Turns a condition into a test of one row. Text compares without case, as in the vendor's database. */
export function bindCondition(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  readonly condition: Condition;
  /** Runs a semi-join's query: the values of its one field. */
  readonly valuesOf: (query: SoqlQuery) => ReadonlySet<FieldValue>;
}): Test {
  const { org, object, condition, valuesOf } = input;
  const bind = (item: Condition) => bindCondition({ ...input, condition: item });
  switch (condition.kind) {
    case "and": {
      const tests = condition.items.map(bind);
      return (row) => tests.every((test) => test(row));
    }
    case "or": {
      const tests = condition.items.map(bind);
      return (row) => tests.some((test) => test(row));
    }
    case "not": {
      const test = bind(condition.item);
      return (row) => !test(row);
    }
    case "compare": {
      const bound = bindField(org, object, condition.path);
      const test = bindComparison({
        org,
        field: bound.field,
        operator: condition.operator,
        literal: condition.value,
      });
      return (row) => test(bound.read(row));
    }
    case "in": {
      const bound = bindField(org, object, condition.path);
      const wanted = new Set(
        condition.values.map((one) => comparable(bound.field, readLiteral(org, bound.field, one))),
      );
      return (row) => wanted.has(comparable(bound.field, bound.read(row))) !== condition.isNegated;
    }
    case "inQuery": {
      const bound = bindField(org, object, condition.path);
      const wanted = valuesOf(condition.query);
      return (row) => wanted.has(bound.read(row)) !== condition.isNegated;
    }
  }
}

function bindComparison(input: {
  org: Org;
  field: FieldDefinition;
  operator: Operator;
  literal: Literal;
}): (value: FieldValue) => boolean {
  const { org, field, operator, literal } = input;
  const wanted = comparable(field, readLiteral(org, field, literal));
  if (operator === "LIKE") {
    if (literal.kind !== "string") throw wrongKind(field, "string");
    const pattern = likePattern(literal.text);
    return (value) => value !== null && pattern.test(String(value));
  }
  if (operator === "=") return (value) => comparable(field, value) === wanted;
  if (operator === "!=") return (value) => comparable(field, value) !== wanted;
  if (wanted === null) {
    throw refusal(
      400,
      "MALFORMED_QUERY",
      `operator ${operator} cannot be used with null on field '${field.name}'`,
    );
  }
  return (value) => {
    const held = comparable(field, value);
    if (held === null) return false;
    switch (operator) {
      case "<":
        return held < wanted;
      case ">":
        return held > wanted;
      case "<=":
        return held <= wanted;
      case ">=":
        return held >= wanted;
    }
  };
}

function comparable(field: FieldDefinition, value: FieldValue): FieldValue {
  if (typeof value !== "string" || field.type === "id" || field.type === "reference") return value;
  return value.toLowerCase();
}

/** The literal as the field holds it; INVALID_FIELD when its kind does not fit, quoted numbers included. */
export function readLiteral(org: Org, field: FieldDefinition, literal: Literal): FieldValue {
  if (literal.kind === "null") return null;
  switch (field.type) {
    case "boolean":
      if (literal.kind === "boolean") return literal.value;
      throw wrongKind(field, "boolean");
    case "int":
    case "double":
    case "currency":
    case "percent":
      if (literal.kind === "number") return literal.value;
      throw wrongKind(field, field.type);
    case "datetime":
      if (literal.kind === "datetime") return literal.ms;
      if (literal.kind === "relativeDate")
        return Date.parse(`${relativeDay(org, literal)}T00:00:00Z`);
      throw wrongKind(field, "dateTime");
    case "date":
      if (literal.kind === "date") return literal.day;
      if (literal.kind === "relativeDate") return relativeDay(org, literal);
      throw wrongKind(field, "date");
    case "id":
    case "reference": {
      if (literal.kind !== "string") throw wrongKind(field, "string");
      const id = normalizeSalesforceId(literal.text);
      if (id !== undefined) return id;
      if (literal.text === "") return null;
      throw refusal(400, "INVALID_QUERY_FILTER_OPERATOR", `\ninvalid ID field: ${literal.text}`);
    }
    case "string":
    case "textarea":
    case "picklist":
    case "email":
    case "phone":
    case "url":
      if (literal.kind === "string") return literal.text === "" ? null : literal.text;
      throw wrongKind(field, "string");
  }
}

function relativeDay(org: Org, literal: { readonly name: string; readonly count: number }): string {
  const dayMs = 86_400_000;
  const shift = {
    TODAY: 0,
    YESTERDAY: -1,
    TOMORROW: 1,
    LAST_N_DAYS: -literal.count,
    NEXT_N_DAYS: literal.count,
  };
  return dayOf(org.now() + (shift[literal.name as keyof typeof shift] ?? 0) * dayMs);
}

function wrongKind(field: FieldDefinition, wanted: string) {
  const quotes =
    wanted === "string" ? "should be enclosed in quotes" : "should not be enclosed in quotes";
  return refusal(
    400,
    "INVALID_FIELD",
    `\nvalue of filter criterion for field '${field.name}' must be of type ${wanted} and ${quotes}`,
  );
}

/** `%` any text, `_` one character, both literal behind a backslash. */
function likePattern(text: string): RegExp {
  const source = text.replace(/\\[%_]|[%_]|[.*+?^${}()|[\]\\]/g, (part) => {
    if (part === "%") return "[\\s\\S]*";
    if (part === "_") return "[\\s\\S]";
    return part.length === 2 ? (part[1] as string) : `\\${part}`;
  });
  return new RegExp(`^${source}$`, "i");
}
