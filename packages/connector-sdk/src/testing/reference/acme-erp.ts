import { connectorFailure, guarded } from "../../http/index.ts";
import type {
  CallContext,
  ErpConnector,
  ErpInvoice,
  ErpInvoiceStatus,
  ErpItem,
  ErpOrder,
} from "../../spec/index.ts";
import type { AcmeClient } from "./acme-client.ts";
import { findOrMakeCustomer } from "./acme-customers.ts";
import { fromAcmeAmount, toAcmeAmount } from "./acme-money.ts";
import {
  type AcmeSalesOrder,
  acmeInvoices,
  acmeItem,
  acmeSalesOrder,
  acmeSalesOrders,
} from "./acme-sales-order-api.ts";
import { isTaken } from "./is-taken.ts";

type Calls = { readonly client: AcmeClient; readonly context: CallContext };

export function createAcmeErp({ client }: { readonly client: AcmeClient }): ErpConnector {
  return {
    check: (context) =>
      guarded({ what: "Checking the connection", isWrite: false }, async () => {
        await findOrder({ orderId: "none", client, context });
      }),
    upsertCustomer: (customer, context) =>
      guarded({ what: "Making a customer", isWrite: true }, async () => ({
        remoteCustomerId: await findOrMakeCustomer({ customer, client, context }),
      })),
    upsertItem: (item, context) =>
      guarded({ what: "Making an item", isWrite: true }, async () => ({
        remoteItemId: await putItem({ item, client, context }),
      })),
    bookOrder: (order, context) =>
      guarded({ what: "Booking an order", isWrite: true }, () =>
        bookOrder({ order, client, context }),
      ),
    amendOrder: (order, context) =>
      guarded({ what: "Amending an order", isWrite: true }, async () => {
        if ((await findOrder({ orderId: order.orderId, client, context })) === null) {
          throw connectorFailure({
            category: "not_found",
            message: `The order ${order.orderId} was never booked in Acme, so there is nothing to amend.`,
          });
        }
        return bookOrder({ order, client, context });
      }),
    cancelOrder: ({ orderId, reason }, context) =>
      guarded({ what: "Canceling an order", isWrite: true }, async () => {
        const standing = await findOrder({ orderId, client, context });
        if (standing === null || !isStanding(standing)) return;
        const how = standing.state === "invoiced" ? "credit" : "cancel";
        await changeOrder({ order: standing, how, body: { reason }, client, context });
      }),
    readInvoices: ({ orderId }, context) =>
      guarded({ what: "Reading invoices", isWrite: false }, () =>
        readInvoices({ orderId, client, context }),
      ),
  };
}

/** Nothing is made blindly: what an earlier attempt made is found by our order id and gone on with. */
async function bookOrder(input: { readonly order: ErpOrder } & Calls) {
  const { order, client, context } = input;
  const standing = await findOrder({ orderId: order.orderId, client, context });
  if (standing !== null && standing.revision > order.revision) {
    throw connectorFailure({
      category: "conflict_stale",
      message: `Acme has revision ${standing.revision} of order ${order.orderId} already; revision ${order.revision} comes too late.`,
    });
  }
  const isBooked = standing !== null && standing.revision === order.revision;
  const booked = isBooked ? standing : await write(input, standing);
  return {
    remoteCustomerId: booked.customer_id,
    records: [
      {
        kind: "sales_order" as const,
        id: booked.id,
        number: booked.number,
        lineIds: booked.line_ids,
        totalMinor: fromAcmeAmount({ amount: booked.total, currency: order.currency }),
      },
    ],
  };
}

async function write(
  { order, client, context }: { readonly order: ErpOrder } & Calls,
  standing: AcmeSalesOrder | null,
): Promise<AcmeSalesOrder> {
  const customerId =
    order.customer.remoteCustomerId ??
    (await findOrMakeCustomer({ customer: order.customer, client, context }));
  for (const { sku, name } of order.lines) await putItem({ item: { sku, name }, client, context });
  const body = toSalesOrder(order, customerId);
  if (standing !== null) {
    return changeOrder({ order: standing, how: "amend", body, client, context });
  }
  try {
    return await client.send(
      {
        method: "POST",
        path: "/v1/sales-orders",
        body,
        what: `Booking order ${order.orderId}`,
        schema: acmeSalesOrder,
        record: order.orderId,
      },
      context,
    );
  } catch (error) {
    const { orderId } = order;
    const existing = isTaken(error) ? await findOrder({ orderId, client, context }) : null;
    if (existing === null) throw error;
    return existing;
  }
}

function toSalesOrder(order: ErpOrder, customerId: string) {
  const { currency } = order;
  const amountOf = (minor: number) => toAcmeAmount({ minor, currency });
  const total = order.lines.reduce((sum, line) => sum + line.unitAmountMinor * line.quantity, 0);
  return {
    // Unique over there.
    external_key: order.orderId,
    revision: order.revision,
    customer_id: customerId,
    currency,
    total: amountOf(total),
    lines: order.lines.map((line) => ({
      line_id: line.lineId,
      sku: line.sku,
      quantity: line.quantity,
      unit_price: amountOf(line.unitAmountMinor),
      starts_on: line.startsOn,
      months: line.months,
    })),
  };
}

async function putItem(input: { readonly item: ErpItem } & Calls): Promise<string> {
  const { item, client, context } = input;
  const { id } = await client.send(
    {
      method: "PUT",
      path: `/v1/items/${encodeURIComponent(item.sku)}`,
      body: { name: item.name },
      what: `Making item ${item.sku}`,
      schema: acmeItem,
      record: item.sku,
    },
    context,
  );
  return id;
}

async function findOrder(
  input: { readonly orderId: string } & Calls,
): Promise<AcmeSalesOrder | null> {
  const { orderId, client, context } = input;
  const { sales_orders: found } = await client.send(
    {
      method: "GET",
      path: "/v1/sales-orders",
      query: { external_key: orderId },
      what: `Looking for order ${orderId}`,
      schema: acmeSalesOrders,
    },
    context,
  );
  return found[0] ?? null;
}

function changeOrder(
  input: {
    readonly order: AcmeSalesOrder;
    readonly how: "amend" | "cancel" | "credit";
    readonly body: unknown;
  } & Calls,
): Promise<AcmeSalesOrder> {
  const { order, how, body, client, context } = input;
  return client.send(
    {
      method: "POST",
      path: `/v1/sales-orders/${encodeURIComponent(order.id)}/${how}`,
      body,
      what: `Changing sales order ${order.number} (${how})`,
      schema: acmeSalesOrder,
      record: order.number,
    },
    context,
  );
}

async function readInvoices(
  input: { readonly orderId: string } & Calls,
): Promise<ErpInvoiceStatus> {
  const { orderId, client, context } = input;
  const standing = await findOrder(input);
  if (standing === null) return { state: "none", invoices: [] };
  const { invoices: found } = await client.send(
    {
      method: "GET",
      path: `/v1/sales-orders/${encodeURIComponent(standing.id)}/invoices`,
      what: `Reading the invoices of order ${orderId}`,
      schema: acmeInvoices,
    },
    context,
  );
  const invoices = found.map(({ id, number, state, untaxed, total, currency }) => ({
    id,
    number,
    state,
    currency,
    untaxedMinor: fromAcmeAmount({ amount: untaxed, currency }),
    totalMinor: fromAcmeAmount({ amount: total, currency }),
  }));
  return { state: invoiceState(invoices.map(({ state }) => state)), invoices };
}

function invoiceState(states: readonly ErpInvoice["state"][]): ErpInvoiceStatus["state"] {
  if (states.length === 0) return "none";
  if (states.includes("canceled")) return "exception";
  if (states.every((state) => state === "paid")) return "paid";
  if (states.includes("paid")) return "partially_paid";
  return states.includes("posted") ? "awaiting_payment" : "pending";
}

function isStanding({ state }: AcmeSalesOrder): boolean {
  return state === "booked" || state === "invoiced";
}
