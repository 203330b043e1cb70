import type { NetSuiteCurrency } from "./netsuite-account.ts";
import type { NetSuiteCall } from "./netsuite-call.ts";
import { userError } from "./netsuite-error.ts";
import type { TransactionRow } from "./netsuite-rows.ts";
import {
  currencyOf,
  customOf,
  type Fields,
  idOf,
  mustKnow,
  referenceOf,
  textOf,
} from "./read-fields.ts";
import { writeLines } from "./transaction-lines.ts";

const KNOWN = [
  "externalId",
  "entity",
  "currency",
  "memo",
  "tranDate",
  "orderStatus",
  "otherRefNum",
  "item",
  "subsidiary",
];

const NUMBER_PREFIX = { salesOrder: "SO", invoice: "INV", creditMemo: "CM" } as const;

/** A sales order or a credit memo, made or changed by a caller; invoices come from orders only. */
export function writeTransaction(
  call: NetSuiteCall,
  given: Fields,
  found: {
    readonly type: "salesOrder" | "creditMemo";
    readonly before: TransactionRow | undefined;
    readonly externalId: string | null;
  },
): TransactionRow {
  const { account } = call;
  const { before, type } = found;
  mustKnow(call, given, KNOWN);
  const customer = referenceOf(given, "entity", account.tables.customer);
  const entity = customer?.id ?? before?.entity;
  if (entity === undefined) throw userError("Please enter value(s) for: Customer.", "entity");
  const currency = currencyFor(call, given, { before, entity });
  const { lines, nextLine } = writeLines(call, given, {
    lines: before?.lines ?? [],
    nextLine: before?.nextLine ?? 1,
    currency,
  });
  if (lines.length === 0)
    throw userError("You must enter at least one line item for this transaction.", "item");
  const id = before?.id ?? account.newId();
  const row: TransactionRow = {
    id,
    type,
    externalId: found.externalId ?? before?.externalId ?? null,
    tranId: before?.tranId ?? `${NUMBER_PREFIX[type]}${id}`,
    entity,
    currency: currency.id,
    memo: textOf(given, "memo") ?? before?.memo ?? null,
    createdFrom: before?.createdFrom ?? null,
    lines,
    nextLine,
    custom: { ...before?.custom, ...customOf(account, given, "custbody_") },
    isApproved: approvalOf(given) ?? before?.isApproved ?? false,
    standing: before?.standing ?? "open",
    lastModifiedMs: account.now(),
  };
  account.store.put(account.tables.transaction, row);
  return row;
}

function currencyFor(
  call: NetSuiteCall,
  given: Fields,
  held: { readonly before: TransactionRow | undefined; readonly entity: string },
): NetSuiteCurrency {
  const { account } = call;
  const said = currencyOf(account, given);
  const { before, entity } = held;
  if (before !== undefined && said !== undefined && said.id !== before.currency)
    throw userError("The currency of a saved transaction cannot be changed.", "currency");
  const allowed = account.tables.customer.get(entity)?.currencies ?? [];
  const id = said?.id ?? before?.currency ?? allowed[0];
  const currency = account.settings().currencies.find((one) => one.id === id);
  if (currency === undefined || !allowed.includes(currency.id))
    throw userError(
      `Invalid currency reference key ${String(id)} for entity ${entity}.`,
      "currency",
    );
  return currency;
}

/** A caller may say `A`, pending approval, or `B`, approved; everything after follows from what happens. */
function approvalOf(given: Fields): boolean | undefined {
  const status = idOf(given, "orderStatus");
  if (status === undefined) return undefined;
  if (status === "A" || status === "B") return status === "B";
  throw userError(`Invalid orderStatus reference key ${status}.`, "orderStatus");
}
