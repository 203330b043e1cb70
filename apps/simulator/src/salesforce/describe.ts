import type {
  DescribeGlobalSObjectResult,
  DescribeSObjectResult,
  Field,
} from "jsforce/lib/types/common.js";
import type { FieldDefinition } from "./schema/field.ts";
import type { SchemaObject } from "./schema/schema.ts";

/** `GET /sobjects/<Object>/describe`, held to the type the vendor's SDK reads it by. */
export function describeObject(object: SchemaObject, version: string): DescribeSObjectResult {
  return {
    ...describeBrief(object, version),
    actionOverrides: [],
    childRelationships: object.children().map((child) => ({
      cascadeDelete: false,
      childSObject: child.childObject,
      deprecatedAndHidden: false,
      field: child.field,
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName: child.name,
      restrictedDelete: false,
    })),
    compactLayoutable: true,
    fields: object.fields.map(describeField),
    listviewable: null as never,
    lookupLayoutable: null as never,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [],
    searchLayoutable: true,
    supportedScopes: [{ label: `All ${object.labelPlural}`, name: "everything" }],
  } satisfies DescribeSObjectResult;
}

export function describeBrief(object: SchemaObject, version: string): DescribeGlobalSObjectResult {
  const base = `/services/data/${version}/sobjects/${object.name}`;
  return {
    activateable: false,
    createable: true,
    custom: false,
    customSetting: false,
    deepCloneable: false,
    deletable: object.name !== "User",
    deprecatedAndHidden: false,
    feedEnabled: true,
    hasSubtypes: false,
    idEnabled: true,
    isInterface: false,
    isSubtype: false,
    keyPrefix: object.keyPrefix,
    label: object.label,
    labelPlural: object.labelPlural,
    layoutable: true,
    mergeable: false,
    mruEnabled: true,
    name: object.name,
    queryable: true,
    replicateable: true,
    retrieveable: true,
    searchable: true,
    triggerable: true,
    undeletable: true,
    updateable: true,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

function describeField(field: FieldDefinition): Field {
  const isText = ["string", "textarea", "picklist", "email", "phone", "url"].includes(field.type);
  return {
    aggregatable: field.type !== "textarea",
    autoNumber: false,
    byteLength: field.length * 3,
    calculated: false,
    calculatedFormula: null,
    cascadeDelete: false,
    caseSensitive: false,
    compoundFieldName: null,
    controllerName: null,
    createable: field.isCreateable,
    custom: field.isCustom,
    defaultValue: field.defaultValue === null ? null : String(field.defaultValue),
    defaultValueFormula: null,
    defaultedOnCreate: field.defaultValue !== null || !field.isCreateable,
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === "int" ? field.precision : 0,
    displayLocationInDecimal: false,
    encrypted: false,
    externalId: field.isExternalId,
    extraTypeInfo: field.type === "textarea" ? "plaintextarea" : null,
    filterable: field.type !== "textarea",
    filteredLookupInfo: null as never,
    groupable: isText || field.type === "reference",
    highScaleNumber: false,
    htmlFormatted: false,
    idLookup: field.type === "id" || field.isExternalId,
    inlineHelpText: null,
    label: field.label,
    length: field.length,
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.name === "Name",
    namePointing: field.referenceTo === "*",
    nillable: !field.isRequired && field.type !== "id" && field.type !== "boolean",
    permissionable: !field.isRequired,
    picklistValues: field.picklist.map((value) => ({
      active: true,
      defaultValue: value === field.defaultValue,
      label: value,
      validFor: null,
      value,
    })),
    precision: field.type === "int" ? 0 : field.precision,
    queryByDistance: false,
    referenceTargetField: null as never,
    referenceTo: field.referenceTo === null ? [] : [field.referenceTo],
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: false,
    scale: field.scale,
    soapType: soapType(field),
    sortable: true,
    type: field.type,
    unique: field.isUnique,
    updateable: field.isUpdateable,
    writeRequiresMasterRead: false,
  };
}

function soapType(field: FieldDefinition): string {
  switch (field.type) {
    case "id":
    case "reference":
      return "tns:ID";
    case "boolean":
    case "int":
    case "double":
    case "date":
      return `xsd:${field.type}`;
    case "currency":
    case "percent":
      return "xsd:double";
    case "datetime":
      return "xsd:dateTime";
    default:
      return "xsd:string";
  }
}
