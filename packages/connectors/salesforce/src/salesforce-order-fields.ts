/** API names of the custom fields that orders booked in the org are found again by. */
export interface SalesforceOrderFields {
  /** On the Account, an external id: Usher's customer. */
  readonly customerId: string;
  /** On the Product2, an external id. */
  readonly sku: string;
  /** On the Order, an external id: Usher's order. */
  readonly orderId: string;
  readonly revision: string;
  /** On the Order: taken back by Usher. */
  readonly isCanceled: string;
  /** On the OrderItem, an external id: `<order>:<line>`. */
  readonly lineId: string;
}

export function orderFields(prefix: string): SalesforceOrderFields {
  return {
    customerId: `${prefix}_Customer_Id__c`,
    sku: `${prefix}_Sku__c`,
    orderId: `${prefix}_Order_Id__c`,
    revision: `${prefix}_Revision__c`,
    isCanceled: `${prefix}_Canceled__c`,
    lineId: `${prefix}_Line_Id__c`,
  };
}

/** Unique over the org, as an external id is. */
export function lineKey(orderId: string, lineId: string): string {
  return `${orderId}:${lineId}`;
}
