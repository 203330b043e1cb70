import type { RecordRow } from "./org.ts";
import { formatDateTime } from "./salesforce-time.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";

export function showValue(field: FieldDefinition, value: FieldValue | undefined): FieldValue {
  if (value === null || value === undefined) return field.type === "boolean" ? false : null;
  return field.type === "datetime" ? formatDateTime(value as number) : value;
}

export function attributesOf(object: string, id: string, version: string) {
  return { type: object, url: `/services/data/${version}/sobjects/${object}/${id}` };
}

/** A record as `GET /sobjects/<Object>/<id>` answers it, whole or with the named fields alone. */
export function showRecord(input: {
  readonly object: SchemaObject;
  readonly row: RecordRow;
  readonly fields?: readonly FieldDefinition[];
  readonly version: string;
}): Record<string, unknown> {
  const { object, row, version } = input;
  const shown: Record<string, unknown> = { attributes: attributesOf(object.name, row.id, version) };
  for (const field of input.fields ?? object.fields)
    shown[field.name] = showValue(field, row.values[field.name]);
  return shown;
}
