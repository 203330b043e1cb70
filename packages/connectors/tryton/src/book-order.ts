import { connectorFailure } from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ErpBooking,
  type ErpOrder,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { settleOrderSales, type TrytonParts } from "./settle-order-sales.ts";
import { toErpBooking } from "./to-erp-booking.ts";

interface BookOrderInput {
  readonly parts: TrytonParts;
  readonly order: ErpOrder;
  readonly context: CallContext;
}

/** From party and products to processed sales with their draft invoice, whatever of it stands already. */
export async function bookOrder({ parts, order, context }: BookOrderInput): Promise<ErpBooking> {
  try {
    const party = await parts.parties.ensure(order.customer, context);
    const sales = await settleOrderSales({
      parts,
      orderId: order.orderId,
      target: { revision: order.revision, isTakenBack: false },
      order,
      reason: null,
      context,
    });
    return toErpBooking({ party, sales });
  } catch (error) {
    // What was remembered may be gone over there; the next attempt looks.
    if (isConnectorError(error) && error.detail.category === "validation") {
      parts.parties.forget(order.customer.customerId);
      for (const { sku } of order.lines) parts.products.forget(sku);
    }
    throw error;
  }
}

/** `not_found` where the order was never booked. */
export async function amendOrder(input: BookOrderInput): Promise<ErpBooking> {
  const { parts, order, context } = input;
  const sales = await parts.sales.find(order.orderId, context);
  if (sales.some((sale) => sale.state !== "cancelled")) return bookOrder(input);
  throw connectorFailure({
    category: "not_found",
    message: `Tryton has no sale with the reference ${order.orderId}, so there is nothing to amend. Book the order first.`,
    where: { record: `Order ${order.orderId}`, field: "reference" },
  });
}
