import { formatUnits, multiplyDecimals, parseDecimal, toUnits } from "../decimal.ts";
import { associate, associationsOf, dissociate, type End } from "./associations.ts";
import type { ChangeFeed } from "./change-feed.ts";
import {
  HubSpotError,
  type HubSpotErrorDetail,
  objectNotFound,
  validationError,
} from "./hubspot-error.ts";
import type { ObjectType } from "./object-types.ts";
import type { ObjectRow, Portal } from "./portal.ts";
import type { PropertyDefinition } from "./property-definitions.ts";
import { readPropertyValue } from "./read-property-value.ts";

/** Who writes, and how. */
export interface Author {
  /** False: a person, who may set what the API refuses, and meets no faults. */
  readonly isApi: boolean;
  readonly userId: number | null;
  /** Epoch milliseconds the write is stamped with. */
  readonly stampMs: number;
  readonly operation: string;
  /** Nothing is announced. */
  readonly isSilent: boolean;
}

export interface Writing {
  readonly portal: Portal;
  readonly feed: ChangeFeed;
  readonly author: Author;
}

type Values = Readonly<Record<string, unknown>>;

/** Writes a new record; call it in a transaction. */
export function createObject(writing: Writing, type: ObjectType, given: Values): ObjectRow {
  const { portal, author } = writing;
  const values = readValues(writing, type, given, null);
  strike(writing, type, null);
  const id = portal.newId();
  const stamp = new Date(author.stampMs).toISOString();
  const properties = withDerived(portal, type, {
    ...withDefaults(portal, type, values),
    hs_object_id: id,
    createdate: stamp,
    hs_createdate: stamp,
    hs_lastmodifieddate: stamp,
    ...(author.userId === null ? {} : { hs_updated_by_user_id: String(author.userId) }),
  });
  const row: ObjectRow = {
    id,
    properties: withoutEmpty(properties),
    createdMs: author.stampMs,
    updatedMs: author.stampMs,
    archivedMs: null,
  };
  portal.store.put(portal.table(type), row);
  tell(writing, { type, id }, "CREATE", row.properties);
  return row;
}

/** Changes a record. A value that is the same already is none: nothing is stamped for it. */
export function updateObject(
  writing: Writing,
  type: ObjectType,
  id: string,
  given: Values,
): ObjectRow {
  const { portal, author } = writing;
  const before = livingObject(portal, type, id);
  const values = readValues(writing, type, given, id);
  strike(writing, type, id);
  const wanted = withDerived(portal, type, { ...before.properties, ...values });
  const changed = Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => (before.properties[name] ?? "") !== (value ?? ""),
    ),
  );
  if (Object.keys(changed).length === 0) return before;
  const stampMs = author.stampMs;
  const properties = {
    ...wanted,
    hs_lastmodifieddate: new Date(stampMs).toISOString(),
    ...(author.userId === null ? {} : { hs_updated_by_user_id: String(author.userId) }),
  };
  const row = { ...before, properties: withoutEmpty(properties), updatedMs: stampMs };
  portal.store.put(portal.table(type), row);
  tell(writing, { type, id }, "UPDATE", changed);
  if (type === "line_items") for (const deal of dealsOfLine(portal, id)) sumUp(writing, deal);
  return row;
}

/** Puts a record into the recycle bin. */
export function archiveObject(writing: Writing, type: ObjectType, id: string): void {
  const { portal, author } = writing;
  const row = portal.table(type).get(id);
  // Archiving twice is no error over there either.
  if (row === undefined || row.archivedMs !== null) return;
  strike(writing, type, id);
  const deals = type === "line_items" ? dealsOfLine(portal, id) : [];
  const archived = { ...row, archivedMs: author.stampMs, updatedMs: author.stampMs };
  portal.store.put(portal.table(type), archived);
  tell(writing, { type, id }, "DELETE", {});
  for (const deal of deals) sumUp(writing, deal);
}

/** Links two living records. */
export function linkObjects(
  writing: Writing,
  from: End,
  to: End,
  typeIds?: readonly number[],
): void {
  const { portal } = writing;
  livingObject(portal, from.type, from.id);
  livingObject(portal, to.type, to.id);
  if (!associate(portal, from, to, typeIds)) return;
  tellLink(writing, from, to, false);
}

export function unlinkObjects(writing: Writing, from: End, to: End): void {
  if (dissociate(writing.portal, from, to)) tellLink(writing, from, to, true);
}

export function livingObject(portal: Portal, type: ObjectType, id: string): ObjectRow {
  const row = portal.table(type).get(id);
  if (row === undefined || row.archivedMs !== null) throw objectNotFound();
  return row;
}

/** Every fault of what was given, as the API lists them: one refusal for all. */
function readValues(
  writing: Writing,
  type: ObjectType,
  given: Values,
  id: string | null,
): Record<string, string | undefined> {
  const { portal, author } = writing;
  const definitions = portal.properties(type);
  const values: Record<string, string | undefined> = {};
  const faults: { readonly name: string; readonly error: string; readonly message: string }[] = [];
  for (const [name, value] of Object.entries(given)) {
    const property = definitions.get(name);
    if (property === undefined) {
      faults.push({
        name,
        error: "PROPERTY_DOESNT_EXIST",
        message: `Property "${name}" does not exist`,
      });
      continue;
    }
    if (property.isReadOnly && author.isApi) {
      faults.push({
        name,
        error: "READ_ONLY_VALUE",
        message: `"${name}" is a read only property; its value cannot be set.`,
      });
      continue;
    }
    const read = readPropertyValue(property, value);
    if (!read.ok) faults.push({ name, error: read.code, message: read.message });
    else if (isTaken(portal, type, property, read.value, id)) {
      faults.push({
        name,
        error: "CONFLICTING_UNIQUE_VALUE",
        message: `${String(read.value)} is already the value of "${name}" on another record.`,
      });
    } else values[name] = read.value;
  }
  if (faults.length > 0) {
    const errors: HubSpotErrorDetail[] = faults.map(({ name, error, message }) => ({
      message,
      code: error,
      context: { propertyName: [name] },
    }));
    throw validationError(`Property values were not valid: ${JSON.stringify(faults)}`, errors);
  }
  return values;
}

function isTaken(
  portal: Portal,
  type: ObjectType,
  property: PropertyDefinition,
  value: string | undefined,
  id: string | null,
): boolean {
  if (!property.hasUniqueValue || value === undefined) return false;
  const held = portal.find({ type, property: property.name, value });
  return held !== undefined && held.id !== id;
}

/** Faults that hit a single record. */
function strike({ portal, author }: Writing, type: ObjectType, id: string | null): void {
  if (!author.isApi) return;
  const fault = portal.faults.take({
    vendor: "hubspot",
    operation: author.operation,
    kinds: ["refuse_write", "lock"],
    object: type,
    recordId: id ?? undefined,
  });
  if (fault?.kind === "refuse_write") {
    throw validationError(fault.message ?? "A validation rule of this account refuses the change.");
  }
  if (fault?.kind === "lock") {
    throw new HubSpotError(423, { message: "The record is locked.", category: "LOCKED" });
  }
}

function withDefaults(
  portal: Portal,
  type: ObjectType,
  values: Record<string, string | undefined>,
) {
  if (type !== "deals") return values;
  const [first] = portal.settings().stages;
  return { pipeline: "default", dealstage: first?.id, ...values };
}

/** What HubSpot computes: whether the stage is a won one, and a line's net amount. */
function withDerived(
  portal: Portal,
  type: ObjectType,
  values: Record<string, string | undefined>,
): Record<string, string | undefined> {
  if (type === "deals") {
    const stage = portal.settings().stages.find(({ id }) => id === values["dealstage"]);
    return {
      ...values,
      hs_is_closed_won: String(stage?.isWon ?? false),
      hs_is_closed: String(stage?.isClosed ?? false),
    };
  }
  if (type === "line_items") return { ...values, amount: netAmount(values) };
  return values;
}

/** Quantity times the unit price less the discount: a share of the price, or an amount. */
function netAmount(values: Record<string, string | undefined>): string | undefined {
  const price = parseDecimal(values["price"] ?? "");
  const quantity = parseDecimal(values["quantity"] ?? "");
  if (price === undefined || quantity === undefined) return undefined;
  const percent = parseDecimal(values["hs_discount_percentage"] ?? "0");
  const discount = parseDecimal(values["discount"] ?? "0");
  const gross = toUnits(multiplyDecimals(price, quantity), 8);
  const share = percent === undefined ? 0n : toUnits(percent, 4);
  const off = discount === undefined ? 0n : toUnits(multiplyDecimals(discount, quantity), 8);
  const net = share === 0n ? gross - off : gross - (gross * share) / 1_000_000n;
  return trimmed(formatUnits(net, 8));
}

/** The deal's amount is the sum of its lines. It is stamped only when the sum is another one. */
function sumUp(writing: Writing, dealId: string): void {
  const { portal } = writing;
  if (portal.table("deals").get(dealId)?.archivedMs !== null) return;
  let sum = 0n;
  for (const { toId } of associationsOf(portal, { type: "deals", id: dealId }, "line_items")) {
    const amount = parseDecimal(portal.table("line_items").get(toId)?.properties["amount"] ?? "");
    if (amount !== undefined) sum += toUnits(amount, 8);
  }
  const author: Author = { ...writing.author, isApi: false };
  updateObject({ ...writing, author }, "deals", dealId, { amount: trimmed(formatUnits(sum, 8)) });
}

function dealsOfLine(portal: Portal, id: string): string[] {
  return associationsOf(portal, { type: "line_items", id }, "deals").map(({ toId }) => toId);
}

function tell(
  { feed, author }: Writing,
  end: End,
  action: "CREATE" | "UPDATE" | "DELETE",
  changed: Readonly<Record<string, string | undefined>>,
): void {
  if (author.isSilent) return;
  const texts = Object.fromEntries(
    Object.entries(changed).map(([name, value]) => [name, value ?? ""]),
  );
  feed.record({ end, action, changed: texts, source: author.isApi ? "INTEGRATION" : "CRM_UI" });
}

function tellLink(writing: Writing, from: End, to: End, isRemoved: boolean): void {
  const { feed, author } = writing;
  const ends = [from, to];
  const deal = ends.find(({ type }) => type === "deals");
  const line = ends.find(({ type }) => type === "line_items");
  if (deal !== undefined && line !== undefined) sumUp(writing, deal.id);
  const other = ends.find((end) => end !== deal);
  if (author.isSilent || deal === undefined || other === undefined) return;
  const source = author.isApi ? "INTEGRATION" : "CRM_UI";
  feed.record({ end: deal, action: "UPDATE", changed: {}, source, link: { to: other, isRemoved } });
}

function withoutEmpty(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== ""),
  ) as Record<string, string>;
}

function trimmed(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}
