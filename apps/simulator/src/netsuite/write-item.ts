import type { NetSuiteCall } from "./netsuite-call.ts";
import { userError } from "./netsuite-error.ts";
import type { ItemRow, ItemType } from "./netsuite-rows.ts";
import { type Fields, flagOf, idOf, mustKnow, textOf } from "./read-fields.ts";

const KNOWN = [
  "externalId",
  "itemId",
  "displayName",
  "incomeAccount",
  "taxSchedule",
  "subsidiary",
  "isInactive",
];

/** Something sold. A name is taken once among all items, and a new one needs an income account. */
export function writeItem(
  call: NetSuiteCall,
  given: Fields,
  found: {
    readonly type: ItemType;
    readonly before: ItemRow | undefined;
    readonly externalId: string | null;
  },
): ItemRow {
  const { account } = call;
  const { before, type } = found;
  mustKnow(call, given, KNOWN);
  const itemId = textOf(given, "itemId") ?? before?.itemId;
  if (itemId === undefined || itemId === "")
    throw userError("Please enter value(s) for: Item Name/Number.");
  const incomeAccount = idOf(given, "incomeAccount") ?? before?.incomeAccount;
  if (incomeAccount === undefined) throw userError("Please enter value(s) for: Income Account.");
  const id = before?.id ?? account.newId();
  for (const row of account.tables.item.all()) {
    if (row.id !== id && row.itemId === itemId)
      throw userError(
        "Uniqueness error - an item with the same name already exists; please choose a unique item name",
      );
  }
  const row: ItemRow = {
    id,
    type,
    externalId: found.externalId ?? before?.externalId ?? null,
    itemId,
    displayName: textOf(given, "displayName") ?? before?.displayName ?? itemId,
    incomeAccount,
    isInactive: flagOf(given, "isInactive") ?? before?.isInactive ?? false,
  };
  account.store.put(account.tables.item, row);
  return row;
}
