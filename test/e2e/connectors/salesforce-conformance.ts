import { createHmac } from "node:crypto";
import { join } from "node:path";
import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { ConformanceSubject, EventToSign } from "@usher/connector-sdk/conformance";
import { findProjectFolder } from "@usher/local-services";
import { DEFAULT_CREDENTIALS } from "@usher/simulator";
import { aDatedStatus } from "./a-deal-status.ts";
import { anErpOrder } from "./an-erp-order.ts";
import { accountName, salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const pageSize = 5;
const overlapSeconds = 60;

/** Salesforce before the conformance kit: `usher connector test salesforce`. */
export const conformance: ConformanceSubject = {
  name: "salesforce",
  folder: join(findProjectFolder(), "packages/connectors/salesforce"),
  peer: "the simulator",
  skips: {},
  async start() {
    const world = await startSalesforceWorld();
    const connector = createSalesforceConnector();
    const [written = ""] = await world.winDeals([{ name: "written to" }]);
    let sequence = 0;
    const config = (url: string, change: Readonly<Record<string, unknown>> = {}) =>
      salesforceConfigFor(url, {
        pageSize,
        overlapSeconds,
        concurrentCallsMax: 3,
        orders: {},
        renewals: {},
        ...change,
      });
    return {
      peerUrl: world.url,
      connect: ({ url, fetch, now, pageSize: rows = pageSize }) =>
        connector.connect(
          { connectionId: "con_conformance", config: config(url, { pageSize: rows }) },
          { fetch, now },
        ),
      definition: { connector, config },
      tokens: { isTokenRequest: ({ path }) => path.startsWith("/services/oauth2/token") },
      answers: {
        forbidden: refusal(403, "INSUFFICIENT_ACCESS", "insufficient access rights"),
        locked: refusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"),
        quotaExhausted: refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        withRequestId: {
          answer: {
            ...refusal(400, "INVALID_FIELD", "No such column"),
            headers: { "content-type": "application/json", "x-sfdc-request-id": "req_7" },
          },
          requestId: "req_7",
        },
        table: [
          {
            name: "concurrent requests",
            to: "read",
            answer: refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."),
            category: "rate_limited",
          },
          {
            name: "a field that is not there",
            to: "read",
            answer: refusal(400, "INVALID_FIELD", "No such column"),
            category: "config",
          },
          {
            name: "a value that a rule refuses",
            to: "write",
            answer: refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Say why."),
            category: "validation",
          },
          {
            name: "a locator that has expired",
            to: "read",
            answer: refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
            category: "transient",
          },
        ],
      },
      concurrentCallsMax: 3,
      secrets: [DEFAULT_CREDENTIALS.salesforceClientSecret, accountName, "Bearer "],
      read: async (system, context) => system.crm?.readDeals({ dealIds: [written] }, context),
      write: async (system, context) => {
        sequence += 1;
        const status = aDatedStatus({ sequence, orderId: "ord_written_to" });
        return system.crm?.writeStatus({ dealId: written, status }, context);
      },
      isWrite: ({ method, path }) =>
        method === "PATCH" || (method === "POST" && path.startsWith("/services/data/")),
      unauthorized: {
        status: 401,
        headers: { "content-type": "application/json" },
        body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]',
      },
      crm: {
        pageSize,
        overlapMs: overlapSeconds * 1000,
        unknownDealId: "006zzzzzzzzzzz1",
        // Pages are queries of their own, and positions are stamps: nothing is capped, nothing forgotten.
        resultCap: null,
        forgetPast: null,
        seedDeal: (deal) => world.winDealOf(deal),
        async remove(dealId) {
          await world.api("DELETE", `/sobjects/Opportunity/${dealId}`);
        },
        futureCheckpoint: (checkpoint) => ({ ...checkpoint, stamp: "2099-01-01T00:00:00.000Z" }),
        spoilDeal: ({ answer, dealId }) =>
          answer.replace(new RegExp(`("Id":"${dealId}","Name":"[^"]*",)"IsWon":true,`), "$1"),
        seedEqualStamps: ({ count }) =>
          world.winDeals(Array.from({ length: count }, (_, index) => ({ name: `equal ${index}` }))),
        async commitLate({ agoMs }) {
          world.holdClock(Date.now() - agoMs);
          try {
            const [id = ""] = await world.winDeals([{ name: "late" }]);
            return id;
          } finally {
            world.holdClock(null);
          }
        },
        async readStatus(dealId) {
          const record = await world.record(dealId);
          const [shown, status] = [record["Usher_Seq__c"], record["Usher_Status__c"]];
          return {
            sequence: typeof shown === "number" ? shown : null,
            status: typeof status === "string" ? status : null,
          };
        },
        aStatus: aDatedStatus,
      },
      erp: {
        anOrder: () => anErpOrder(),
        async count({ orderId, customer }) {
          const orders = await world.ordersOf(orderId);
          const accounts = await world.select(
            `SELECT Id FROM Account WHERE Usher_Customer_Id__c = '${customer.customerId}'`,
          );
          return {
            orders: orders.filter(({ Status }) => Status === "Activated").length,
            customers: accounts.length,
          };
        },
      },
      webhooks: {
        signatureHeader: "x-usher-signature",
        eventsPerRequestMax: 1,
        refusalStatuses: [401],
        sign: (input) =>
          signed({
            ...input,
            events: [{ eventId: "evt_1", dealId: written, occurredAtMs: 1_795_000_000_000 }],
          }),
        signEvents: signed,
      },
      stop: () => world.stop(),
    };
  },
};

function refusal(status: number, errorCode: string, message: string) {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify([{ message, errorCode }]),
  };
}

function signed(input: {
  readonly secret: string;
  readonly timestamp: number;
  readonly events: readonly EventToSign[];
}) {
  const { secret, timestamp, events } = input;
  const [event] = events;
  const body = JSON.stringify({
    event_id: event?.eventId,
    organization_id: "00D000000000001EAA",
    object: event?.type ?? "Opportunity",
    record_id: event?.dealId ?? "001000000000001",
    occurred_at: new Date(event?.occurredAtMs ?? 0).toISOString(),
  });
  const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return {
    headers: { "x-usher-signature": `t=${timestamp},v1=${digest}` },
    rawBody: new TextEncoder().encode(body),
  };
}
