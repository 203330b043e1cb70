import { connectorFailure, fromDecimalAmount } from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ErpBooking,
  type ErpOrder,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { type HeldOrder, readHeldOrder } from "./held-order.ts";
import { backToDraft, type GraphNode, planOrderGraph } from "./plan-order-graph.ts";
import type { PriceMemory } from "./price-memory.ts";
import { ensureAccount } from "./salesforce-accounts.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { lineKey, orderFields, type SalesforceOrderFields } from "./salesforce-order-fields.ts";
import { ensurePrice, ensureProduct, readPricebookId } from "./salesforce-products.ts";
import { graphNodesMax, sendGraph } from "./send-graph.ts";
import { toWantedOrder } from "./to-wanted-order.ts";

export interface OrderBooks {
  readonly config: SalesforceConfig;
  readonly orders: NonNullable<SalesforceConfig["orders"]>;
  readonly client: SalesforceClient;
  readonly memory: PriceMemory;
}

/** An order, its way back to draft and its activation take three nodes; a line takes two where its product changes. */
const linesMax = Math.floor((graphNodesMax - 3) / 2);

/**
 * Brings the org's order to the revision, whatever of it stands already. Where another attempt was
 * faster with one of our external ids, the graph is rolled back, and what it made is gone on with.
 */
export async function bookSalesforceOrder(
  input: OrderBooks & {
    readonly order: ErpOrder;
    /** True: it must stand already. */
    readonly isAmendment: boolean;
    readonly context: CallContext;
  },
): Promise<ErpBooking> {
  const { order, isAmendment, config, orders, client, memory, context } = input;
  if (order.lines.length > linesMax) {
    throw connectorFailure({
      category: "validation",
      message: `Order ${order.orderId} has ${order.lines.length} lines; Salesforce carries out at most ${linesMax} as a whole.`,
      where: { record: `Order ${order.orderId}`, field: "lines" },
    });
  }
  const fields = orderFields(config.fieldPrefix);
  const parts = { config, fields, client, context };
  for (let attempt = 1; ; attempt += 1) {
    const held = await readHeld(order.orderId, fields, input);
    mustNotBeOutrun(order, held);
    if (isAmendment && (held === null || held.isCanceled))
      throw nothingToAmend(order.orderId, fields);
    const accountId = await ensureAccount({ customer: order.customer, ...parts });
    if (held !== null && isAt(order, held)) return toBooking({ order, held, accountId });
    const pricebookId = await memory.pricebook(() => readPricebookId(orders.pricebookId, input));
    const prices = new Map<string, string>();
    const lookedUp = new Set<string>();
    for (const item of order.lines) {
      if (prices.has(item.sku)) continue;
      const { sku } = item;
      const { currency } = order;
      const entry = await memory.entryOf({ sku, currency }, async () => {
        lookedUp.add(sku);
        const productId = await ensureProduct({ item, ...parts });
        return ensurePrice({ productId, pricebookId, currency, ...parts });
      });
      prices.set(sku, entry);
    }
    const wanted = toWantedOrder({ order, accountId, pricebookId, prices, config, fields });
    const nodes = planOrderGraph({
      wanted,
      held,
      fields,
      statuses: { draft: orders.draftStatus, activated: orders.activatedStatus },
    });
    try {
      await sendOrderGraph({ nodes, order, client, context });
    } catch (error) {
      // Rolled back. Somebody was faster, which shows in what stands now; or what was remembered is gone.
      if (isRefusal(error)) memory.forget();
      if (attempt > 1 || !isRefusal(error)) throw error;
      const isRemembered = lookedUp.size < prices.size;
      const now = await readHeld(order.orderId, fields, input);
      if (!isRemembered && JSON.stringify(now) === JSON.stringify(held)) throw error;
      continue;
    }
    const booked = await readHeld(order.orderId, fields, input);
    if (booked !== null) return toBooking({ order, held: booked, accountId });
    throw connectorFailure({
      category: "outcome_unknown",
      message: `Booking order ${order.orderId}: Salesforce carried it out, and does not show it. Check that the connection's user sees the orders it makes.`,
    });
  }
}

/** A draft again, marked as canceled. Its products stay, so that people see what it was. */
export async function cancelSalesforceOrder(
  input: OrderBooks & {
    readonly orderId: string;
    readonly revision: number;
    readonly context: CallContext;
  },
): Promise<void> {
  const { orderId, revision, config, orders, client, context } = input;
  const fields = orderFields(config.fieldPrefix);
  const held = await readHeld(orderId, fields, input);
  if (held === null) return;
  mustNotBeOutrun({ orderId, revision }, held.isCanceled ? { ...held, isCanceled: false } : held);
  if (held.isCanceled && !held.isActivated && held.revision === revision) return;
  const mark: GraphNode = {
    method: "PATCH",
    path: `/sobjects/Order/${held.id}`,
    referenceId: "cancel",
    body: {
      [fields.isCanceled]: true,
      [fields.revision]: revision,
      Status: orders.canceledStatus,
    },
  };
  const nodes = held.isActivated ? [backToDraft(held, orders.draftStatus), mark] : [mark];
  const what = `Taking back order ${orderId}`;
  await sendGraph({ nodes, what, recordOf: () => `Order ${held.number}`, client, context });
}

function readHeld(
  orderId: string,
  fields: SalesforceOrderFields,
  { orders, client, context }: OrderBooks & { readonly context: CallContext },
): Promise<HeldOrder | null> {
  const { activatedStatus } = orders;
  return readHeldOrder({ orderId, fields, activatedStatus, client, context });
}

async function sendOrderGraph(input: {
  readonly nodes: readonly GraphNode[];
  readonly order: ErpOrder;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<void> {
  const { nodes, order, client, context } = input;
  const recordOf = (referenceId: string) => {
    const at = /^(?:line|drop)_(\d+)$/.exec(referenceId)?.[1];
    const line = at === undefined ? undefined : order.lines[Number(at)];
    return line === undefined
      ? `Order ${order.orderId}`
      : `order product ${line.sku} (${line.lineId})`;
  };
  await sendGraph({ nodes, what: `Booking order ${order.orderId}`, recordOf, client, context });
}

function isRefusal(error: unknown): boolean {
  if (!isConnectorError(error)) return false;
  return ["duplicate", "not_found", "validation"].includes(error.detail.category);
}

function isAt(order: ErpOrder, held: HeldOrder): boolean {
  return held.revision === order.revision && held.isActivated && !held.isCanceled;
}

/** A later revision, or this one taken back, is not undone by an attempt that comes late. */
function mustNotBeOutrun(
  { orderId, revision }: { readonly orderId: string; readonly revision: number },
  held: HeldOrder | null,
): void {
  if (held === null || held.revision < revision) return;
  if (held.revision === revision && !held.isCanceled) return;
  throw connectorFailure({
    category: "conflict_stale",
    message: `Order ${orderId} stands in Salesforce at revision ${held.revision}${held.isCanceled ? ", taken back" : ""}; revision ${revision} comes too late.`,
    where: { record: `Order ${held.number}`, field: "revision" },
  });
}

function nothingToAmend(orderId: string, fields: SalesforceOrderFields) {
  return connectorFailure({
    category: "not_found",
    message: `Salesforce has no order with ${fields.orderId} = ${orderId} that was not taken back, so there is nothing to amend. Book the order first.`,
    where: { record: `Order ${orderId}`, field: fields.orderId },
  });
}

function toBooking(input: {
  readonly order: ErpOrder;
  readonly held: HeldOrder;
  readonly accountId: string;
}): ErpBooking {
  const { order, held, accountId } = input;
  const { currency, orderId } = order;
  const what = `Order ${held.number}`;
  let totalMinor = 0;
  for (const { total } of held.items) {
    totalMinor += fromDecimalAmount({ amount: total, currency, what });
  }
  const lines = order.lines.filter(({ lineId }) =>
    held.items.some(({ key }) => key === lineKey(orderId, lineId)),
  );
  const expected = order.lines.reduce((sum, one) => sum + one.quantity * one.unitAmountMinor, 0);
  if (totalMinor !== expected) {
    throw connectorFailure({
      category: "validation",
      message: `${what} comes to ${totalMinor} minor units of ${currency} in Salesforce, and order ${orderId} to ${expected}. Check the decimal places of ${currency} in the org, and who changed the order's products.`,
      where: { record: what, field: "TotalAmount" },
    });
  }
  return {
    remoteCustomerId: accountId,
    records: [
      {
        kind: "sales_order",
        id: held.id,
        number: held.number,
        lineIds: lines.map(({ lineId }) => lineId),
        totalMinor,
      },
    ],
  };
}
