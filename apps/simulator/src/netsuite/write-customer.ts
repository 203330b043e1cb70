import type { NetSuiteCall } from "./netsuite-call.ts";
import { userError } from "./netsuite-error.ts";
import type { CustomerRow } from "./netsuite-rows.ts";
import { isObject } from "./read-exact-json.ts";
import { currencyOf, type Fields, flagOf, idOf, mustKnow, textOf } from "./read-fields.ts";

const KNOWN = [
  "externalId",
  "entityId",
  "companyName",
  "isPerson",
  "subsidiary",
  "currency",
  "addressBook",
  "comments",
];

/** A company. Who is new needs a name, in OneWorld a subsidiary too; a name is taken once. */
export function writeCustomer(
  call: NetSuiteCall,
  given: Fields,
  found: { readonly before: CustomerRow | undefined; readonly externalId: string | null },
): CustomerRow {
  const { account } = call;
  const { before } = found;
  mustKnow(call, given, KNOWN);
  const companyName = textOf(given, "companyName") ?? before?.companyName;
  if (companyName === undefined || companyName === "" || flagOf(given, "isPerson") === true)
    throw userError("Please enter value(s) for: Company Name.");
  const subsidiary = idOf(given, "subsidiary") ?? before?.subsidiary ?? null;
  if (account.settings().isOneWorld && subsidiary === null)
    throw userError("Please enter value(s) for: Primary Subsidiary.");
  const id = before?.id ?? account.newId();
  const entityId = textOf(given, "entityId") ?? before?.entityId ?? `CUST${id}`;
  for (const row of account.tables.customer.all()) {
    if (row.id !== id && row.entityId === entityId) throw userError("This entity already exists.");
  }
  const currency = currencyOf(account, given)?.id;
  const [base] = account.settings().currencies;
  const row: CustomerRow = {
    id,
    externalId: found.externalId ?? before?.externalId ?? null,
    entityId,
    companyName,
    subsidiary,
    country: countryOf(given) ?? before?.country ?? null,
    currencies: before?.currencies ?? [currency ?? base?.id ?? ""],
    lastModifiedMs: account.now(),
  };
  account.store.put(account.tables.customer, row);
  return row;
}

/** `addressBook.items[0].addressBookAddress.country.id` */
function countryOf(given: Fields): string | undefined {
  const book = given["addressBook"];
  const items = isObject(book) ? book["items"] : undefined;
  const first: unknown = Array.isArray(items) ? items[0] : undefined;
  const address = isObject(first) ? first["addressBookAddress"] : undefined;
  return isObject(address) ? idOf(address, "country") : undefined;
}
