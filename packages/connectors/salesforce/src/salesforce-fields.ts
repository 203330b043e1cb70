import type { StatusNames } from "@usher/connector-sdk/writing";
import type { SalesforceConfig } from "./salesforce-config.ts";

/** API names of the fields Usher writes on the Opportunity. */
export function statusFields(prefix: string): StatusNames {
  return {
    status: `${prefix}_Status__c`,
    waitingOn: `${prefix}_Waiting_On__c`,
    dueAt: `${prefix}_Due_At__c`,
    activeFrom: `${prefix}_Active_From__c`,
    activeUntil: `${prefix}_Active_Until__c`,
    problem: `${prefix}_Problem__c`,
    summary: `${prefix}_Summary__c`,
    url: `${prefix}_Url__c`,
    orderId: `${prefix}_Order_Id__c`,
    sequence: `${prefix}_Seq__c`,
  };
}

/** The field by which the renewal of an order is found again. */
export function renewalField(prefix: string): string {
  return `${prefix}_Renewal_Of__c`;
}

/** Characters each text field holds: the same numbers stand in the deployable source. */
export const textLengthMax = {
  waitingOn: 255,
  problem: 2_000,
  summary: 255,
  url: 255,
  orderId: 80,
} as const;

/** The line's field for the term; null when lines do not say. */
export function lineTermField(config: SalesforceConfig): string | null {
  return config.lineTermMonthsField === undefined
    ? `${config.fieldPrefix}_Term_Months__c`
    : config.lineTermMonthsField;
}
