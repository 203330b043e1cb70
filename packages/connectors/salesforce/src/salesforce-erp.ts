import type { ErpConnector } from "@usher/connector-sdk/spec";
import { createOneAtATime } from "@usher/connector-sdk/writing";
import {
  bookSalesforceOrder,
  cancelSalesforceOrder,
  type OrderBooks,
} from "./book-salesforce-order.ts";
import { createPriceMemory } from "./price-memory.ts";
import { ensureAccount } from "./salesforce-accounts.ts";
import { orderFields } from "./salesforce-order-fields.ts";
import { ensureProduct } from "./salesforce-products.ts";

/**
 * Orders booked in the org itself, as Orders with order products. Orders of one customer are written
 * one after the other: each save locks the account, and side by side they would meet as
 * UNABLE_TO_LOCK_ROW (jsforce #1018).
 */
export function createSalesforceErp(
  input: Omit<OrderBooks, "memory"> & { readonly check: ErpConnector["check"] },
): ErpConnector {
  const { config, client } = input;
  const books = { ...input, memory: createPriceMemory() };
  const fields = orderFields(config.fieldPrefix);
  const customers = createOneAtATime();
  return {
    check: input.check,
    upsertCustomer: (customer, context) =>
      customers.run(customer.customerId, async () => ({
        remoteCustomerId: await ensureAccount({ customer, config, fields, client, context }),
      })),
    async upsertItem(item, context) {
      return { remoteItemId: await ensureProduct({ item, config, fields, client, context }) };
    },
    bookOrder: (order, context) =>
      customers.run(order.customer.customerId, () =>
        bookSalesforceOrder({ ...books, order, isAmendment: false, context }),
      ),
    amendOrder: (order, context) =>
      customers.run(order.customer.customerId, () =>
        bookSalesforceOrder({ ...books, order, isAmendment: true, context }),
      ),
    cancelOrder: ({ orderId, revision }, context) =>
      cancelSalesforceOrder({ ...books, orderId, revision, context }),
    // Orders are all that is kept here: the org's own invoices, if any, are another product's.
    readInvoices: () => Promise.resolve({ state: "none", invoices: [] }),
  };
}
