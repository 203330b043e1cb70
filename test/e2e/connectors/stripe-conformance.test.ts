import type { BillingOrder } from "@usher/connector-sdk/spec";
import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { createStripeConnector } from "@usher/connector-stripe";
import { DEFAULT_CREDENTIALS, startSimulator } from "@usher/simulator";
import Stripe from "stripe";

describeConnectorConformance({
  name: "stripe",
  skips: {
    reading: { bypassReason: "a billing system has no stream of deals" },
    "status writes": { bypassReason: "no deals to write to" },
  },
  async start() {
    const simulator = await startSimulator();
    // As at Stripe: what was just made is not found, so that only keys keep it from being made twice.
    simulator.parts.account.changeSettings({ searchLagMs: 60_000 });
    const { hostname, port } = new URL(simulator.stripe.url);
    const own = new Stripe(DEFAULT_CREDENTIALS.stripeSecretKey, {
      host: hostname,
      port: Number(port),
      protocol: "http",
    });
    const connector = createStripeConnector();
    let orders = 0;
    const anOrder = () => {
      orders += 1;
      return toOrder(orders);
    };
    return {
      peerUrl: simulator.stripe.url,
      connect: ({ url, fetch, now }) =>
        connector.connect(
          {
            connectionId: "con_conformance",
            config: {
              apiKey: DEFAULT_CREDENTIALS.stripeSecretKey,
              baseUrl: url,
              concurrentCallsMax: 3,
            },
          },
          { fetch, now },
        ),
      concurrentCallsMax: 3,
      secrets: [DEFAULT_CREDENTIALS.stripeSecretKey, "Bearer "],
      read: async (system, context) =>
        system.billing?.readChange(
          { eventId: "evt_1", body: { type: "invoice.paid", data: { object: { id: "in_none" } } } },
          context,
        ),
      write: async (system, context) => {
        const order = anOrder();
        return system.billing?.bill(order, { ...context, idempotencyKey: `bill:${order.orderId}` });
      },
      isWrite: (request) => request.method !== "GET",
      unauthorized: {
        status: 401,
        headers: { "content-type": "application/json" },
        body: '{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_***ator"}}',
      },
      billing: {
        anOrder,
        async count({ orderId, customer }) {
          const customers = (await own.customers.list({ limit: 100 })).data.filter(
            (one) => one.metadata["usher_customer_id"] === customer.customerId,
          );
          let bills = 0;
          for (const { id } of customers) {
            const subscriptions = await own.subscriptions.list({ customer: id, limit: 100 });
            const invoices = await own.invoices.list({ customer: id, limit: 100 });
            bills += subscriptions.data.filter(
              (one) => one.metadata["usher_order_id"] === orderId,
            ).length;
            bills += invoices.data.filter(
              (one) => one.metadata?.["usher_order_id"] === orderId && one.status !== "void",
            ).length;
          }
          return { bills, customers: customers.length };
        },
      },
      webhooks: {
        signatureHeader: "stripe-signature",
        sign({ secret, timestamp }) {
          const payload = JSON.stringify({
            id: "evt_1",
            object: "event",
            type: "invoice.paid",
            data: { object: { id: "in_1", object: "invoice" } },
          });
          return {
            headers: {
              "stripe-signature": own.webhooks.generateTestHeaderString({
                payload,
                secret,
                timestamp,
              }),
            },
            rawBody: new TextEncoder().encode(payload),
          };
        },
      },
      stop: () => simulator.stop(),
    };
  },
});

function toOrder(number: number): BillingOrder {
  const shared = {
    name: "GTX Pro",
    startsAtIso: "2026-11-01T00:00:00.000Z",
    endsAtIso: "2099-11-01T00:00:00.000Z",
    months: 12,
  };
  return {
    orderId: `ord_conformance_${number}`,
    revision: 1,
    notBilledBeforeMs: Date.now(),
    currency: "USD",
    customer: {
      customerId: `cus_conformance_${number}`,
      externalId: `001${number}`,
      name: `Customer ${number}`,
      country: "DE",
    },
    lines: [
      {
        ...shared,
        lineId: `line_${number}_1`,
        sku: `GTX-${number}`,
        quantity: 3,
        unitAmountMinor: 10_000,
        billing: { kind: "subscription", interval: "month" },
      },
      {
        ...shared,
        lineId: `line_${number}_2`,
        sku: "SETUP",
        quantity: 1,
        unitAmountMinor: 4_999,
        billing: { kind: "invoice" },
      },
    ],
  };
}
