import { type Decimal, formatUnits, multiplyDecimals, parseDecimal, toUnits } from "../decimal.ts";
import type { NetSuiteCurrency } from "./netsuite-account.ts";
import type { NetSuiteCall } from "./netsuite-call.ts";
import { userError } from "./netsuite-error.ts";
import type { TransactionLine } from "./netsuite-rows.ts";
import { isExactNumber, isObject } from "./read-exact-json.ts";
import {
  customOf,
  decimalOf,
  type Fields,
  flagOf,
  mustKnow,
  referenceOf,
  textOf,
} from "./read-fields.ts";

const KNOWN = ["line", "item", "quantity", "rate", "price", "description", "isClosed"];

/**
 * The sublist `item` after a write. Its key is `line`: a line that names one is a change of it, the
 * others are added. Lines that a write does not name stay, unless it replaces the sublist.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545295601.html
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_1545297048.html
 */
export function writeLines(
  call: NetSuiteCall,
  given: Fields,
  held: {
    readonly lines: readonly TransactionLine[];
    readonly nextLine: number;
    readonly currency: NetSuiteCurrency;
  },
): { readonly lines: readonly TransactionLine[]; readonly nextLine: number } {
  const sublist = given["item"];
  if (sublist === undefined) return held;
  const items: unknown = isObject(sublist) ? sublist["items"] : undefined;
  const isReplaced = call.query.get("replace")?.split(",").includes("item") === true;
  let { nextLine } = held;
  const written = new Map<number, TransactionLine>();
  for (const [at, one] of (Array.isArray(items) ? items : []).entries()) {
    const fields = isObject(one) ? one : {};
    const path = `item.items[${at}].`;
    mustKnow(call, fields, KNOWN, path);
    const key = isExactNumber(fields["line"]) ? Number(fields["line"].n) : undefined;
    const before = held.lines.find(({ line }) => line === key);
    const line = before?.line ?? nextLine;
    if (before === undefined) nextLine += 1;
    written.set(line, readLine(call, fields, { before, line, path, currency: held.currency }));
  }
  const dropped = held.lines.filter(({ line }) => isReplaced && !written.has(line));
  if (dropped.some((line) => !isZero(line.quantityBilled)))
    throw userError("You cannot delete a line that has been billed.");
  const stayed = held.lines.filter(({ line }) => !written.has(line) && !isReplaced);
  const lines = [...stayed, ...written.values()].toSorted((one, other) => one.line - other.line);
  return { lines, nextLine };
}

function readLine(
  call: NetSuiteCall,
  fields: Fields,
  known: {
    readonly before: TransactionLine | undefined;
    readonly line: number;
    readonly path: string;
    readonly currency: NetSuiteCurrency;
  },
): TransactionLine {
  const { before, line, path, currency } = known;
  const item = referenceOf(fields, "item", call.account.tables.item, `${path}item`);
  const quantity = decimalOf(fields, "quantity", `${path}quantity`) ?? before?.quantity ?? "1";
  const rate = decimalOf(fields, "rate", `${path}rate`) ?? before?.rate ?? "0";
  const id = item?.id ?? before?.item;
  if (id === undefined) throw userError("Please choose an item to add", `${path}item`);
  if (item?.isInactive === true)
    throw userError(`The item ${item.itemId} is inactive.`, `${path}item`);
  if (before !== undefined && !isZero(before.quantityBilled)) {
    if (compare(quantity, before.quantityBilled) < 0)
      throw userError("The quantity cannot be less than what has been billed.", `${path}quantity`);
    if (id !== before.item || compare(rate, before.rate) !== 0)
      throw userError("A line that has been billed cannot get another item or rate.", path);
  }
  return {
    line,
    item: id,
    quantity,
    rate,
    amount: amountOf(quantity, rate, currency.precision),
    description: textOf(fields, "description") ?? before?.description ?? null,
    isClosed: flagOf(fields, "isClosed") ?? before?.isClosed ?? false,
    quantityBilled: before?.quantityBilled ?? "0",
    orderLine: before?.orderLine ?? null,
    custom: { ...before?.custom, ...customOf(call.account, fields, "custcol_") },
  };
}

export function amountOf(quantity: string, rate: string, precision: number): string {
  const product = multiplyDecimals(decimal(quantity), decimal(rate));
  return formatUnits(toUnits(product, precision), precision);
}

export function sumOf(amounts: readonly string[], precision: number): string {
  let units = 0n;
  for (const amount of amounts) units += toUnits(decimal(amount), precision);
  return formatUnits(units, precision);
}

const PLACES = 10;

export function compare(one: string, other: string): number {
  const difference = toUnits(decimal(one), PLACES) - toUnits(decimal(other), PLACES);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

export function isZero(text: string): boolean {
  return compare(text, "0") === 0;
}

export function minus(one: string, other: string): string {
  const units = toUnits(decimal(one), PLACES) - toUnits(decimal(other), PLACES);
  return formatUnits(units, PLACES).replace(/\.?0+$/, "");
}

function decimal(text: string): Decimal {
  return parseDecimal(text) ?? { digits: 0n, scale: 0 };
}
