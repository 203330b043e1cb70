import type { FaultBoard } from "../fault/fault-board.ts";
import type { Store } from "../store/store.ts";
import type { Row, Table } from "../store/table.ts";
import type { WebhookCenter } from "../webhook/webhook-center.ts";
import type { ChangeEvent } from "./pubsub/change-event.ts";
import { makeSalesforceId } from "./salesforce-id.ts";
import { wholeSecond } from "./salesforce-time.ts";
import type { FieldDefinition, FieldValue } from "./schema/field.ts";
import { buildSchema, type Schema, type SchemaObject } from "./schema/schema.ts";
import { STANDARD_OBJECTS } from "./schema/standard-objects.ts";
import { bookingFields, lineFields, statusFields } from "./schema/usher-fields.ts";

export interface RecordRow extends Row {
  readonly values: Readonly<Record<string, FieldValue>>;
}

/** What an administrator of the org can change. One row. */
export interface OrgSettings extends Row {
  readonly organizationId: string;
  readonly pod: string;
  /** False: the status fields are not in the org yet, and naming one is INVALID_FIELD. */
  readonly fieldsDeployed: boolean;
  readonly fieldPrefix: string;
  readonly customFields: readonly { readonly object: string; readonly field: FieldDefinition }[];
  /** Rows a query page has at most; the vendor promises "2,000 or fewer". */
  readonly pageSizeMax: number;
  /** Calls allowed in 24 hours; the meter starts at 0 with the process. */
  readonly apiLimit: number;
  /** True: changes an API client made to nothing but status fields are announced too. */
  readonly echoNotifications: boolean;
  /** PEM of the key that signs JWT bearer assertions; null: none is registered. */
  readonly jwtPublicKey: string | null;
  /** The next `remaining` human changes are stamped this many seconds ago, as a late commit is. */
  readonly lateCommits: { readonly remaining: number; readonly seconds: number };
  readonly tokenTtlMs: number;
  /** Objects selected for Change Data Capture; events of the others are not published. */
  readonly changeDataCapture: readonly string[];
  /** The next changes are told by so many gap and overflow events in place of change events. */
  readonly changeMishaps: { readonly gaps: number; readonly overflows: number };
  /** Grows with each migration of the org: replay ids of before are not known any more. */
  readonly busEpoch: number;
}

/**
 * What a small Flow with an HTTP callout, or an Apex trigger, sends the hub when a deal changed: a
 * hint to re-read, no data of the deal.
 */
export interface DealNotification extends Row {
  readonly organizationId: string;
  readonly recordId: string;
  readonly occurredMs: number;
  /** The transaction that made the change; one notification a record and transaction. */
  readonly transaction: number;
}

/** One simulated Salesforce org: its settings, schema, record tables and clock. */
export interface Org {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly now: () => number;
  readonly notifications: Table<DealNotification>;
  /** The event bus. */
  readonly changeEvents: Table<ChangeEvent>;
  /** Told after a transaction that put something on the bus. */
  readonly onChangeEvents: Set<() => void>;
  /** API calls made; an administrator's page would show it. */
  readonly usage: { calls: number };
  settings(): OrgSettings;
  changeSettings(change: Partial<Omit<OrgSettings, "id">>): OrgSettings;
  schema(): Schema;
  table(object: string): Table<RecordRow>;
  newId(object: SchemaObject): string;
  /** Whole seconds: what a write now is stamped with. */
  stampNow(): number;
}

/** Name of the one equality index of record tables; values are made by `indexKey`. */
export const BY_FIELD = "field";

/** Where records with this value of this field are found. Text is compared without case. */
export function indexKey(field: FieldDefinition, value: FieldValue): string {
  const isCaseBlind = field.type !== "reference" && field.type !== "id";
  return `${field.name}\u0000${isCaseBlind ? String(value).toLowerCase() : String(value)}`;
}

export function isIndexed(field: FieldDefinition): boolean {
  return (
    field.type === "reference" ||
    field.isExternalId ||
    field.name === "ProductCode" ||
    field.name === "Name" ||
    field.name === "Email"
  );
}

export function createOrg(deps: {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly now: () => number;
  readonly defaults: Omit<OrgSettings, "id">;
}): Org {
  const { store, faults, webhooks, now, defaults } = deps;
  const settingsTable = store.define<OrgSettings>("sf.settings");
  let schemaOf: { row: OrgSettings | undefined; schema: Schema } | undefined;

  let settled: { row: OrgSettings | undefined; settings: OrgSettings } | undefined;

  /** A journal of before a setting was thought of has not got it: then its default counts. */
  function settings(): OrgSettings {
    const row = settingsTable.get("settings");
    if (settled === undefined || settled.row !== row) {
      settled = { row, settings: { id: "settings", ...defaults, ...row } };
    }
    return settled.settings;
  }

  function schema(): Schema {
    const row = settingsTable.get("settings");
    if (schemaOf === undefined || schemaOf.row !== row) {
      schemaOf = { row, schema: buildSchema(withCustomFields(settings())) };
    }
    return schemaOf.schema;
  }

  const notifications = store.define<DealNotification>("sf.notification", {
    indexes: { record: (row) => row.recordId },
  });
  const changeEvents = store.define<ChangeEvent>("sf.change", {
    indexes: { transaction: (row) => String(row.transaction) },
    orderBy: (row) => row.position,
  });
  const tables = new Map<string, Table<RecordRow>>();
  for (const { name } of STANDARD_OBJECTS) {
    tables.set(
      name,
      store.define<RecordRow>(`sf.${name}`, {
        indexes: { [BY_FIELD]: (row) => keysOf(row, schema().object(name) as SchemaObject) },
        orderBy: (row) => row.values["SystemModstamp"] as number,
      }),
    );
  }

  return {
    store,
    faults,
    webhooks,
    now,
    notifications,
    changeEvents,
    onChangeEvents: new Set(),
    usage: { calls: 0 },
    settings,
    changeSettings(change) {
      const next = { ...settings(), ...change };
      store.transact(() => store.put(settingsTable, next));
      const changesSchema =
        "fieldsDeployed" in change || "fieldPrefix" in change || "customFields" in change;
      if (changesSchema) for (const table of tables.values()) store.reindex(table);
      return next;
    },
    schema,
    table(object) {
      const table = tables.get(object);
      if (table === undefined) throw new Error(`No record table for ${object}.`);
      return table;
    },
    newId: (object) =>
      makeSalesforceId({
        keyPrefix: object.keyPrefix,
        pod: settings().pod,
        sequence: store.nextSequence(),
      }),
    stampNow: () => wholeSecond(now()),
  };
}

function keysOf(row: RecordRow, object: SchemaObject): string[] {
  const keys: string[] = [];
  for (const field of object.fields) {
    if (!isIndexed(field)) continue;
    const value = row.values[field.name];
    if (value !== null && value !== undefined) keys.push(indexKey(field, value));
  }
  return keys;
}

function withCustomFields(settings: OrgSettings) {
  const { fieldsDeployed, fieldPrefix, customFields } = settings;
  return STANDARD_OBJECTS.map((object) => {
    const added = customFields.filter((one) => one.object === object.name).map((one) => one.field);
    if (!fieldsDeployed) return { ...object, fields: [...object.fields, ...added] };
    const status = ["Opportunity", "Order"].includes(object.name) ? statusFields(fieldPrefix) : [];
    const line = object.name === "OpportunityLineItem" ? lineFields(fieldPrefix) : [];
    const booking = bookingFields(fieldPrefix, object.name);
    return { ...object, fields: [...object.fields, ...status, ...line, ...booking, ...added] };
  });
}
