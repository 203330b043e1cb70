import { connectorFailure } from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ErpBooking,
  type ErpOrder,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { type NetsuiteParts, settleOrder } from "./settle-order.ts";
import { mustAddUp, toErpBooking } from "./to-erp-booking.ts";

interface BookOrderInput {
  readonly parts: NetsuiteParts;
  readonly order: ErpOrder;
  readonly context: CallContext;
}

/** From customer and items to a sales order that accounting can bill, whatever of it stands already. */
export async function bookOrder({ parts, order, context }: BookOrderInput): Promise<ErpBooking> {
  const { orderId, revision } = order;
  try {
    const standing = await settleOrder({
      parts,
      orderId,
      target: { revision, isTakenBack: false },
      order,
      reason: null,
      context,
    });
    if (standing === null) throw new Error("An order that is wanted was settled as missing.");
    const booking = toErpBooking({ standing, currency: order.currency });
    if (standing.isWritten) mustAddUp({ booking, order });
    return booking;
  } catch (error) {
    // What was remembered may be gone over there; the next attempt looks.
    if (isConnectorError(error) && error.detail.category === "validation") {
      parts.customers.forget(order.customer.customerId);
      parts.items.forget(order.lines.map(({ sku }) => sku));
    }
    throw error;
  }
}

/** `not_found` where the order was never booked, or was taken back. */
export async function amendOrder(input: BookOrderInput): Promise<ErpBooking> {
  const { parts, order, context } = input;
  const held = await parts.orders.find(order.orderId, context);
  if (held !== null && held.mark?.isTakenBack !== true) return bookOrder(input);
  throw connectorFailure({
    category: "not_found",
    message: `NetSuite has no standing sales order for order ${order.orderId}, so there is nothing to amend. Book the order first.`,
    where: { record: `Order ${order.orderId}`, field: "externalId" },
  });
}
