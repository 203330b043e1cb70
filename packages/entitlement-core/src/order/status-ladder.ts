/** The only words a person outside the hub ever reads about an order, in the order of a good day. */
export const statusLadder = [
  "Received",
  "Awaiting approval",
  "Provisioning",
  "Active",
  "Action needed",
  "Rejected",
  "Canceled",
  "Ended",
] as const;

export type OrderStatus = (typeof statusLadder)[number];
