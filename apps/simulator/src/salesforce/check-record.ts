import { BY_FIELD, indexKey, type Org, type RecordRow } from "./org.ts";
import { refusal } from "./salesforce-error.ts";
import type { FieldValue } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";

export function requireFields(object: SchemaObject, values: Readonly<Record<string, FieldValue>>) {
  const missing = object.fields
    .filter((field) => field.isRequired && (values[field.name] ?? null) === null)
    .map((field) => field.name);
  if (missing.length === 0) return;
  throw refusal(
    400,
    "REQUIRED_FIELD_MISSING",
    `Required fields are missing: [${missing.join(", ")}]`,
    missing,
  );
}

export function refuseDuplicates(org: Org, object: SchemaObject, row: RecordRow) {
  for (const field of object.fields) {
    const value = row.values[field.name];
    if (!field.isUnique || value === null || value === undefined) continue;
    const other = org
      .table(object.name)
      .where(BY_FIELD, indexKey(field, value))
      .find((one) => one.id !== row.id && one.values["IsDeleted"] !== true);
    if (other === undefined) continue;
    throw refusal(
      400,
      "DUPLICATE_VALUE",
      `duplicate value found: ${field.name} duplicates value on record with id: ${other.id}`,
      [],
    );
  }
}
