/**
 * External ids take letters, digits, `_` and `-` only. What has anything else is written as the hex
 * of its UTF-8, so that two ids never become one; `x-` begins such an id, and `--` is kept for what
 * belongs to an order.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_156334828635.html
 */
export function toExternalId(id: string): string {
  return `usher-${isPlain.test(id) ? id : `x-${Buffer.from(id, "utf8").toString("hex")}`}`;
}

const isPlain = /^(?!x-)(?!.*--)[A-Za-z0-9_-]+$/;

/** Of the `nth` credit memo of an order, counted from 1. */
export function creditExternalId(input: {
  readonly orderId: string;
  readonly nth: number;
}): string {
  return `${toExternalId(input.orderId)}--credit-${input.nth}`;
}
