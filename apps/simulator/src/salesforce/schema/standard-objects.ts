import {
  afterCreateFixed,
  day,
  decimal,
  email,
  type FieldDefinition,
  flag,
  identity,
  instant,
  longText,
  money,
  percent,
  phone,
  picklist,
  readOnly,
  reference,
  required,
  text,
  url,
  wholeNumber,
} from "./field.ts";

export interface ObjectDefinition {
  readonly name: string;
  readonly label: string;
  readonly labelPlural: string;
  /** First three characters of the ids of its records. */
  readonly keyPrefix: string;
  readonly fields: readonly FieldDefinition[];
}

/** Stage names of a new org, and what each means. A seller renames them; what counts are the flags. */
export const STAGES: Readonly<
  Record<
    string,
    { readonly isClosed: boolean; readonly isWon: boolean; readonly probability: number }
  >
> = {
  Prospecting: { isClosed: false, isWon: false, probability: 10 },
  Qualification: { isClosed: false, isWon: false, probability: 10 },
  "Needs Analysis": { isClosed: false, isWon: false, probability: 20 },
  "Value Proposition": { isClosed: false, isWon: false, probability: 50 },
  "Id. Decision Makers": { isClosed: false, isWon: false, probability: 60 },
  "Perception Analysis": { isClosed: false, isWon: false, probability: 70 },
  "Proposal/Price Quote": { isClosed: false, isWon: false, probability: 75 },
  "Negotiation/Review": { isClosed: false, isWon: false, probability: 90 },
  "Closed Won": { isClosed: true, isWon: true, probability: 100 },
  "Closed Lost": { isClosed: true, isWon: false, probability: 0 },
};

const currencyCode = () =>
  picklist("CurrencyIsoCode", ["USD", "EUR", "GBP", "JPY", "CHF", "KWD"], {
    length: 3,
    defaultValue: "USD",
  });

const address = (kind: string): FieldDefinition[] => [
  longText(`${kind}Street`, 255),
  text(`${kind}City`, 40),
  text(`${kind}State`, 80),
  text(`${kind}PostalCode`, 20),
  text(`${kind}Country`, 80),
  text(`${kind}CountryCode`, 10),
];

/** The fields every object carries. */
const system = (): FieldDefinition[] => [
  identity(),
  flag("IsDeleted", readOnly),
  instant("CreatedDate", readOnly),
  reference("CreatedById", "User", null, readOnly),
  instant("LastModifiedDate", readOnly),
  reference("LastModifiedById", "User", null, readOnly),
  instant("SystemModstamp", readOnly),
];

const object = (
  name: string,
  keyPrefix: string,
  fields: readonly FieldDefinition[],
  labels: { readonly label?: string; readonly labelPlural?: string } = {},
): ObjectDefinition => ({
  name,
  keyPrefix,
  label: labels.label ?? name,
  labelPlural: labels.labelPlural ?? `${labels.label ?? name}s`,
  fields: [...system(), ...fields],
});

/**
 * The objects and fields a deal-to-access hub reads and writes, as a subset of the standard ones.
 * @see https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_list.htm
 */
export const STANDARD_OBJECTS: readonly ObjectDefinition[] = [
  object("User", "005", [
    text("Username", 80, required),
    text("FirstName", 40),
    text("LastName", 80, required),
    text("Name", 121, readOnly),
    email("Email", required),
    text("Alias", 8),
    flag("IsActive", { defaultValue: true }),
    reference("ManagerId", "User", null),
    text("TimeZoneSidKey", 40, { defaultValue: "America/Los_Angeles" }),
  ]),
  object("Account", "001", [
    text("Name", 255, required),
    text("AccountNumber", 40),
    text("Industry", 255),
    text("Type", 255),
    phone("Phone"),
    url("Website"),
    longText("Description"),
    wholeNumber("NumberOfEmployees"),
    money("AnnualRevenue", { scale: 0 }),
    ...address("Billing"),
    ...address("Shipping"),
    reference("ParentId", "Account", "ChildAccounts"),
    reference("OwnerId", "User", null),
    currencyCode(),
    text("External_Ref__c", 80, { isExternalId: true, isUnique: true }),
  ]),
  object(
    "Product2",
    "01t",
    [
      text("Name", 255, required),
      text("ProductCode", 255),
      longText("Description", 4000),
      text("Family", 255),
      flag("IsActive", { defaultValue: true }),
      text("QuantityUnitOfMeasure", 255),
      text("StockKeepingUnit", 180),
      currencyCode(),
    ],
    { label: "Product" },
  ),
  object(
    "Pricebook2",
    "01s",
    [
      text("Name", 255, required),
      flag("IsActive", { defaultValue: true }),
      flag("IsStandard", readOnly),
    ],
    { label: "Price Book" },
  ),
  object(
    "PricebookEntry",
    "01u",
    [
      reference("Pricebook2Id", "Pricebook2", "PricebookEntries", {
        ...required,
        ...afterCreateFixed,
      }),
      reference("Product2Id", "Product2", "PricebookEntries", { ...required, ...afterCreateFixed }),
      money("UnitPrice", required),
      flag("IsActive", { defaultValue: true }),
      flag("UseStandardPrice"),
      text("Name", 255, readOnly),
      text("ProductCode", 255, readOnly),
      currencyCode(),
    ],
    { label: "Price Book Entry", labelPlural: "Price Book Entries" },
  ),
  object(
    "Opportunity",
    "006",
    [
      text("Name", 120, required),
      reference("AccountId", "Account", "Opportunities"),
      picklist("StageName", Object.keys(STAGES), required),
      day("CloseDate", required),
      money("Amount"),
      percent("Probability"),
      flag("IsClosed", readOnly),
      flag("IsWon", readOnly),
      flag("HasOpportunityLineItem", readOnly),
      text("Type", 255),
      text("LeadSource", 255),
      text("NextStep", 255),
      longText("Description"),
      reference("OwnerId", "User", null),
      reference("Pricebook2Id", "Pricebook2", "Opportunities"),
      reference("ContractId", "Contract", "Opportunities"),
      currencyCode(),
      text("External_Ref__c", 80, { isExternalId: true, isUnique: true }),
    ],
    { labelPlural: "Opportunities" },
  ),
  object(
    "OpportunityLineItem",
    "00k",
    [
      reference("OpportunityId", "Opportunity", "OpportunityLineItems", {
        ...required,
        ...afterCreateFixed,
      }),
      reference("PricebookEntryId", "PricebookEntry", "OpportunityLineItems", afterCreateFixed),
      reference("Product2Id", "Product2", "OpportunityLineItems", afterCreateFixed),
      text("ProductCode", 255, readOnly),
      text("Name", 376, readOnly),
      decimal("Quantity", required),
      money("UnitPrice"),
      money("ListPrice", readOnly),
      money("TotalPrice"),
      percent("Discount"),
      day("ServiceDate"),
      text("Description", 255),
      wholeNumber("SortOrder"),
      { ...currencyCode(), isCreateable: false, isUpdateable: false },
    ],
    { label: "Opportunity Product" },
  ),
  object("Contract", "800", [
    reference("AccountId", "Account", "Contracts", required),
    text("ContractNumber", 30, readOnly),
    picklist("Status", ["Draft", "In Approval Process", "Activated"], { defaultValue: "Draft" }),
    day("StartDate"),
    day("EndDate", readOnly),
    wholeNumber("ContractTerm"),
    longText("Description"),
    reference("OwnerId", "User", null),
    currencyCode(),
  ]),
  object("Order", "801", [
    reference("AccountId", "Account", "Orders", required),
    reference("ContractId", "Contract", "Orders"),
    reference("OpportunityId", "Opportunity", "Orders"),
    reference("Pricebook2Id", "Pricebook2", "Orders"),
    text("OrderNumber", 30, readOnly),
    picklist("Status", ["Draft", "Activated"], required),
    day("EffectiveDate", required),
    day("EndDate"),
    money("TotalAmount", readOnly),
    text("Name", 80),
    longText("Description"),
    reference("OwnerId", "User", null),
    currencyCode(),
  ]),
  object(
    "OrderItem",
    "802",
    [
      reference("OrderId", "Order", "OrderItems", { ...required, ...afterCreateFixed }),
      reference("PricebookEntryId", "PricebookEntry", "OrderItems", {
        ...required,
        ...afterCreateFixed,
      }),
      reference("Product2Id", "Product2", "OrderItems", afterCreateFixed),
      text("OrderItemNumber", 30, readOnly),
      decimal("Quantity", required),
      money("UnitPrice", required),
      money("ListPrice", readOnly),
      money("TotalPrice", readOnly),
      day("ServiceDate"),
      day("EndDate"),
      text("Description", 255),
    ],
    { label: "Order Product" },
  ),
  object("Task", "00T", [
    text("Subject", 255),
    picklist(
      "Status",
      ["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"],
      { defaultValue: "Not Started" },
    ),
    picklist("Priority", ["High", "Normal", "Low"], { defaultValue: "Normal" }),
    day("ActivityDate"),
    longText("Description"),
    reference("WhatId", "*", "Tasks", { relationshipName: "What" }),
    reference("OwnerId", "User", null),
    flag("IsClosed", readOnly),
  ]),
];
