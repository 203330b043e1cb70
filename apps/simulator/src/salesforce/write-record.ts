import { refuseDuplicates, requireFields } from "./check-record.ts";
import { announceChange } from "./notification.ts";
import { refuseByOrderRules } from "./order-rules.ts";
import { BY_FIELD, indexKey, type Org, type RecordRow } from "./org.ts";
import { publishChange } from "./pubsub/change-event.ts";
import { readBody } from "./read-body.ts";
import { deriveFields, sumOfLines } from "./record-rules.ts";
import { notFound, refusal } from "./salesforce-error.ts";
import { normalizeSalesforceId } from "./salesforce-id.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";

/** On whose behalf a record is written. */
export interface Author {
  readonly userId: string;
  /** True: through the API, so faults strike and derived fields cannot be set. */
  readonly isApi: boolean;
  /** Instant the change is stamped with; whole seconds. */
  readonly stamp: number;
  /** The operation's name, for faults. */
  readonly operation: string;
  /** True: automation is bypassed, as for a data load, and nobody is notified. */
  readonly isSilent?: boolean;
  /** How change events name the API and the client that made the change; empty for people. */
  readonly changeOrigin?: string;
}

type Values = Record<string, FieldValue>;

/** Fields that every save moves: they alone are no change. */
const STAMPS = new Set(["LastModifiedDate", "LastModifiedById", "SystemModstamp"]);

export function createRecord(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  readonly body: Readonly<Record<string, unknown>>;
  readonly author: Author;
}): RecordRow {
  const { org, object, body, author } = input;
  return org.store.transact(() => {
    const given = readBody({ org, object, body, author, allows: (field) => field.isCreateable });
    strike(input, undefined);
    const values: Values = {};
    for (const field of object.fields) values[field.name] = given[field.name] ?? field.defaultValue;
    requireFields(object, values);
    const id = org.newId(object);
    Object.assign(values, {
      Id: id,
      CreatedDate: author.stamp,
      CreatedById: author.userId,
      LastModifiedDate: author.stamp,
      LastModifiedById: author.userId,
      SystemModstamp: author.stamp,
      IsDeleted: false,
    });
    if ("OwnerId" in values) values["OwnerId"] ??= author.userId;
    deriveFields({ org, object: object.name, values, isNew: true });
    const row = { id, values };
    if (author.isApi) {
      refuseByOrderRules({ org, object, after: values, before: null, given: Object.keys(given) });
    }
    refuseDuplicates(org, object, row);
    org.store.put(org.table(object.name), row);
    publishChange({ org, object, row, author, changeType: "CREATE", changed: [] });
    afterSave({ org, object, row, author, changed: Object.keys(given) });
    return row;
  });
}

/** Writes the fields of `body`; a body that changes nothing still moves the stamps, as a save does. */
export function updateRecord(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly author: Author;
}): RecordRow {
  const { org, object, body, author } = input;
  return org.store.transact(() => {
    const before = existingRecord(org, object, input.id);
    const given = readBody({
      org,
      object,
      body,
      author,
      allows: (field) => field.isUpdateable,
      before,
    });
    strike(input, before.id);
    const values: Values = { ...before.values, ...given };
    requireFields(object, values);
    Object.assign(values, {
      LastModifiedDate: author.stamp,
      LastModifiedById: author.userId,
      SystemModstamp: author.stamp,
    });
    deriveFields({ org, object: object.name, values, isNew: false });
    const row = { id: before.id, values };
    if (author.isApi) {
      refuseByOrderRules({ org, object, after: values, before, given: Object.keys(given) });
    }
    refuseDuplicates(org, object, row);
    org.store.put(org.table(object.name), row);
    const changed = Object.keys(values).filter((name) => values[name] !== before.values[name]);
    const told = changed.filter((name) => !STAMPS.has(name));
    if (told.length > 0) {
      publishChange({ org, object, row, author, changeType: "UPDATE", changed: told });
    }
    afterSave({ org, object, row, author, changed: Object.keys(given) });
    return row;
  });
}

/** To the recycle bin: hidden from queries, and its children with it. */
export function deleteRecord(input: {
  readonly org: Org;
  readonly object: SchemaObject;
  readonly id: string;
  readonly author: Author;
}): void {
  const { org, object, author } = input;
  org.store.transact(() => {
    const before = existingRecord(org, object, input.id);
    strike(input, before.id);
    if (object.name === "Account" && author.isApi) refuseWonDeals(org, before);
    if (author.isApi) refuseByOrderRules({ org, object, after: null, before, given: [] });
    markDeleted(org, object, before, author);
    for (const child of cascade(object.name)) {
      const childObject = org.schema().object(child.object) as SchemaObject;
      for (const row of childrenOf(org, childObject, child.field, before.id)) {
        markDeleted(org, childObject, row, author);
      }
    }
    afterSave({ org, object, row: before, author, changed: ["IsDeleted"] });
  });
}

/** The living record of that id, or the vendor's refusal. */
export function existingRecord(org: Org, object: SchemaObject, rawId: string): RecordRow {
  const id = normalizeSalesforceId(rawId);
  const row = id === undefined ? undefined : org.table(object.name).get(id);
  if (row === undefined) throw notFound();
  if (row.values["IsDeleted"] === true) {
    throw refusal(404, "ENTITY_IS_DELETED", "entity is deleted", []);
  }
  return row;
}

/** Living records whose `field` names `id`. */
export function childrenOf(org: Org, object: SchemaObject, field: string, id: string): RecordRow[] {
  const definition = object.field(field) as FieldDefinition;
  return org
    .table(object.name)
    .where(BY_FIELD, indexKey(definition, id))
    .filter((row) => row.values["IsDeleted"] !== true);
}

/** A validation rule or a lock, when one was asked for, hits the single record. */
function strike(
  input: { readonly org: Org; readonly object: SchemaObject; readonly author: Author },
  recordId: string | undefined,
) {
  const { org, object, author } = input;
  if (!author.isApi) return;
  const fault = org.faults.take({
    vendor: "salesforce",
    operation: author.operation,
    kinds: ["refuse_write", "lock"],
    object: object.name,
    recordId,
  });
  if (fault === undefined) return;
  if (fault.kind === "lock") {
    throw refusal(
      400,
      "UNABLE_TO_LOCK_ROW",
      `unable to obtain exclusive access to this record or 1 records: ${recordId ?? "new record"}`,
      [],
    );
  }
  throw refusal(
    400,
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    fault.message ?? "A validation rule of the org refuses this change.",
    [],
  );
}

function afterSave(input: {
  org: Org;
  object: SchemaObject;
  row: RecordRow;
  author: Author;
  changed: readonly string[];
}) {
  const { org, object, row, author, changed } = input;
  if (object.name === "OpportunityLineItem") {
    rollUp({ org, parent: "Opportunity", id: String(row.values["OpportunityId"]), author });
  } else if (object.name === "OrderItem") {
    rollUp({ org, parent: "Order", id: String(row.values["OrderId"]), author });
  } else if (object.name === "Opportunity") {
    announceChange({ org, id: row.id, author, changed });
  }
}

/** A line that comes, goes or changes saves its parent too: new total, new stamps. */
function rollUp(input: { org: Org; parent: "Opportunity" | "Order"; id: string; author: Author }) {
  const { org, parent, id, author } = input;
  const row = org.table(parent).get(id);
  if (row === undefined || row.values["IsDeleted"] === true) return;
  const child = parent === "Opportunity" ? "OpportunityLineItem" : "OrderItem";
  const lines = childrenOf(org, org.schema().object(child) as SchemaObject, `${parent}Id`, id);
  const total = sumOfLines(lines, String(row.values["CurrencyIsoCode"] ?? "USD"));
  const derived: Values =
    parent === "Opportunity"
      ? { Amount: total, HasOpportunityLineItem: lines.length > 0 }
      : { TotalAmount: total };
  const stamps = {
    LastModifiedDate: author.stamp,
    LastModifiedById: author.userId,
    SystemModstamp: author.stamp,
  };
  const saved = { id, values: { ...row.values, ...derived, ...stamps } };
  org.store.put(org.table(parent), saved);
  // A roll-up that leaves the sum as it was is no change of a field, and is told by no event.
  const changed = Object.keys(derived).filter((name) => derived[name] !== row.values[name]);
  if (changed.length > 0) {
    const object = org.schema().object(parent) as SchemaObject;
    publishChange({ org, object, row: saved, author, changeType: "UPDATE", changed });
  }
  if (parent === "Opportunity") announceChange({ org, id, author, changed: ["Amount"] });
}

function markDeleted(org: Org, object: SchemaObject, row: RecordRow, author: Author) {
  const values = { ...row.values, IsDeleted: true, SystemModstamp: author.stamp };
  org.store.put(org.table(object.name), { id: row.id, values });
  publishChange({ org, object, row, author, changeType: "DELETE", changed: [] });
  if (object.name === "OpportunityLineItem") {
    rollUp({ org, parent: "Opportunity", id: String(row.values["OpportunityId"]), author });
  } else if (object.name === "OrderItem") {
    rollUp({ org, parent: "Order", id: String(row.values["OrderId"]), author });
  }
}

function cascade(object: string): readonly { readonly object: string; readonly field: string }[] {
  switch (object) {
    case "Account":
      return [
        { object: "Opportunity", field: "AccountId" },
        { object: "Contract", field: "AccountId" },
        { object: "Order", field: "AccountId" },
      ];
    case "Opportunity":
      return [{ object: "OpportunityLineItem", field: "OpportunityId" }];
    case "Order":
      return [{ object: "OrderItem", field: "OrderId" }];
    default:
      return [];
  }
}

/** The platform keeps an account that closed-won deals hang on. */
function refuseWonDeals(org: Org, account: RecordRow) {
  const opportunity = org.schema().object("Opportunity") as SchemaObject;
  const won = childrenOf(org, opportunity, "AccountId", account.id).filter(
    (row) => row.values["IsWon"],
  );
  if (won.length === 0) return;
  const names = won.map((row) => String(row.values["Name"])).join(", ");
  throw refusal(
    400,
    "DELETE_FAILED",
    `Your attempt to delete ${String(account.values["Name"])} could not be completed because it is associated with the following closed won opportunities: ${names}`,
    [],
  );
}
