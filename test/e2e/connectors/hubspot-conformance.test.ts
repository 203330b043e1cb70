import { createHmac } from "node:crypto";
import { createHubSpotConnector } from "@usher/connector-hubspot";
import type { DealStatus } from "@usher/connector-sdk/spec";
import { describeConnectorConformance } from "@usher/connector-sdk/testing";
import { DEFAULT_CREDENTIALS } from "@usher/simulator";
import { companyName, hubspotOAuthConfigFor, startHubSpotWorld } from "./hubspot-world.ts";

const pageSize = 5;
const overlapSeconds = 60;
const webhookUri = "https://hub.example/v1/inbound/con_conformance";

describeConnectorConformance({
  name: "hubspot",
  skips: { "billing writes": { bypassReason: "a CRM bills nothing" } },
  async start() {
    const world = await startHubSpotWorld();
    const connector = createHubSpotConnector();
    const [written = ""] = await world.winDeals([{ name: "written to" }]);
    let sequence = 0;
    return {
      peerUrl: world.url,
      connect: ({ url, fetch, now }) =>
        connector.connect(
          {
            connectionId: "con_conformance",
            config: hubspotOAuthConfigFor(url, {
              pageSize,
              overlapSeconds,
              concurrentCallsMax: 3,
              webhookUri,
            }),
          },
          { fetch, now },
        ),
      concurrentCallsMax: 3,
      secrets: [
        DEFAULT_CREDENTIALS.hubspotClientSecret,
        DEFAULT_CREDENTIALS.hubspotRefreshToken,
        companyName,
        "Bearer ",
      ],
      // A deal that is not there is one call: it has no lines or company to ask for.
      read: async (system, context) => system.crm?.readDeals({ dealIds: ["999"] }, context),
      write: async (system, context) => {
        sequence += 1;
        const status = aStatus({ sequence, orderId: "ord_written_to" });
        return system.crm?.writeStatus({ dealId: written, status }, context);
      },
      isWrite: (request) => request.path.endsWith("/batch/update"),
      unauthorized: {
        status: 401,
        headers: { "content-type": "application/json" },
        body: '{"status":"error","message":"The OAuth token used to make this call expired 3 second(s) ago.","category":"EXPIRED_AUTHENTICATION"}',
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
          const { usher_seq: shown, usher_status: status } = await world.deal(dealId);
          return {
            sequence: shown === null || shown === undefined ? null : Number(shown),
            status: status ?? null,
          };
        },
        aStatus,
      },
      webhooks: {
        signatureHeader: "x-hubspot-signature-v3",
        sign({ secret, timestamp }) {
          const body = JSON.stringify([
            {
              eventId: 1,
              subscriptionId: 2,
              portalId: 3,
              appId: 4,
              occurredAt: timestamp * 1000,
              subscriptionType: "deal.propertyChange",
              attemptNumber: 0,
              objectId: Number(written),
              propertyName: "dealstage",
              propertyValue: world.wonStage(),
              changeSource: "CRM_UI",
            },
          ]);
          const stamp = String(timestamp * 1000);
          const signature = createHmac("sha256", secret)
            .update(`POST${webhookUri}${body}${stamp}`)
            .digest("base64");
          return {
            headers: {
              "x-hubspot-signature-v3": signature,
              "x-hubspot-request-timestamp": stamp,
            },
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
