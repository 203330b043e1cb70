import type { SimplePublicObject } from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import type { ObjectType } from "./object-types.ts";
import type { ObjectRow } from "./portal.ts";

/** A model of the SDK as its JSON: instants as text. Every answer is held to it by `satisfies`. */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** What is shown of a record when no property is asked for. */
const DEFAULT_SHOWN: Readonly<Record<ObjectType, readonly string[]>> = {
  deals: ["amount", "closedate", "dealname", "dealstage", "pipeline"],
  line_items: ["hs_product_id", "quantity", "name"],
  companies: ["name", "domain"],
  products: ["name", "price", "description"],
};

const ALWAYS_SHOWN = ["createdate", "hs_lastmodifieddate", "hs_object_id"];

/**
 * A record as the API shows it: the properties asked for that exist, null where one is empty.
 * Asking for one that does not exist is no error.
 */
export function showObject(input: {
  readonly type: ObjectType;
  readonly row: ObjectRow;
  readonly known: { has(name: string): boolean };
  readonly properties?: readonly string[] | undefined;
}): Wire<SimplePublicObject> {
  const { type, row, known, properties: asked = [] } = input;
  const names = [...(asked.length === 0 ? DEFAULT_SHOWN[type] : asked), ...ALWAYS_SHOWN];
  const properties: Record<string, string | null> = {};
  for (const name of names) if (known.has(name)) properties[name] = row.properties[name] ?? null;
  return {
    id: row.id,
    properties,
    createdAt: new Date(row.createdMs).toISOString(),
    updatedAt: new Date(row.updatedMs).toISOString(),
    archived: row.archivedMs !== null,
    ...(row.archivedMs === null ? {} : { archivedAt: new Date(row.archivedMs).toISOString() }),
  } satisfies Wire<SimplePublicObject>;
}
