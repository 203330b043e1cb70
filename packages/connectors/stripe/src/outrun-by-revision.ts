import { connectorFailure } from "@usher/connector-sdk/http";
import type { BillingOrder, ConnectorError } from "@usher/connector-sdk/spec";

/** A late attempt at an older revision must not undo what a newer one did. */
export function outrunByRevision(input: {
  readonly order: BillingOrder;
  readonly revision: number;
}): ConnectorError {
  const { order, revision } = input;
  return connectorFailure({
    category: "conflict_stale",
    message: `Stripe already bills revision ${revision} of order ${order.orderId}; revision ${order.revision} is older and changes nothing.`,
  });
}
