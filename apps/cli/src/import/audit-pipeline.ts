import type { UsherClient, WireOrder } from "@usher/api-contract";
import { z } from "zod";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import type { SimulatedCrm } from "../simulator-control.ts";

const sumSchema = z.object({
  quantity: z.number(),
  amount_minor: z.record(z.string(), z.number()),
});
const crmSchema = z.looseObject({
  counts: z.looseObject({ won: z.number() }),
  by_status: z.record(z.string(), z.number()),
});
const summarySchema = z.looseObject({
  salesforce: crmSchema,
  hubspot: crmSchema,
  stripe: z.looseObject({
    subscriptions_by_product: z.record(z.string(), sumSchema),
    single_invoices_by_product: z.record(z.string(), sumSchema),
  }),
});

/** One product in three books. Amounts are USD cents, quantities are units. */
export interface AuditedProduct {
  readonly sku: string;
  readonly orders: number;
  readonly sold: { readonly quantity: number; readonly minor: number };
  readonly billed: { readonly quantity: number; readonly minor: number };
  readonly granted: number;
  readonly agrees: boolean;
}

export interface PipelineAudit {
  readonly wonDeals: number;
  readonly ordersByStatus: Readonly<Record<string, number>>;
  readonly dealsByStatus: Readonly<Record<string, number>>;
  readonly products: readonly AuditedProduct[];
  /** One order a won deal, every status on its deal, and every product the same in all books. */
  readonly agrees: boolean;
}

/**
 * Compares what the CRM sold, what was billed and what was granted, per product, to the cent and the
 * unit: from outside, by the API and the vendors' own books, with nothing taken from our database.
 * Only deals that went through count as sold; a rejected one must be in no other book.
 */
export async function auditPipeline(input: {
  readonly hub: UsherClient;
  readonly simulatorUrl: string;
  readonly crm: SimulatedCrm;
}): Promise<PipelineAudit> {
  const orders: WireOrder[] = [];
  for await (const order of input.hub.each("listOrders", {
    query: { limit: 100, source_system: input.crm },
  })) {
    orders.push(order);
  }
  const books = await readBooks(input.simulatorUrl);
  const granted = await sumGranted({ hub: input.hub, orders });
  const sold = sumSold(orders.filter((order) => order.status === "Active"));
  const { subscriptions_by_product, single_invoices_by_product } = books.stripe;
  const skus = [
    ...new Set([
      ...sold.keys(),
      ...Object.keys(subscriptions_by_product),
      ...Object.keys(single_invoices_by_product),
    ]),
  ].toSorted();
  const products = skus.map((sku): AuditedProduct => {
    const one = sold.get(sku) ?? { orders: 0, quantity: 0, minor: 0 };
    // A subscription's own invoices bill what it says once more.
    const billed = addBilled(subscriptions_by_product[sku], single_invoices_by_product[sku]);
    const units = granted.get(sku) ?? 0;
    return {
      sku,
      orders: one.orders,
      sold: { quantity: one.quantity, minor: one.minor },
      billed,
      granted: units,
      agrees:
        one.quantity === billed.quantity && one.minor === billed.minor && one.quantity === units,
    };
  });
  const ordersByStatus = countBy(orders, (order) => order.status);
  const wonDeals = books[input.crm].counts.won;
  const dealsByStatus = books[input.crm].by_status;
  const isToldEverywhere = Object.entries(ordersByStatus).every(
    ([status, count]) => dealsByStatus[status] === count,
  );
  const agrees =
    orders.length === wonDeals && isToldEverywhere && products.every((product) => product.agrees);
  return { wonDeals, ordersByStatus, dealsByStatus, products, agrees };
}

async function readBooks(simulatorUrl: string): Promise<z.infer<typeof summarySchema>> {
  const response = await fetch(`${simulatorUrl}/control/state/summary`);
  if (!response.ok)
    throw new CliFailure(`The simulator answered its summary with ${response.status}.`);
  return summarySchema.parse(await response.json());
}

interface SoldSum {
  readonly orders: number;
  readonly quantity: number;
  readonly minor: number;
}

function sumSold(orders: readonly WireOrder[]): ReadonlyMap<string, SoldSum> {
  const sums = new Map<string, SoldSum>();
  for (const line of orders.flatMap((order) => order.lines)) {
    const sku = line.sku ?? line.product_code;
    const before = sums.get(sku) ?? { orders: 0, quantity: 0, minor: 0 };
    sums.set(sku, {
      orders: before.orders + 1,
      quantity: before.quantity + line.quantity,
      minor: before.minor + centsOf(line.unit_price?.amount ?? "0") * line.quantity,
    });
  }
  return sums;
}

/** Exact: the decimal text's digits, never a float. The pipeline is in USD. */
function centsOf(amount: string): number {
  const [whole = "0", fraction = ""] = amount.split(".");
  return Number(whole) * 100 + Number(fraction.padEnd(2, "0").slice(0, 2));
}

function addBilled(...sums: readonly (z.infer<typeof sumSchema> | undefined)[]) {
  return sums.reduce(
    (total, sum) => ({
      quantity: total.quantity + (sum?.quantity ?? 0),
      minor: total.minor + (sum?.amount_minor["USD"] ?? 0),
    }),
    { quantity: 0, minor: 0 },
  );
}

/** Units by product over all customers, as the entitlements of each customer say now, by the order line each names. */
async function sumGranted(input: {
  readonly hub: UsherClient;
  readonly orders: readonly WireOrder[];
}): Promise<ReadonlyMap<string, number>> {
  const customers = new Set(input.orders.flatMap((order) => order.customer?.external_id ?? []));
  const skus = new Map(
    input.orders.flatMap((order) =>
      order.lines.map((line) => [`${order.id} ${line.line_id}`, line.sku ?? line.product_code]),
    ),
  );
  const sums = new Map<string, number>();
  for (const customer of customers) {
    const held = expectOk(
      await input.hub.call("listCustomerEntitlements", { path: { id: `ext:${customer}` } }),
    );
    for (const right of held.data) {
      if (right.kind !== "seat") continue;
      for (const { order_id, line_id, limit } of right.breakdown) {
        const sku = skus.get(`${order_id} ${line_id}`);
        if (sku === undefined || typeof limit !== "number") continue;
        sums.set(sku, (sums.get(sku) ?? 0) + limit);
      }
    }
  }
  return sums;
}

function countBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
