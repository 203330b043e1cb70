import type { Org, RecordRow } from "../org.ts";
import { refusal } from "../salesforce-error.ts";
import type { FieldDefinition, FieldValue } from "../schema/field.ts";
import type { SchemaObject } from "../schema/schema.ts";
import type { Path } from "./soql-query.ts";

/** A path looked up in the schema. */
export interface BoundField {
  /** The reference fields walked through to reach the record that holds `field`; empty: the record itself. */
  readonly hops: readonly FieldDefinition[];
  readonly field: FieldDefinition;
  /** The field's value as seen from `row`; null when a record on the way is missing. */
  read(row: RecordRow): FieldValue;
}

const HOPS_MAX = 5;

/** Looks `path` up from `object`; INVALID_FIELD when a name on it is unknown. */
export function bindField(org: Org, object: SchemaObject, path: Path): BoundField {
  // `Opportunity.Name` on Opportunity: the object's own name may stand in front.
  const steps =
    path.length > 1 &&
    path[0]?.toLowerCase() === object.name.toLowerCase() &&
    object.parent(path[0]) === undefined
      ? path.slice(1)
      : path;
  if (steps.length - 1 > HOPS_MAX) {
    throw refusal(
      400,
      "INVALID_FIELD",
      `relationship path is too long: ${path.join(".")} (at most ${HOPS_MAX})`,
    );
  }
  const hops: FieldDefinition[] = [];
  let current = object;
  for (const name of steps.slice(0, -1)) {
    const parent = current.parent(name);
    const target = parent === undefined ? undefined : org.schema().object(parent.referenceTo ?? "");
    if (parent === undefined || target === undefined) {
      throw refusal(
        400,
        "INVALID_FIELD",
        `\nDidn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
      );
    }
    hops.push(parent);
    current = target;
  }
  const last = steps.at(-1) as string;
  const field = current.field(last);
  if (field === undefined) {
    throw refusal(
      400,
      "INVALID_FIELD",
      `\nNo such column '${last}' on entity '${current.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return { hops, field, read: (row) => readAt(org, row, hops, field) };
}

/** The record that `hops` lead to from `row`; undefined when one on the way is missing or deleted. */
export function follow(
  org: Org,
  row: RecordRow,
  hops: readonly FieldDefinition[],
): RecordRow | undefined {
  let current: RecordRow | undefined = row;
  for (const hop of hops) {
    const id: FieldValue | undefined = current.values[hop.name];
    if (typeof id !== "string") return undefined;
    current = org.table(hop.referenceTo as string).get(id);
    if (current === undefined || current.values["IsDeleted"] === true) return undefined;
  }
  return current;
}

function readAt(
  org: Org,
  row: RecordRow,
  hops: readonly FieldDefinition[],
  field: FieldDefinition,
): FieldValue {
  const target = hops.length === 0 ? row : follow(org, row, hops);
  const value = target?.values[field.name];
  if (value === undefined || value === null)
    return field.type === "boolean" && target !== undefined ? false : null;
  return value;
}
