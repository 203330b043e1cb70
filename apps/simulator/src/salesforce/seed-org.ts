import type { Org, RecordRow } from "./org.ts";
import { BY_FIELD, indexKey } from "./org.ts";
import type { FieldDefinition } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";
import { createRecord } from "./write-record.ts";

export const INTEGRATION_EMAIL = "integration@usher.example";
export const SALES_EMAIL = "ana.flores@seller.example";
const MANAGER_EMAIL = "dana.keller@seller.example";
const STANDARD_PRICE_BOOK = "Standard Price Book";

/** Puts the people and the price book every org has into an empty one. */
export function seedOrg(org: Org): void {
  if (org.table("User").size > 0) return;
  org.store.transact(() => {
    const manager = addUser(org, { FirstName: "Dana", LastName: "Keller", Email: MANAGER_EMAIL });
    addUser(org, {
      FirstName: "Ana",
      LastName: "Flores",
      Email: SALES_EMAIL,
      ManagerId: manager.id,
    });
    addUser(org, { FirstName: "Usher", LastName: "Integration", Email: INTEGRATION_EMAIL });
    addRecord(org, "Pricebook2", { Name: STANDARD_PRICE_BOOK, IsActive: true, IsStandard: true });
  });
}

export function userByEmail(org: Org, email: string): RecordRow | undefined {
  return findByField(org, "User", "Email", email);
}

export function standardPricebookId(org: Org): string {
  const found = findByField(org, "Pricebook2", "Name", STANDARD_PRICE_BOOK);
  if (found === undefined)
    throw new Error("The org has no standard price book: seedOrg(org) must come first.");
  return found.id;
}

/** The user of that mail address; made on the spot when there is none. */
export function ensureUser(
  org: Org,
  { name, email }: { readonly name: string; readonly email: string },
): RecordRow {
  const known = userByEmail(org, email);
  if (known !== undefined) return known;
  const words = name.trim().split(/\s+/);
  const LastName = words.pop() ?? name;
  return addUser(org, { FirstName: words.join(" "), LastName, Email: email });
}

function addUser(org: Org, fields: Record<string, string>): RecordRow {
  return addRecord(org, "User", { ...fields, Username: fields["Email"] });
}

/** Saves a record as an administrator does: derived and read-only fields included. */
export function addRecord(
  org: Org,
  object: string,
  body: Readonly<Record<string, unknown>>,
  stamp = org.stampNow(),
): RecordRow {
  const userId = userByEmail(org, SALES_EMAIL)?.id ?? "";
  return createRecord({
    org,
    object: org.schema().object(object) as SchemaObject,
    body,
    author: { userId, isApi: false, stamp, operation: "human" },
  });
}

/** The living record whose indexed `field` has `value`. */
export function findByField(
  org: Org,
  object: string,
  field: string,
  value: string,
): RecordRow | undefined {
  const definition = org.schema().object(object)?.field(field) as FieldDefinition;
  return org
    .table(object)
    .where(BY_FIELD, indexKey(definition, value))
    .find((row) => row.values["IsDeleted"] !== true);
}
