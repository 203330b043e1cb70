import type { BillingOrder } from "@usher/connector-sdk/spec";

/** Keys of the metadata on everything Usher makes in Stripe. They are how a lost answer is found again. */
export const metadataKeys = {
  customerId: "usher_customer_id",
  externalId: "usher_external_id",
  orderId: "usher_order_id",
  revision: "usher_revision",
  /** Which of an order's bills it is; stable over revisions. */
  bill: "usher_bill",
  lineId: "usher_line_id",
  sku: "usher_sku",
  /** The catalog's key, on features that Usher made. */
  feature: "usher_feature",
} as const;

/** Stripe keeps 500 characters a value. */
const valueLengthMax = 500;

export function orderMetadata(input: {
  readonly order: BillingOrder;
  readonly bill: string;
}): Record<string, string> {
  const { order, bill } = input;
  return {
    [metadataKeys.orderId]: order.orderId,
    [metadataKeys.revision]: String(order.revision),
    [metadataKeys.customerId]: order.customer.customerId,
    [metadataKeys.bill]: bill,
  };
}

export function lineMetadata(line: {
  readonly lineId: string;
  readonly sku: string;
}): Record<string, string> {
  return {
    [metadataKeys.lineId]: line.lineId.slice(0, valueLengthMax),
    [metadataKeys.sku]: line.sku.slice(0, valueLengthMax),
  };
}

/** The revision something was made for; 0 when Usher did not make it. */
export function revisionOf(metadata: Readonly<Record<string, string>> | null): number {
  return Number(metadata?.[metadataKeys.revision] ?? 0);
}

export function isBill(
  made: { readonly metadata: Readonly<Record<string, string>> | null },
  bill: string,
): boolean {
  return made.metadata?.[metadataKeys.bill] === bill;
}
