import { createHmac } from "node:crypto";
import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { DealStatus } from "@usher/connector-sdk/spec";
import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { DEFAULT_CREDENTIALS } from "@usher/simulator";
import { accountName, salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const pageSize = 5;
const overlapSeconds = 60;

describeConnectorConformance({
  name: "salesforce",
  skips: { "billing writes": { bypassReason: "a CRM bills nothing" } },
  async start() {
    const world = await startSalesforceWorld();
    const connector = createSalesforceConnector();
    const [written = ""] = await world.winDeals([{ name: "written to" }]);
    let sequence = 0;
    return {
      peerUrl: world.url,
      connect: ({ url, fetch, now }) =>
        connector.connect(
          {
            connectionId: "con_conformance",
            config: salesforceConfigFor(url, { pageSize, overlapSeconds, concurrentCallsMax: 3 }),
          },
          { fetch, now },
        ),
      concurrentCallsMax: 3,
      secrets: [DEFAULT_CREDENTIALS.salesforceClientSecret, accountName, "Bearer "],
      read: async (system, context) => system.crm?.readDeals({ dealIds: [written] }, context),
      write: async (system, context) => {
        sequence += 1;
        const status = aStatus({ sequence, orderId: "ord_written_to" });
        return system.crm?.writeStatus({ dealId: written, status }, context);
      },
      isWrite: (request) => request.method === "PATCH",
      unauthorized: {
        status: 401,
        headers: { "content-type": "application/json" },
        body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]',
      },
      crm: {
        pageSize,
        overlapMs: overlapSeconds * 1000,
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
        aStatus,
      },
      webhooks: {
        signatureHeader: "x-usher-signature",
        sign({ secret, timestamp }) {
          const body = JSON.stringify({
            event_id: "evt_1",
            organization_id: "00D000000000001EAA",
            object: "Opportunity",
            record_id: written,
            occurred_at: "2026-11-24T10:00:00Z",
          });
          const digest = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
          return {
            headers: { "x-usher-signature": `t=${timestamp},v1=${digest}` },
            rawBody: new TextEncoder().encode(body),
          };
        },
      },
      stop: () => world.stop(),
    };
  },
});

let orders = 0;

function aStatus(change: Partial<DealStatus>): DealStatus {
  orders += 1;
  return {
    orderId: `ord_conformance_${orders}`,
    sequence: 1,
    status: "Received",
    waitingOn: null,
    dueAtIso: "2026-12-01T12:00:00.123Z",
    activeFromIso: null,
    activeUntilIso: null,
    problem: null,
    summary: "GTX Pro, 2 seats",
    url: "https://usher.example/orders/1",
    ...change,
  };
}
