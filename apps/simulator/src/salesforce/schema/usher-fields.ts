import { decimal, type FieldDefinition, instant, longText, picklist, text, url } from "./field.ts";

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
