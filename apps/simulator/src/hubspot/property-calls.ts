import {
  answer,
  bodyOf,
  type HubSpotCall,
  type HubSpotOperation,
  inputsOf,
  recordOf,
  typeOf,
} from "./hubspot-call.ts";
import { HubSpotError, objectNotFound, validationError } from "./hubspot-error.ts";
import type { ObjectType } from "./object-types.ts";
import type { PropertyDefinition, PropertyType } from "./property-definitions.ts";

const FIELD_TYPES: Readonly<Record<PropertyType, readonly string[]>> = {
  string: ["text", "textarea", "file", "html", "phonenumber", "calculation_equation"],
  number: ["number", "calculation_equation"],
  date: ["date"],
  datetime: ["date"],
  enumeration: ["select", "radio", "checkbox", "booleancheckbox", "calculation_equation"],
  bool: ["booleancheckbox", "calculation_equation"],
};
const UNIQUE_MAX = 10;

/** @see https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide */
export const PROPERTY_CALLS: readonly HubSpotOperation[] = [
  {
    method: "get",
    path: "/crm/v3/properties/:type/groups",
    name: "properties.groups",
    scope: "crm.schemas.*.read",
    run: (call) => answer(200, { results: groupsOf(call, typeOf(call)) }),
  },
  {
    method: "post",
    path: "/crm/v3/properties/:type/groups",
    name: "properties.groups.create",
    scope: "crm.schemas.*.write",
    run: createGroup,
  },
  {
    method: "get",
    path: "/crm/v3/properties/:type",
    name: "properties.list",
    scope: "crm.schemas.*.read",
    run(call) {
      const all = [...call.portal.properties(typeOf(call)).values()];
      return answer(200, { results: all.map(showProperty) });
    },
  },
  {
    method: "post",
    path: "/crm/v3/properties/:type",
    name: "properties.create",
    scope: "crm.schemas.*.write",
    run: (call) => answer(201, showProperty(createProperty(call, bodyOf(call)))),
  },
  {
    method: "post",
    path: "/crm/v3/properties/:type/batch/create",
    name: "properties.create",
    scope: "crm.schemas.*.write",
    run(call) {
      const results = inputsOf(call, 100).map((input) => showProperty(createProperty(call, input)));
      const at = new Date(call.portal.now()).toISOString();
      return answer(201, { status: "COMPLETE", startedAt: at, completedAt: at, results });
    },
  },
  {
    method: "get",
    path: "/crm/v3/properties/:type/:name",
    name: "properties.read",
    scope: "crm.schemas.*.read",
    run(call) {
      const property = call.portal.properties(typeOf(call)).get(call.param("name"));
      if (property === undefined)
        throw objectNotFound(`Property ${call.param("name")} does not exist`);
      return answer(200, showProperty(property));
    },
  },
];

function createProperty(call: HubSpotCall, given: Record<string, unknown>): PropertyDefinition {
  const type = typeOf(call);
  const property = readProperty(given);
  if (call.portal.properties(type).has(property.name)) {
    throw new HubSpotError(409, {
      message: `A property named '${property.name}' already exists.`,
      category: "OBJECT_ALREADY_EXISTS",
      subCategory: "Properties.PROPERTY_EXISTS",
    });
  }
  if (!groupsOf(call, type).some(({ name }) => name === property.groupName))
    throw validationError(`Property group ${property.groupName} does not exist`);
  const { properties } = call.portal.settings();
  const unique = properties.filter((one) => one.type === type && one.property.hasUniqueValue);
  if (property.hasUniqueValue && unique.length >= UNIQUE_MAX)
    throw validationError(`At most ${UNIQUE_MAX} properties of ${type} can have unique values.`);
  call.portal.changeSettings({ properties: [...properties, { type, property }] });
  return property;
}

function readProperty(given: Record<string, unknown>): PropertyDefinition {
  const missing = ["name", "label", "type", "fieldType", "groupName"].filter(
    (name) => typeof given[name] !== "string",
  );
  if (missing.length > 0)
    throw validationError(`Some required fields were not set: [${missing.join(", ")}]`);
  const { name, label, type, fieldType, groupName } = given as Record<string, string>;
  if (!/^[a-z][a-z0-9_]*$/.test(String(name)))
    throw validationError(
      `Property name "${name}" must be lowercase letters, digits and underscores.`,
    );
  const fieldTypes = FIELD_TYPES[type as PropertyType] as readonly string[] | undefined;
  if (fieldTypes === undefined) throw validationError(`Unknown property type "${type}"`);
  if (!fieldTypes.includes(String(fieldType)))
    throw validationError(`fieldType "${fieldType}" does not fit type "${type}"`);
  const options = Array.isArray(given["options"]) ? given["options"].map(recordOf) : [];
  if (type === "enumeration" && options.length === 0)
    throw validationError("Property options are required for an enumeration.");
  return {
    name: String(name),
    label: String(label),
    type: type as PropertyType,
    fieldType: String(fieldType),
    groupName: String(groupName),
    description: typeof given["description"] === "string" ? given["description"] : "",
    options: options.map((one) => ({ label: String(one["label"]), value: String(one["value"]) })),
    hasUniqueValue: given["hasUniqueValue"] === true,
    isReadOnly: false,
    hubspotDefined: false,
  };
}

function createGroup(call: HubSpotCall) {
  const type = typeOf(call);
  const { name, label } = bodyOf(call);
  if (typeof name !== "string" || typeof label !== "string")
    throw validationError("Some required fields were not set: [name, label]");
  if (groupsOf(call, type).some((group) => group.name === name)) {
    throw new HubSpotError(409, {
      message: `A property group named '${name}' already exists.`,
      category: "OBJECT_ALREADY_EXISTS",
    });
  }
  const { groups } = call.portal.settings();
  call.portal.changeSettings({ groups: [...groups, { type, name, label }] });
  return answer(201, { name, label, displayOrder: -1, archived: false });
}

function groupsOf(call: HubSpotCall, type: ObjectType) {
  const standard = new Set(
    [...call.portal.properties(type).values()]
      .filter((one) => one.hubspotDefined)
      .map((one) => one.groupName),
  );
  const own = call.portal.settings().groups.filter((group) => group.type === type);
  return [
    ...[...standard].map((name) => ({ name, label: name })),
    ...own.map(({ name, label }) => ({ name, label })),
  ].map((group) => ({ ...group, displayOrder: -1, archived: false }));
}

function showProperty(property: PropertyDefinition) {
  const { isReadOnly, ...rest } = property;
  return {
    ...rest,
    options: rest.options.map((option, at) => ({ ...option, displayOrder: at, hidden: false })),
    displayOrder: -1,
    calculated: false,
    externalOptions: false,
    hidden: false,
    formField: false,
    modificationMetadata: {
      archivable: !rest.hubspotDefined,
      readOnlyDefinition: rest.hubspotDefined,
      readOnlyValue: isReadOnly,
    },
  };
}
