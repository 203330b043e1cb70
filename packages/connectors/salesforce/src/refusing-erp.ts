import { connectorFailure } from "@usher/connector-sdk/http";
import type { ErpConnector } from "@usher/connector-sdk/spec";

/**
 * The ERP port of a connection that is not set up as one. It refuses by name: a connection of kind
 * `erp` that books nothing would let orders through that accounting never hears of.
 */
export function createRefusingErp(check: ErpConnector["check"]): ErpConnector {
  const refuse = () =>
    Promise.reject(
      connectorFailure({
        category: "config",
        message:
          "This Salesforce connection books no orders: its setting `orders` is missing. Set it (`{}` takes the org's standard price book), or take the kind erp from the connection.",
        where: { record: "connection", field: "orders" },
      }),
    );
  return {
    check,
    upsertCustomer: refuse,
    upsertItem: refuse,
    bookOrder: refuse,
    amendOrder: refuse,
    cancelOrder: refuse,
    readInvoices: refuse,
  };
}
