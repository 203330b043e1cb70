// <when webhook>
import { createHmac } from "node:crypto";
// </when>
import { dirname } from "node:path";
import type {
  // <when kind=billing>
  BillingOrder,
  // </when>
  // <when kind=crm>
  DealStatus,
  // </when>
  // <when kind=erp>
  ErpOrder,
  // </when>
} from "../../../spec/index.ts";
import type {
  ConformanceHarness,
  ConformanceSubject,
  // <when webhook>
  EventToSign,
  // </when>
} from "../../conformance.ts";
// <when webhook>
import { acmeEventTypes } from "../acme-webhook.ts";
// </when>
import { createAcmeConnector } from "../index.ts";
// <when kind=crm>
import { acmeResultCap } from "./acme-deals-peer.ts";
// </when>
import { type AcmePeer, acmeCredentials, startAcmePeer } from "./acme-peer.ts";

// <when kind=crm,billing>
const pageSize = 5;
const overlapSeconds = 60;
// </when>
const concurrentCallsMax = 3;

/** Acme before the conformance kit: `usher connector test acme`, and `acme-conformance.test.ts`. */
export const conformance: ConformanceSubject = {
  name: "acme",
  // <when reference>
  folder: dirname(import.meta.dirname),
  // <else>
  //| folder: dirname(dirname(import.meta.dirname)),
  // </when>
  peer: "the fake Acme",
  skips: {},
  start: async () => harnessOf(await startAcmePeer()),
};

function harnessOf(peer: AcmePeer): ConformanceHarness {
  const connector = createAcmeConnector();
  // <when kind=crm>
  const written = peer.deals.add({ name: "written to" });
  let sequence = 0;
  // <or kind=billing>
  //| const billId = peer.bills.add("an order of another time");
  // </when>
  const configFor = (url: string) => ({ ...credentialsOf(peer), baseUrl: url, concurrentCallsMax });
  return {
    peerUrl: peer.url,
    connect: ({ url, ...dependencies }) =>
      connector.connect(
        {
          connectionId: "con_conformance",
          config: {
            ...configFor(url),
            // <when kind=crm,billing>
            pageSize: dependencies.pageSize ?? pageSize,
            overlapSeconds,
            // </when>
            // <when reference>
            ...(dependencies.tokens === undefined ? {} : consentOf(peer)),
            // </when>
          },
        },
        dependencies,
      ),
    concurrentCallsMax,
    secrets: [...Object.values(acmeCredentials).filter((one) => one !== "acme-client"), "Bearer "],
    definition: { connector, config: configFor },
    // <when auth=client_credentials,refresh_token>
    tokens: { isTokenRequest: ({ path }) => path === "/oauth/token" },
    // </when>
    isWrite: ({ method, path }) => method !== "GET" && path !== "/oauth/token",
    // <when kind=crm>
    read: async (system, context) => system.crm?.readDeals({ dealIds: [written] }, context),
    write: async (system, context) => {
      sequence += 1;
      const status = aStatus({ sequence, orderId: "ord_written_to" });
      return system.crm?.writeStatus({ dealId: written, status }, context);
    },
    // <or kind=billing>
    //| read: async (system, context) =>
    //|   system.billing?.readChange(
    //|     { eventId: "evt_1", body: { type: "bill.paid", object_id: billId } },
    //|     context,
    //|   ),
    //| write: async (system, context) => system.billing?.bill(aBillingOrder(), context),
    // <or kind=erp>
    //| read: async (system, context) => system.erp?.readInvoices({ orderId: "none" }, context),
    //| write: async (system, context) => system.erp?.bookOrder(anErpOrder(), context),
    // </when>
    unauthorized: { status: 401, body: '{"code":"invalid_token"}' },
    answers: {
      forbidden: { status: 403, body: '{"code":"forbidden","message":"ask for the scope"}' },
      locked: { status: 409, body: '{"code":"locked"}' },
      quotaExhausted: { status: 403, body: '{"code":"daily_quota"}' },
      withRequestId: {
        answer: { status: 422, body: '{"code":"invalid","request_id":"req_7"}' },
        requestId: "req_7",
      },
      table: [
        {
          name: "forbidden",
          to: "read",
          answer: { status: 403, body: '{"code":"forbidden"}' },
          category: "permission",
        },
        {
          name: "invalid",
          to: "write",
          answer: { status: 422, body: '{"code":"invalid"}' },
          category: "validation",
        },
        {
          name: "stale",
          to: "write",
          answer: { status: 412, body: '{"code":"stale"}' },
          category: "conflict_stale",
        },
        {
          name: "a maintenance, announced with status 200",
          to: "read",
          answer: { status: 200, body: '{"error":{"code":"maintenance"}}' },
          category: "transient",
        },
      ],
    },
    // <when kind=crm>
    crm: {
      pageSize,
      overlapMs: overlapSeconds * 1000,
      unknownDealId: "9999990",
      resultCap: acmeResultCap,
      async seedEqualStamps({ count }) {
        const stampMs = Date.now() - 5_000;
        return Array.from({ length: count }, () => peer.deals.add({ stampMs }));
      },
      commitLate: async ({ agoMs }) => peer.deals.add({ stampMs: Date.now() - agoMs }),
      seedDeal: async (deal) => peer.deals.add(deal),
      remove: async (dealId) => peer.deals.remove(dealId),
      answerShortPages: async (isOn) => peer.deals.answerShortPages(isOn),
      // The position of a read that ends now is kept, that of an earlier one is not.
      forgetPast: async () => peer.deals.forgetBefore(Date.now() + 1 - overlapSeconds * 1000),
      futureCheckpoint: (checkpoint) => ({ ...checkpoint, stamp: "2099-01-01T00:00:00.000Z" }),
      spoilDeal: ({ answer, dealId }) =>
        answer.replace(new RegExp(`("id":"${dealId}",[^}]*)"is_won":true,`), "$1"),
      async readStatus(dealId) {
        const shown = peer.deals.row(dealId)?.usher ?? {};
        return {
          sequence: typeof shown["sequence"] === "number" ? shown["sequence"] : null,
          status: typeof shown["status"] === "string" ? shown["status"] : null,
        };
      },
      aStatus,
    },
    // </when>
    // <when kind=billing>
    billing: {
      anOrder: aBillingOrder,
      count: async ({ orderId, customer }) => ({
        bills: peer.bills.count(orderId),
        customers: peer.customers.count(customer.customerId),
      }),
      close: async ({ orderId }) => peer.bills.pay(orderId),
      events: async ({ orderId }) =>
        peer.billEvents.of(peer.bills.idsOf(orderId)).map((body) => ({ eventId: body.id, body })),
      announcements: {
        pageSize,
        overlapMs: overlapSeconds * 1000,
        async announce({ count, agoMs }) {
          const billId = peer.bills.add("an order that was announced");
          const stampMs = Date.now() - agoMs;
          return Array.from({ length: count }, () =>
            peer.billEvents.add({ type: "bill.paid", billId, stampMs }),
          );
        },
        futureCheckpoint: (checkpoint) => ({ ...checkpoint, stamp: "2099-01-01T00:00:00.000Z" }),
        async forgetPast(checkpoint) {
          peer.billEvents.forgetBefore(Date.now() + 1 - overlapSeconds * 1000);
          return checkpoint;
        },
      },
    },
    // </when>
    // <when kind=erp>
    erp: {
      anOrder: anErpOrder,
      count: async ({ orderId, customer }) => ({
        orders: peer.orders.count(orderId),
        customers: peer.customers.count(customer.customerId),
      }),
      close: async ({ orderId }) => peer.orders.invoice(orderId),
    },
    // </when>
    // <when webhook>
    webhooks: {
      signatureHeader: "x-acme-signature",
      eventsPerRequestMax: 100,
      refusalStatuses: [401],
      sign: (input) =>
        signedDelivery({
          ...input,
          events: [{ eventId: "evt_1", dealId: null, occurredAtMs: 1_795_000_000_000 }],
        }),
      signEvents: signedDelivery,
    },
    // </when>
    // <when reference>
    subscriptions: {
      count: async () => peer.subscriptions.count(),
      drop: async () => peer.subscriptions.drop(),
      handshake: () => ({
        request: { query: "challenge=a-1", headers: {}, rawBody: new Uint8Array() },
        answer: "a-1",
      }),
    },
    // </when>
    stop: () => peer.close(),
  };
}

// <when reference>
const credentialsOf = (_peer: AcmePeer) => ({
  authKind: "client_credentials",
  clientId: acmeCredentials.clientId,
  clientSecret: acmeCredentials.clientSecret,
});

// <or auth=api_key,client_credentials>
//| const credentialsOf = (_peer: AcmePeer) => ({ authKind: "<auth>", ...acmeCredentials });
// <or auth=refresh_token>
//| const credentialsOf = consentOf;
// </when>
// <when auth=refresh_token>
function consentOf(peer: AcmePeer) {
  const { clientId, clientSecret } = acmeCredentials;
  return { authKind: "refresh_token", clientId, clientSecret, refreshToken: peer.consent() };
}
// </when>

// <when kind=crm>
function aStatus(change: Partial<DealStatus>): DealStatus {
  return {
    orderId: "ord_conformance",
    sequence: 1,
    status: "Received",
    waitingOn: null,
    dueAtIso: "2026-12-01T12:00:00.123Z",
    activeFromIso: null,
    activeUntilIso: null,
    problem: null,
    summary: "Pro, 2 seats",
    url: "https://usher.example/orders/1",
    ...change,
  };
}
// </when>

// <when kind=billing,erp>
let orders = 0;

function aCustomer() {
  orders += 1;
  return {
    customerId: `cus_conformance_${orders}`,
    externalId: `account-${orders}`,
    name: `Customer ${orders}`,
    country: "DE",
  };
}
// </when>

// <when kind=billing>
function aBillingOrder(): BillingOrder {
  const customer = aCustomer();
  const term = {
    name: "Pro",
    startsAtIso: "2026-12-01T00:00:00.000Z",
    endsAtIso: "2027-12-01T00:00:00.000Z",
    months: 12,
  };
  return {
    orderId: `ord_conformance_${orders}`,
    revision: 1,
    currency: "USD",
    customer,
    lines: [
      {
        ...term,
        lineId: "line_1",
        sku: "PRO",
        quantity: 3,
        unitAmountMinor: 10_000,
        billing: { kind: "subscription", interval: "year" },
      },
      {
        ...term,
        lineId: "line_2",
        sku: "SETUP",
        quantity: 1,
        unitAmountMinor: 4_999,
        billing: { kind: "invoice" },
      },
    ],
  };
}
// </when>

// <when kind=erp>
function anErpOrder(): ErpOrder {
  const customer = aCustomer();
  return {
    orderId: `ord_conformance_${orders}`,
    revision: 1,
    currency: "USD",
    customer,
    lines: [
      {
        lineId: "line_1",
        sku: "PRO",
        name: "Pro",
        quantity: 3,
        unitAmountMinor: 8_325,
        startsOn: "2026-12-01",
        months: 12,
      },
    ],
  };
}
// </when>

// <when webhook>
function signedDelivery(input: {
  readonly secret: string;
  readonly timestamp: number;
  readonly events: readonly EventToSign[];
}) {
  const { secret, timestamp, events } = input;
  const body = JSON.stringify({
    events: events.map(({ eventId, dealId, occurredAtMs, type, isBroken }) => ({
      ...(isBroken === true ? {} : { id: eventId }),
      type: type ?? acmeEventTypes[0],
      ...(dealId === null ? {} : { object_id: dealId }),
      occurred_at: new Date(occurredAtMs).toISOString(),
    })),
  });
  const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return {
    headers: { "x-acme-signature": `t=${timestamp},v1=${digest}` },
    rawBody: new TextEncoder().encode(body),
  };
}
// </when>
