import { BY_FIELD, indexKey, type Org, type RecordRow } from "./org.ts";
import { readValue } from "./read-value.ts";
import { refusal } from "./salesforce-error.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";

/** The fields a write gives, as the record holds them; everything the vendor refuses about them is refused here. */
export function readBody(input: {
  org: Org;
  object: SchemaObject;
  body: Readonly<Record<string, unknown>>;
  author: { readonly isApi: boolean };
  allows: (field: FieldDefinition) => boolean;
  before?: RecordRow;
}): Record<string, FieldValue> {
  const { org, object, body, author, allows, before } = input;
  const currency = String(
    body["CurrencyIsoCode"] ??
      before?.values["CurrencyIsoCode"] ??
      parentOf(org, body)?.values["CurrencyIsoCode"] ??
      "USD",
  );
  const given: Record<string, FieldValue> = {};
  const locked: string[] = [];
  for (const [name, raw] of Object.entries(body)) {
    if (name === "attributes" || name.toLowerCase() === "id") continue;
    const parent = typeof raw === "object" && raw !== null ? object.parent(name) : undefined;
    const field = parent ?? object.field(name);
    if (field === undefined) {
      throw refusal(
        400,
        "INVALID_FIELD",
        `No such column '${name}' on sobject of type ${object.name}`,
      );
    }
    if (author.isApi && !allows(field)) locked.push(field.name);
    given[field.name] =
      parent === undefined
        ? readValue(field, raw, currency)
        : findByReference(org, parent, raw as object);
  }
  if (locked.length > 0) {
    throw refusal(
      400,
      "INVALID_FIELD_FOR_INSERT_UPDATE",
      `Unable to create/update fields: ${locked.join(", ")}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      locked,
    );
  }
  for (const field of object.fields) {
    const value = given[field.name];
    if (field.type === "reference" && typeof value === "string") checkReference(org, field, value);
  }
  return given;
}

/** A line is in the currency of what it is a line of, and its amounts have that currency's decimals. */
function parentOf(org: Org, body: Readonly<Record<string, unknown>>): RecordRow | undefined {
  const id = body["OpportunityId"] ?? body["OrderId"];
  const object = typeof id === "string" ? org.schema().objectOfId(id) : undefined;
  return object === undefined ? undefined : org.table(object.name).get(String(id));
}

function findByReference(org: Org, field: FieldDefinition, raw: object): string {
  const target = org.schema().object(field.referenceTo ?? "");
  const [key, value] = Object.entries(raw).filter(([name]) => name !== "attributes")[0] ?? [];
  const by = key === undefined ? undefined : target?.field(key);
  const found =
    target === undefined || by === undefined || !by.isExternalId
      ? undefined
      : org.table(target.name).where(BY_FIELD, indexKey(by, String(value)))[0];
  if (found === undefined) {
    throw refusal(
      400,
      "INVALID_FIELD",
      `Foreign key external ID: ${String(value)} not found for field ${key ?? "?"} in entity ${field.referenceTo ?? "?"}`,
    );
  }
  return found.id;
}

function checkReference(org: Org, field: FieldDefinition, id: string) {
  const target = org.schema().objectOfId(id);
  if (target === undefined || (field.referenceTo !== "*" && target.name !== field.referenceTo)) {
    throw refusal(400, "MALFORMED_ID", `${field.label}: id value of incorrect type: ${id}`, [
      field.name,
    ]);
  }
  const row = org.table(target.name).get(id);
  if (row === undefined) {
    throw refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", []);
  }
  if (row.values["IsDeleted"] === true)
    throw refusal(400, "ENTITY_IS_DELETED", "entity is deleted", []);
}
