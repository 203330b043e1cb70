import {
  decimal,
  type FieldDefinition,
  flag,
  instant,
  longText,
  picklist,
  text,
  url,
} from "./field.ts";

const LADDER = [
  "Received",
  "Awaiting approval",
  "Provisioning",
  "Active",
  "Action needed",
  "Rejected",
  "Canceled",
  "Ended",
];

/** The fields a hub asks an administrator to deploy on the deal, with the given name prefix. */
export function statusFields(prefix: string): readonly FieldDefinition[] {
  return [
    picklist(`${prefix}_Status__c`, LADDER),
    text(`${prefix}_Waiting_On__c`, 255),
    instant(`${prefix}_Due_At__c`),
    instant(`${prefix}_Active_From__c`),
    instant(`${prefix}_Active_Until__c`),
    longText(`${prefix}_Problem__c`, 2000),
    text(`${prefix}_Summary__c`, 255),
    url(`${prefix}_Url__c`),
    text(`${prefix}_Order_Id__c`, 80, { isExternalId: true, isUnique: true }),
    decimal(`${prefix}_Seq__c`, { precision: 18, scale: 0 }),
  ];
}

/** On the deal's line: for how many months it was sold. */
export function lineFields(prefix: string): readonly FieldDefinition[] {
  return [decimal(`${prefix}_Term_Months__c`, { precision: 4, scale: 0 })];
}

/** Where orders are booked in the org and renewals opened: what keeps each record findable by the hub's own ids. */
export function bookingFields(prefix: string, object: string): readonly FieldDefinition[] {
  const externalId = (name: string, length: number) =>
    text(`${prefix}_${name}__c`, length, { isExternalId: true, isUnique: true });
  switch (object) {
    case "Opportunity":
      return [externalId("Renewal_Of", 80)];
    case "Account":
      return [externalId("Customer_Id", 80)];
    case "Product2":
      return [externalId("Sku", 255)];
    case "Order":
      return [
        decimal(`${prefix}_Revision__c`, { precision: 9, scale: 0 }),
        flag(`${prefix}_Canceled__c`),
      ];
    case "OrderItem":
      return [externalId("Line_Id", 255)];
    default:
      return [];
  }
}
