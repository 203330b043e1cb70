import type { FaultBoard } from "../fault/fault-board.ts";
import type { Store } from "../store/store.ts";
import type { Row, Table } from "../store/table.ts";
import type { WebhookCenter } from "../webhook/webhook-center.ts";
import { OBJECT_TYPES, type ObjectType } from "./object-types.ts";
import { DEFAULT_PROPERTIES, type PropertyDefinition } from "./property-definitions.ts";
import { USHER_GROUP, usherProperties } from "./usher-properties.ts";

/** One record. Every property is text, as HubSpot keeps it; an empty one is not there. */
export interface ObjectRow extends Row {
  readonly properties: Readonly<Record<string, string>>;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly archivedMs: number | null;
}

/** One direction of a link between two records. */
export interface AssociationRow extends Row {
  /** `<type>/<id>/<other type>`: where the other ends of one kind are found. */
  readonly from: string;
  readonly toId: string;
  readonly typeIds: readonly number[];
}

export interface OwnerRow extends Row {
  readonly userId: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isArchived: boolean;
}

/** Ids of stages belong to the portal; what they mean stands beside them. */
export interface Stage {
  readonly id: string;
  readonly label: string;
  readonly isClosed: boolean;
  readonly isWon: boolean;
}

/** What an administrator of the portal can change, and what its plan allows. One row. */
export interface PortalSettings extends Row {
  readonly portalId: number;
  readonly appId: number;
  readonly accessToken: string;
  readonly scopes: readonly string[];
  readonly stages: readonly Stage[];
  readonly properties: readonly {
    readonly type: ObjectType;
    readonly property: PropertyDefinition;
  }[];
  readonly groups: readonly {
    readonly type: ObjectType;
    readonly name: string;
    readonly label: string;
  }[];
  readonly tokenTtlMs: number;
  /** HubSpot's refresh tokens stay the same; a stand-in for vendors whose do not. */
  readonly rotatesRefreshTokens: boolean;
  /** What was written within this time is not found by a search yet. */
  readonly searchLagMs: number;
  /** Results a search gives in all, however it is paged; HubSpot: 10,000. */
  readonly searchResultsMax: number;
  /** Null: not limited. HubSpot: 5 searches a second; 100 or 190 calls in ten seconds; 250,000 and more a day. */
  readonly searchesPerSecondMax: number | null;
  readonly callsPerTenSecondsMax: number | null;
  readonly callsPerDayMax: number | null;
  /** True: changes an API client made are announced too. */
  readonly echoWebhooks: boolean;
  /** Properties of deals and line items whose change is announced; `*` for all. */
  readonly announcedProperties: readonly string[];
  readonly journalSubscriptions: readonly JournalSubscription[];
  readonly journalKeptMs: number;
}

export interface JournalSubscription {
  readonly id: number;
  readonly objectTypeId: string;
  readonly actions: readonly string[];
  readonly properties: readonly string[];
}

/** One simulated HubSpot account: its settings, properties, records and clock. */
export interface Portal {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly now: () => number;
  readonly associations: Table<AssociationRow>;
  readonly owners: Table<OwnerRow>;
  settings(): PortalSettings;
  changeSettings(change: Partial<Omit<PortalSettings, "id">>): PortalSettings;
  properties(type: ObjectType): ReadonlyMap<string, PropertyDefinition>;
  table(type: ObjectType): Table<ObjectRow>;
  /** The living record whose `property`, one of those that are looked up, has this value. */
  find(input: {
    readonly type: ObjectType;
    readonly property: string;
    readonly value: string;
  }): ObjectRow | undefined;
  newId(): string;
}

/** Found by value without reading every record; unique properties are found too. */
const LOOKED_UP = ["name", "hs_sku", "external_ref"];
const BY_VALUE = "value";
const FIRST_ID = 30_000_000_000;

export function createPortal(deps: {
  readonly store: Store;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly now: () => number;
  readonly defaults: Omit<PortalSettings, "id">;
}): Portal {
  const { store, faults, webhooks, now, defaults } = deps;
  const settingsTable = store.define<PortalSettings>("hs.settings");
  const settings = (): PortalSettings =>
    settingsTable.get("settings") ?? { id: "settings", ...defaults };
  let known: {
    readonly row: PortalSettings["properties"];
    readonly maps: ReadonlyMap<ObjectType, ReadonlyMap<string, PropertyDefinition>>;
  } | null = null;

  function properties(type: ObjectType): ReadonlyMap<string, PropertyDefinition> {
    const row = settings().properties;
    if (known === null || known.row !== row) known = { row, maps: mapsOf(row) };
    return known.maps.get(type) as ReadonlyMap<string, PropertyDefinition>;
  }

  function valueKeys(type: ObjectType, row: ObjectRow): string[] {
    if (row.archivedMs !== null) return [];
    const keys: string[] = [];
    for (const [name, value] of Object.entries(row.properties)) {
      if (LOOKED_UP.includes(name) || properties(type).get(name)?.hasUniqueValue === true)
        keys.push(`${name}\u0000${value}`);
    }
    return keys;
  }

  const tables = new Map<ObjectType, Table<ObjectRow>>();
  for (const type of OBJECT_TYPES) {
    tables.set(
      type,
      store.define<ObjectRow>(`hs.${type}`, {
        indexes: { [BY_VALUE]: (row) => valueKeys(type, row) },
        orderBy: (row) => row.updatedMs,
      }),
    );
  }
  const table = (type: ObjectType) => tables.get(type) as Table<ObjectRow>;

  return {
    store,
    faults,
    webhooks,
    now,
    associations: store.define<AssociationRow>("hs.association", {
      indexes: { from: (row) => row.from },
    }),
    owners: store.define<OwnerRow>("hs.owner", { indexes: { email: (row) => row.email } }),
    settings,
    changeSettings(change) {
      const next = { ...settings(), ...change };
      store.transact(() => store.put(settingsTable, next));
      if ("properties" in change) for (const one of tables.values()) store.reindex(one);
      return next;
    },
    properties,
    table,
    find: ({ type, property, value }) =>
      table(type).where(BY_VALUE, `${property}\u0000${value}`)[0],
    newId: () => String(FIRST_ID + store.nextSequence()),
  };
}

/** Settings of a new portal; with `prefix` the hub's properties are there. */
export function propertySettings(
  prefix: string | null,
): Pick<PortalSettings, "properties" | "groups"> {
  if (prefix === null) return { properties: [], groups: [] };
  return {
    properties: usherProperties(prefix).map((property) => ({ type: "deals", property })),
    groups: [{ type: "deals", ...USHER_GROUP }],
  };
}

function mapsOf(custom: PortalSettings["properties"]) {
  return new Map(
    OBJECT_TYPES.map((type) => [
      type,
      new Map(
        [
          ...DEFAULT_PROPERTIES[type],
          ...custom.filter((one) => one.type === type).map((one) => one.property),
        ].map((property) => [property.name, property]),
      ),
    ]),
  );
}
