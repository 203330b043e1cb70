import { guarded } from "../http/guarded.ts";
import type { CallContext } from "../spec/call-context.ts";
import type { ErpConnector } from "../spec/erp-connector.ts";
import type { OrderLanes } from "./order-lanes.ts";

/**
 * An ERP's port as the hub may call it: whatever a method throws leaves as a `ConnectorError` that
 * says what was being done and whether it may have happened. With `lanes`, writes of orders wait for
 * their turn.
 */
export function guardedErp(
  input: {
    /** As people call it, such as `Tryton`. */
    readonly name: string;
    readonly lanes?: OrderLanes;
  },
  erp: ErpConnector,
): ErpConnector {
  const { name, lanes } = input;
  const write = <T>(what: string, work: () => Promise<T>) => guarded({ what, isWrite: true }, work);
  const writeOrder = <T>(
    { what, orderId }: { readonly what: string; readonly orderId: string },
    context: CallContext,
    work: () => Promise<T>,
  ) => write(what, () => (lanes === undefined ? work() : lanes.run(orderId, context, work)));
  return {
    check: (context) =>
      guarded({ what: `Checking ${name}`, isWrite: false }, () => erp.check(context)),
    upsertCustomer: (customer, context) =>
      write("Finding or making the customer", () => erp.upsertCustomer(customer, context)),
    upsertItem: (item, context) =>
      write("Finding or making the item", () => erp.upsertItem(item, context)),
    bookOrder: (order, context) =>
      writeOrder({ what: "Booking the order", orderId: order.orderId }, context, () =>
        erp.bookOrder(order, context),
      ),
    amendOrder: (order, context) =>
      writeOrder({ what: "Amending the order", orderId: order.orderId }, context, () =>
        erp.amendOrder(order, context),
      ),
    cancelOrder: (order, context) =>
      writeOrder({ what: "Taking back the order", orderId: order.orderId }, context, () =>
        erp.cancelOrder(order, context),
      ),
    readInvoices: (order, context) =>
      guarded({ what: "Reading the order's invoices", isWrite: false }, () =>
        erp.readInvoices(order, context),
      ),
  };
}
