import type { BillingConnector, BillingLine, BillingOrder } from "@usher/connector-sdk/spec";
import { aCallContext, startFaultProxy } from "@usher/connector-sdk/testing";
import { createStripeConnector } from "@usher/connector-stripe";
import { DEFAULT_CREDENTIALS, startSimulator } from "@usher/simulator";
import Stripe from "stripe";
import { afterEach } from "vitest";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

export const hour = 3_600_000;

/** A connector, the simulator behind a fault proxy, and a clock that all three read. Stopped after each test. */
export async function aWorld(config: Readonly<Record<string, unknown>> = {}) {
  let nowMs = Date.now();
  const now = () => nowMs;
  const simulator = await startSimulator({ now });
  stops.push(() => simulator.stop());
  const proxy = await startFaultProxy({ peerUrl: simulator.stripe.url });
  stops.push(() => proxy.close());
  const { hostname, port } = new URL(simulator.stripe.url);
  const stripe = new Stripe(DEFAULT_CREDENTIALS.stripeSecretKey, {
    host: hostname,
    port: Number(port),
    protocol: "http",
  });
  const connectSystem = () =>
    createStripeConnector().connect(
      {
        connectionId: "con_traps",
        config: { apiKey: DEFAULT_CREDENTIALS.stripeSecretKey, baseUrl: proxy.url, ...config },
      },
      { fetch, now },
    );
  /** With nothing in memory, as after a restart. */
  const connect = (): BillingConnector => {
    const { billing } = connectSystem();
    if (billing === null) throw new Error("Stripe bills");
    return billing;
  };
  const contextOf = (order: BillingOrder) =>
    aCallContext({ now, idempotencyKey: `bill:${order.orderId}:${order.revision}` });
  const billing = connect();
  return {
    simulator,
    proxy,
    stripe,
    connect,
    webhooks: connectSystem().webhooks,
    billing,
    bill: (order: BillingOrder, by = billing) => by.bill(order, contextOf(order)),
    cancel: (order: BillingOrder, by = billing) =>
      by.cancelBilling(
        { orderId: order.orderId, customerId: order.customer.customerId, reason: "test" },
        contextOf(order),
      ),
    contextOf,
    now,
    wait: (ms: number) => {
      nowMs += ms;
    },
    fault: (kind: "server_error_stored" | "server_error_after_commit", operation: string) =>
      simulator.parts.faults.add({
        vendor: "stripe",
        kind,
        operation,
        object: null,
        recordId: null,
        remaining: 1,
        message: null,
        delayMs: 0,
        status: 500,
        retryAfterSeconds: null,
      }),
    livingSubscriptions: async () => (await stripe.subscriptions.list({ limit: 100 })).data,
    invoices: async () => (await stripe.invoices.list({ limit: 100 })).data,
  };
}

let orders = 0;
export function anOrder(change: Partial<BillingOrder> = {}): BillingOrder {
  orders += 1;
  return {
    orderId: `ord_${orders}`,
    revision: 1,
    currency: "USD",
    customer: {
      customerId: `cus_${orders}`,
      externalId: `001${orders}`,
      name: `Customer ${orders}`,
      country: "DE",
    },
    lines: [aLine()],
    ...change,
  };
}

export function aLine(change: Partial<BillingLine> = {}): BillingLine {
  return {
    lineId: "line_1",
    sku: "GTX-PRO",
    name: "GTX Pro",
    quantity: 3,
    unitAmountMinor: 10_000,
    billing: { kind: "subscription", interval: "month" },
    startsAtIso: "2020-01-01T00:00:00.000Z",
    endsAtIso: "2099-01-01T00:00:00.000Z",
    months: 12,
    ...change,
  };
}
export const once = { billing: { kind: "invoice" } } as const;
