import { createHash } from "node:crypto";
// biome-ignore lint/correctness/noUnresolvedImports: its `main` is a folder, which Biome does not follow.
import avro from "avsc";
import type { FieldDefinition, FieldValue } from "../schema/field.ts";
import type { SchemaObject } from "../schema/schema.ts";
import type { ChangeEvent } from "./change-event.ts";

/** The Avro schema of one object's change events, as `GetSchema` answers it. */
export interface ChangeEventSchema {
  readonly id: string;
  readonly json: string;
  encode(event: ChangeEvent): Buffer;
}

const HEADER = {
  name: "ChangeEventHeader",
  type: {
    type: "record",
    name: "ChangeEventHeader",
    fields: [
      { name: "entityName", type: "string" },
      { name: "recordIds", type: { type: "array", items: "string" } },
      {
        name: "changeType",
        type: {
          type: "enum",
          name: "ChangeType",
          symbols: [
            "CREATE",
            "UPDATE",
            "DELETE",
            "UNDELETE",
            "GAP_CREATE",
            "GAP_UPDATE",
            "GAP_DELETE",
            "GAP_UNDELETE",
            "GAP_OVERFLOW",
            "SNAPSHOT",
          ],
        },
      },
      { name: "changeOrigin", type: "string" },
      { name: "transactionKey", type: "string" },
      { name: "sequenceNumber", type: "int" },
      { name: "commitTimestamp", type: "long" },
      { name: "commitNumber", type: "long" },
      { name: "commitUser", type: "string" },
      { name: "nulledFields", type: { type: "array", items: "string" } },
      { name: "diffFields", type: { type: "array", items: "string" } },
      { name: "changedFields", type: { type: "array", items: "string" } },
    ],
  },
} as const;

/**
 * Header first, then every field of the object, null where it did not change. Fields that the
 * administrator adds make another schema with another id.
 * @see https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-avro-serialization.html
 */
export function changeEventSchema(object: SchemaObject): ChangeEventSchema {
  const fields = object.fields.filter(
    ({ name }) => !["Id", "SystemModstamp", "IsDeleted"].includes(name),
  );
  const schema = {
    type: "record",
    name: `${object.name}ChangeEvent`,
    namespace: "com.sforce.eventbus",
    fields: [
      HEADER,
      ...fields.map((field) => ({
        name: field.name,
        type: ["null", avroType(field)],
        doc: `Data:${field.type}`,
        default: null,
      })),
    ],
  };
  const json = JSON.stringify(schema);
  const type = avro.Type.forSchema(JSON.parse(json));
  return {
    json,
    id: createHash("sha256").update(json).digest("base64url").slice(0, 22),
    encode(event) {
      const header = {
        entityName: event.entity,
        recordIds: event.recordIds,
        changeType: event.changeType,
        changeOrigin: event.changeOrigin,
        transactionKey: `0000-${event.transaction}`,
        sequenceNumber: event.sequenceNumber,
        commitTimestamp: event.commitMs,
        commitNumber: event.position,
        commitUser: event.commitUser,
        nulledFields: bitmap(fields, (name) => event.values[name] === null),
        diffFields: [],
        changedFields:
          event.changeType === "UPDATE" ? bitmap(fields, (name) => name in event.values) : [],
      };
      const values = fields.map((field) => [
        field.name,
        avroValue(field, event.values[field.name] ?? null),
      ]);
      return type.toBuffer({ ChangeEventHeader: header, ...Object.fromEntries(values) });
    },
  };
}

/** One hexadecimal bitmap whose bits are the schema's fields, lowest first; none when no bit is set. */
function bitmap(fields: readonly FieldDefinition[], isSet: (name: string) => boolean): string[] {
  let bits = 0n;
  // Position 0 is the header.
  for (const [at, { name }] of fields.entries()) if (isSet(name)) bits |= 1n << BigInt(at + 1);
  return bits === 0n ? [] : [`0x${bits.toString(16).toUpperCase()}`];
}

function avroType(field: FieldDefinition): string {
  switch (field.type) {
    case "boolean":
      return "boolean";
    case "int":
      return "int";
    case "double":
    case "currency":
    case "percent":
      return "double";
    case "date":
    case "datetime":
      return "long";
    default:
      return "string";
  }
}

function avroValue(field: FieldDefinition, value: FieldValue): FieldValue {
  if (value === null) return null;
  return field.type === "date" ? Date.parse(`${String(value)}T00:00:00Z`) : value;
}
