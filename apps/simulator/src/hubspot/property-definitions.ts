import type { ObjectType } from "./object-types.ts";

export type PropertyType = "string" | "number" | "date" | "datetime" | "enumeration" | "bool";

/** A property of an object, as the settings page of a portal has it. */
export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: PropertyType;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
  readonly hasUniqueValue: boolean;
  /** Computed or kept by HubSpot: the API refuses to write it. */
  readonly isReadOnly: boolean;
  readonly hubspotDefined: boolean;
}

const FIELD_TYPES: Readonly<Record<PropertyType, string>> = {
  string: "text",
  number: "number",
  date: "date",
  // As in HubSpot: the field type does not tell a day from an instant.
  datetime: "date",
  enumeration: "select",
  bool: "booleancheckbox",
};

/**
 * The default properties a hub meets.
 * @see https://knowledge.hubspot.com/properties/hubspots-default-deal-properties
 * @see https://knowledge.hubspot.com/records/hubspots-default-line-item-properties
 */
export const DEFAULT_PROPERTIES: Readonly<Record<ObjectType, readonly PropertyDefinition[]>> = {
  deals: [
    ...everyObject("dealinformation"),
    property("dealname", "Deal Name", "string", "dealinformation"),
    property("dealstage", "Deal Stage", "enumeration", "dealinformation"),
    property("pipeline", "Pipeline", "enumeration", "dealinformation"),
    property("amount", "Amount", "number", "dealinformation"),
    property("closedate", "Close Date", "datetime", "dealinformation"),
    property("dealtype", "Deal Type", "enumeration", "dealinformation"),
    property("deal_currency_code", "Currency", "enumeration", "dealinformation"),
    property("hubspot_owner_id", "Deal owner", "enumeration", "dealinformation"),
    readOnly("hs_is_closed_won", "Is Closed Won", "bool", "dealinformation"),
    readOnly("hs_is_closed", "Is Deal Closed?", "bool", "dealinformation"),
    property("external_ref", "External reference", "string", "dealinformation"),
  ],
  line_items: [
    ...everyObject("lineiteminformation"),
    property("name", "Name", "string", "lineiteminformation"),
    property("hs_product_id", "Product ID", "number", "lineiteminformation"),
    property("hs_sku", "SKU", "string", "lineiteminformation"),
    property("quantity", "Quantity", "number", "lineiteminformation"),
    property("price", "Unit price", "number", "lineiteminformation"),
    property("discount", "Unit discount", "number", "lineiteminformation"),
    property("hs_discount_percentage", "Discount percentage", "number", "lineiteminformation"),
    property(
      "recurringbillingfrequency",
      "Billing frequency",
      "enumeration",
      "lineiteminformation",
    ),
    property("hs_recurring_billing_period", "Term", "string", "lineiteminformation"),
    property("hs_term_in_months", "Term in months", "number", "lineiteminformation"),
    property(
      "hs_recurring_billing_start_date",
      "Billing start date",
      "date",
      "lineiteminformation",
    ),
    property("hs_line_item_currency_code", "Currency", "enumeration", "lineiteminformation"),
    readOnly("amount", "Net price", "number", "lineiteminformation"),
    property("description", "Description", "string", "lineiteminformation"),
  ],
  companies: [
    ...everyObject("companyinformation"),
    property("name", "Company name", "string", "companyinformation"),
    property("domain", "Company Domain Name", "string", "companyinformation"),
    property("country", "Country/Region", "string", "companyinformation"),
    property("hs_country_code", "Country/Region Code", "string", "companyinformation"),
    property("industry", "Industry", "string", "companyinformation"),
    property("external_ref", "External reference", "string", "companyinformation"),
  ],
  products: [
    ...everyObject("productinformation"),
    property("name", "Name", "string", "productinformation"),
    property("hs_sku", "SKU", "string", "productinformation"),
    property("price", "Unit price", "number", "productinformation"),
    property("description", "Product description", "string", "productinformation"),
  ],
};

function everyObject(group: string): readonly PropertyDefinition[] {
  return [
    readOnly("hs_object_id", "Record ID", "number", group),
    readOnly("createdate", "Create Date", "datetime", group),
    readOnly("hs_createdate", "Object create date/time", "datetime", group),
    readOnly("hs_lastmodifieddate", "Last Modified Date", "datetime", group),
    readOnly("hs_updated_by_user_id", "Updated by user ID", "number", group),
  ];
}

function property(
  name: string,
  label: string,
  type: PropertyType,
  groupName: string,
): PropertyDefinition {
  return {
    name,
    label,
    type,
    fieldType: FIELD_TYPES[type],
    groupName,
    description: "",
    options: [],
    hasUniqueValue: false,
    isReadOnly: false,
    hubspotDefined: true,
  };
}

function readOnly(name: string, label: string, type: PropertyType, groupName: string) {
  return { ...property(name, label, type, groupName), isReadOnly: true };
}
