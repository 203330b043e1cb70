import { join } from "node:path";
import type { ConformanceSubject, EventToSign } from "@usher/connector-sdk/conformance";
import type { BillingOrder } from "@usher/connector-sdk/spec";
import { createStripeConnector } from "@usher/connector-stripe";
import { findProjectFolder } from "@usher/local-services";
import { DEFAULT_CREDENTIALS, type SimulatorParts, startSimulator } from "@usher/simulator";
import Stripe from "stripe";

const overlapSeconds = 60;

/** Stripe before the conformance kit: `usher connector test stripe`. */
export const conformance: ConformanceSubject = {
  name: "stripe",
  folder: join(findProjectFolder(), "packages/connectors/stripe"),
  peer: "the simulator",
  skips: {},
  async start() {
    const simulator = await startSimulator();
    // As at Stripe: what was just made is not found, so that only keys keep it from being made twice.
    const { account } = simulator.parts;
    account.changeSettings({ searchLagMs: 60_000 });
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
    const config = (url: string) => ({
      apiKey: DEFAULT_CREDENTIALS.stripeSecretKey,
      baseUrl: url,
      concurrentCallsMax: 3,
      overlapSeconds,
      checkout: true,
      keepFeatures: true,
    });
    const billsOf = async ({ orderId, customer }: BillingOrder) => {
      const customers = (await own.customers.list({ limit: 100 })).data.filter(
        (one) => one.metadata["usher_customer_id"] === customer.customerId,
      );
      const subscriptions: Stripe.Subscription[] = [];
      const invoices: Stripe.Invoice[] = [];
      for (const { id } of customers) {
        subscriptions.push(...(await own.subscriptions.list({ customer: id, limit: 100 })).data);
        invoices.push(...(await own.invoices.list({ customer: id, limit: 100 })).data);
      }
      const isOf = (one: { metadata: Stripe.Metadata | null }) =>
        one.metadata?.["usher_order_id"] === orderId;
      return {
        customers,
        subscriptions: subscriptions.filter(isOf),
        invoices: invoices.filter((one) => isOf(one) && one.status !== "void"),
      };
    };
    return {
      peerUrl: simulator.stripe.url,
      connect: ({ url, fetch, now }) =>
        connector.connect({ connectionId: "con_conformance", config: config(url) }, { fetch, now }),
      definition: { connector, config },
      answers: {
        forbidden: refusal(403, { type: "invalid_request_error", message: "not permitted" }),
        locked: refusal(429, { type: "invalid_request_error", code: "lock_timeout" }),
        quotaExhausted: null,
        withRequestId: {
          answer: {
            ...refusal(400, { type: "invalid_request_error", message: "no" }),
            headers: { "content-type": "application/json", "request-id": "req_7" },
          },
          requestId: "req_7",
        },
        table: [
          {
            name: "lock_timeout",
            to: "read",
            answer: refusal(429, { type: "invalid_request_error", code: "lock_timeout" }),
            category: "conflict_locked",
          },
          {
            name: "a declined card",
            to: "write",
            answer: refusal(402, { type: "card_error", code: "card_declined" }),
            category: "validation",
          },
          {
            name: "another call under the same key",
            to: "write",
            answer: refusal(409, { type: "idempotency_error", code: "idempotency_key_in_use" }),
            category: "conflict_locked",
          },
          {
            name: "a test key in live mode",
            to: "read",
            answer: refusal(400, { type: "invalid_request_error", code: "livemode_mismatch" }),
            category: "config",
          },
        ],
      },
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
        async count(order) {
          const { customers, subscriptions, invoices } = await billsOf(order);
          return { bills: subscriptions.length + invoices.length, customers: customers.length };
        },
        async close(order) {
          for (const { id, status } of (await billsOf(order)).invoices) {
            if (status === "open") await own.invoices.pay(id ?? "");
          }
        },
        async events(order) {
          const [customer] = (await billsOf(order)).customers;
          const { data } = await own.events.list({ limit: 100 });
          return data
            .filter(
              ({ data: { object } }) => "customer" in object && object.customer === customer?.id,
            )
            .map((body) => ({ eventId: body.id, body }));
        },
        announcements: {
          // Stripe's most; the connector always asks for as many.
          pageSize: 100,
          overlapMs: overlapSeconds * 1000,
          announce: async ({ count, agoMs }) => announceAgain({ account, count, agoMs }),
          futureCheckpoint: (checkpoint) => ({ ...checkpoint, from: 4_102_444_800, until: null }),
          // By its age alone the connector knows that Stripe has forgotten.
          forgetPast: async (checkpoint) => ({
            ...checkpoint,
            from: Math.floor(Date.now() / 1000) - 31 * 86_400,
          }),
        },
      },
      webhooks: {
        signatureHeader: "stripe-signature",
        eventsPerRequestMax: 1,
        // Anything but a 2xx is sent again for three days.
        refusalStatuses: [400, 401],
        sign: (input) =>
          signed({
            ...input,
            events: [{ eventId: "evt_1", dealId: null, occurredAtMs: 1_795_000_000_000 }],
          }),
        signEvents: signed,
      },
      stop: () => simulator.stop(),
    };
  },
};

function refusal(status: number, error: Readonly<Record<string, string>>) {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error: { message: "refused", ...error } }),
  };
}

/** The invoice that was paid last is announced as paid, over and over. */
function announceAgain(input: {
  readonly account: SimulatorParts["account"];
  readonly count: number;
  readonly agoMs: number;
}): readonly string[] {
  const { account, count, agoMs } = input;
  const [paid] = account.events.where("type", "invoice.paid");
  if (paid === undefined) throw new Error("no invoice was paid yet");
  const created = Math.floor((Date.now() - agoMs) / 1000);
  return account.store.transact(() =>
    Array.from({ length: count }, () => {
      const { id, sequence } = account.newId("evt");
      account.store.put(account.events, { ...paid, id, sequence, created });
      return id;
    }),
  );
}

const signer = new Stripe(DEFAULT_CREDENTIALS.stripeSecretKey);

function signed(input: {
  readonly secret: string;
  readonly timestamp: number;
  readonly events: readonly EventToSign[];
}) {
  const { secret, timestamp, events } = input;
  const [event] = events;
  const payload = JSON.stringify({
    id: event?.eventId,
    object: "event",
    type: event?.type ?? "invoice.paid",
    created: Math.floor((event?.occurredAtMs ?? 0) / 1000),
    data: { object: { id: "in_1", object: "invoice" } },
  });
  const signature = signer.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return {
    headers: { "stripe-signature": signature },
    rawBody: new TextEncoder().encode(payload),
  };
}

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
