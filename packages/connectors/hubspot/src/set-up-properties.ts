import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import { type CallContext, isConnectorError } from "@usher/connector-sdk/spec";
import { compareProperties } from "./compare-properties.ts";
import type { HubSpotClient } from "./hubspot-client.ts";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { type WantedProperty, wantedProperties } from "./hubspot-properties.ts";
import { dealTypeId, lineItemTypeId } from "./read-journal.ts";

export interface PropertySetUp {
  readonly created: readonly string[];
  readonly existed: readonly string[];
}

/**
 * Creates the group and the properties that the hub writes on deals, where they are missing, and
 * subscribes to the journal where it is read. Repeatable; what exists with another type is left as
 * it is and named in a `config` error, since a property's type cannot be changed.
 */
export async function setUpProperties(input: {
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<PropertySetUp> {
  const { config, client, context } = input;
  const { propertyPrefix } = config;
  const before = await compareProperties(input);
  before.throwOnOtherTypes();
  if (before.missing.length > 0) {
    await onceCreated(() =>
      client.call(
        {
          what: "Creating the property group",
          isWrite: true,
          run: ({ propertyGroups }) =>
            propertyGroups.create("deals", { name: propertyPrefix, label: "Usher" }),
        },
        context,
      ),
    );
  }
  for (const property of before.missing) {
    await onceCreated(() =>
      client.call(
        {
          what: `Creating the property ${property.name}`,
          isWrite: true,
          run: ({ properties }) =>
            properties.create("deals", toPropertyCreate(property, propertyPrefix)),
        },
        context,
      ),
    );
  }
  if (config.changes === "journal") await subscribeToJournal(input);
  const created = before.missing.map(({ name }) => name);
  const existed = wantedProperties(propertyPrefix, { renewals: config.renewals !== null })
    .map(({ name }) => name)
    .filter((name) => !created.includes(name));
  return { created, existed };
}

/** An attempt before this one, or somebody else, may have created it already. */
async function onceCreated(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    if (!isConnectorError(error) || error.detail.category !== "duplicate") throw error;
  }
}

const types = {
  string: PropertyCreateTypeEnum.String,
  number: PropertyCreateTypeEnum.Number,
  datetime: PropertyCreateTypeEnum.Datetime,
  enumeration: PropertyCreateTypeEnum.Enumeration,
} as const;

const fieldTypes = {
  text: PropertyCreateFieldTypeEnum.Text,
  textarea: PropertyCreateFieldTypeEnum.Textarea,
  number: PropertyCreateFieldTypeEnum.Number,
  date: PropertyCreateFieldTypeEnum.Date,
  select: PropertyCreateFieldTypeEnum.Select,
} as const;

function toPropertyCreate(property: WantedProperty, groupName: string) {
  const { name, label, description, options } = property;
  return {
    name,
    label,
    description,
    groupName,
    type: types[property.type],
    fieldType: fieldTypes[property.fieldType],
    hasUniqueValue: property.hasUniqueValue,
    ...(options.length === 0
      ? {}
      : {
          options: options.map((value, displayOrder) => ({
            label: value,
            value,
            displayOrder,
            hidden: false,
          })),
        }),
  };
}

async function subscribeToJournal(input: {
  readonly config: HubSpotConfig;
  readonly client: HubSpotClient;
  readonly context: CallContext;
}): Promise<void> {
  const { config, client, context } = input;
  for (const objectTypeId of [dealTypeId, lineItemTypeId]) {
    const body = {
      subscriptionType: "OBJECT",
      portalId: config.portalId,
      objectTypeId,
      actions: ["CREATE", "UPDATE", "DELETE", "MERGE", "RESTORE"],
      objectIds: [],
      properties: [],
    };
    await client.journal({ method: "POST", path: "/subscriptions/2026-03", body }, context);
  }
}
