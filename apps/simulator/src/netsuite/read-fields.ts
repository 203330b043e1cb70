import { parseDecimal } from "../decimal.ts";
import type { Row, Table } from "../store/table.ts";
import { BY_EXTERNAL_ID, type NetSuiteAccount } from "./netsuite-account.ts";
import type { NetSuiteCall } from "./netsuite-call.ts";
import { invalidContent, userError } from "./netsuite-error.ts";
import { isExactNumber, isObject } from "./read-exact-json.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Properties nobody has are dropped in silence, unless the caller asked for an error. */
export function mustKnow(
  call: NetSuiteCall,
  given: Fields,
  known: readonly string[],
  path = "",
): void {
  if (call.header("x-netsuite-propertynamevalidation")?.toLowerCase() !== "error") return;
  const custom = call.account.settings().customFields;
  for (const name of Object.keys(given)) {
    if (known.includes(name) || custom.includes(name)) continue;
    throw invalidContent(`Unknown property '${name}'.`, `${path}${name}`);
  }
}

export function textOf(given: Fields, name: string): string | null | undefined {
  const value = given[name];
  if (value === undefined || value === null || typeof value === "string") return value;
  if (isExactNumber(value)) return value.n;
  throw invalidContent(`Invalid value for the field ${name}: a text is expected.`, name);
}

export function flagOf(given: Fields, name: string): boolean | undefined {
  const value = given[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidContent(`Invalid value for the field ${name}: true or false is expected.`, name);
}

/** A decimal as text. A number in quotes is taken too. */
export function decimalOf(given: Fields, name: string, path: string): string | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  const text = isExactNumber(value) ? value.n : value;
  if (typeof text === "string" && parseDecimal(text) !== undefined) return text;
  throw invalidContent(`Invalid value for the field ${name}: a number is expected.`, path);
}

/** `{id}` or `{externalId}` of a record that has to be there. */
export function referenceOf<R extends Row>(
  given: Fields,
  name: string,
  table: Pick<Table<R>, "get" | "where">,
  path = name,
): R | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  const id = isObject(value) ? value["id"] : undefined;
  const text = isExactNumber(id) ? id.n : id;
  const externalId = isObject(value) ? value["externalId"] : undefined;
  const row =
    typeof text === "string"
      ? table.get(text)
      : typeof externalId === "string"
        ? table.where(BY_EXTERNAL_ID, externalId)[0]
        : undefined;
  if (row !== undefined) return row;
  throw invalidContent(
    `You have entered an Invalid Field Value ${String(text ?? externalId)} for the following field: ${name}`,
    path,
  );
}

/** The id alone of `{id}`, for lists that are not records here. */
export function idOf(given: Fields, name: string): string | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  const id = isObject(value) ? value["id"] : undefined;
  if (isExactNumber(id)) return id.n;
  if (typeof id === "string") return id;
  throw invalidContent(`Invalid value for the field ${name}: a reference is expected.`, name);
}

export function currencyOf(account: NetSuiteAccount, given: Fields) {
  const id = idOf(given, "currency");
  if (id === undefined) return undefined;
  const currency = account.settings().currencies.find((one) => one.id === id);
  if (currency !== undefined) return currency;
  throw userError(`Invalid currency reference key ${id}.`, "currency");
}

/** Values of custom fields, by script id; the others of the same kind stay. */
export function customOf(
  account: NetSuiteAccount,
  given: Fields,
  prefix: "custbody_" | "custcol_",
): Record<string, string | number> {
  const found: Record<string, string | number> = {};
  for (const name of account.settings().customFields) {
    const value = given[name];
    if (!name.startsWith(prefix) || value === undefined || value === null) continue;
    if (typeof value === "string") found[name] = value;
    else if (isExactNumber(value)) found[name] = Number(value.n);
  }
  return found;
}

const EXTERNAL_ID = /^[A-Za-z0-9_-]+$/;

/** @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156334828635.html */
export function mustBeExternalId(text: string): string {
  if (EXTERNAL_ID.test(text)) return text;
  throw invalidContent(
    `Invalid external ID '${text}'. An external ID consists of letters, numbers, underscore and hyphen.`,
  );
}
