import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createHubSpotConnector } from "@usher/connector-hubspot";
import type {
  ConformanceHarness,
  ConformanceSubject,
  EventToSign,
} from "@usher/connector-sdk/conformance";
import type { Checkpoint } from "@usher/connector-sdk/spec";
import { DEFAULT_CREDENTIALS } from "@usher/simulator";
import { aDatedStatus } from "./a-deal-status.ts";
import { companyName, hubspotOAuthConfigFor, startHubSpotWorld } from "./hubspot-world.ts";

const pageSize = 5;
const overlapSeconds = 60;
const resultCap = 10;
const webhookUri = "https://hub.example/v1/inbound/con_conformance";
const folder = fileURLToPath(new URL("../../../packages/connectors/hubspot", import.meta.url));

/** HubSpot before the conformance kit: `usher connector test hubspot`. */
export const conformance: ConformanceSubject = {
  name: "hubspot",
  folder,
  peer: "the simulator",
  skips: {},
  start: () => startHarness({ changes: "search" }),
};

/** The same for a hub without a public address. */
export const journalConformance: ConformanceSubject = {
  name: "hubspot, reading the Webhooks Journal",
  peer: "the simulator",
  skips: {
    3: { bypassReason: "proven with search: the manifest is the same" },
    7: { bypassReason: "proven with search: the README is the same" },
    "http manners": { bypassReason: "proven with search: the client is the same" },
    "status writes": { bypassReason: "proven with search: written as ever" },
    webhooks: { bypassReason: "a hub that reads the journal has no address to call" },
  },
  start: () => startHarness({ changes: "journal" }),
};

async function startHarness({
  changes,
}: {
  readonly changes: "search" | "journal";
}): Promise<ConformanceHarness> {
  const world = await startHubSpotWorld();
  const { portal } = world.simulator.parts;
  portal.changeSettings({ searchResultsMax: resultCap, rotatesRefreshTokens: true });
  const connector = createHubSpotConnector();
  const config = (url: string, change: Readonly<Record<string, unknown>> = {}) =>
    hubspotOAuthConfigFor(url, {
      pageSize,
      overlapSeconds,
      concurrentCallsMax: 3,
      webhookUri,
      changes,
      portalId: portal.settings().portalId,
      renewals: {},
      ...change,
    });
  if (changes === "journal") await world.setUp(config(world.url));
  const [written = ""] = await world.winDeals([{ name: "written to" }]);
  let sequence = 0;
  const sign = (input: {
    readonly secret: string;
    readonly timestamp: number;
    readonly events: readonly unknown[];
  }) => {
    const body = JSON.stringify(input.events);
    const stamp = String(input.timestamp * 1000);
    const signature = createHmac("sha256", input.secret)
      .update(`POST${webhookUri}${body}${stamp}`)
      .digest("base64");
    return {
      headers: { "x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp },
      rawBody: new TextEncoder().encode(body),
    };
  };
  const stageEvent = (change: Readonly<Record<string, unknown>>) => ({
    eventId: 1,
    subscriptionId: 2,
    portalId: 3,
    appId: 4,
    occurredAt: 1_795_000_000_000,
    subscriptionType: "deal.propertyChange",
    attemptNumber: 0,
    objectId: Number(written),
    propertyName: "dealstage",
    propertyValue: world.wonStage(),
    changeSource: "CRM_UI",
    ...change,
  });
  const toEvent = ({ dealId, occurredAtMs, type, isBroken }: EventToSign) =>
    stageEvent({
      occurredAt: occurredAtMs,
      objectId: dealId === null ? undefined : Number(dealId),
      ...(type === undefined ? {} : { subscriptionType: type }),
      ...(isBroken === true ? { subscriptionType: undefined } : {}),
    });

  return {
    peerUrl: world.url,
    connect: ({ url, pageSize: rows, ...dependencies }) =>
      connector.connect(
        {
          connectionId: "con_conformance",
          config: config(url, rows === undefined ? {} : { pageSize: rows }),
        },
        dependencies,
      ),
    concurrentCallsMax: 3,
    secrets: [
      DEFAULT_CREDENTIALS.hubspotClientSecret,
      DEFAULT_CREDENTIALS.hubspotRefreshToken,
      companyName,
      "Bearer ",
    ],
    // A deal that is not there costs one request: it has no lines or company to ask for.
    read: async (system, context) => system.crm?.readDeals({ dealIds: ["999"] }, context),
    write: async (system, context) => {
      sequence += 1;
      const status = aDatedStatus({ sequence, orderId: "ord_written_to" });
      return system.crm?.writeStatus({ dealId: written, status }, context);
    },
    isWrite: (request) => request.path.endsWith("/batch/update"),
    unauthorized: refusal(401, {
      message: "The OAuth token used to make this call expired 3 second(s) ago.",
      category: "EXPIRED_AUTHENTICATION",
    }),
    definition: { connector, config },
    tokens: { isTokenRequest: ({ path }) => path.startsWith("/oauth/v1/token") },
    answers: {
      forbidden: refusal(403, {
        message: "This app hasn't been granted all required scopes to make this call.",
        category: "MISSING_SCOPES",
        errors: [{ message: "", context: { requiredGranularScopes: ["crm.objects.deals.read"] } }],
      }),
      locked: refusal(423, { message: "The record is locked.", category: "LOCKED" }),
      quotaExhausted: rateLimit("DAILY"),
      withRequestId: {
        answer: refusal(400, { category: "VALIDATION_ERROR", correlationId: "corr-0815" }),
        requestId: "corr-0815",
      },
      table: [
        { name: "SECONDLY", to: "read", answer: rateLimit("SECONDLY"), category: "rate_limited" },
        {
          name: "TEN_SECONDLY_ROLLING",
          to: "write",
          answer: rateLimit("TEN_SECONDLY_ROLLING"),
          category: "rate_limited",
        },
        {
          name: "INVALID_AUTHENTICATION",
          to: "read",
          answer: refusal(401, { category: "INVALID_AUTHENTICATION" }),
          category: "auth_invalid",
        },
        {
          name: "VALIDATION_ERROR",
          to: "write",
          answer: refusal(400, { category: "VALIDATION_ERROR", message: "no" }),
          category: "validation",
        },
        {
          name: "a property nobody created",
          to: "write",
          answer: refusal(400, {
            category: "VALIDATION_ERROR",
            errors: [{ message: "", code: "PROPERTY_DOESNT_EXIST" }],
          }),
          category: "config",
        },
        {
          name: "migration in progress",
          to: "read",
          answer: refusal(477, { message: "Migration in progress" }),
          category: "transient",
        },
        { name: "524", to: "write", answer: refusal(524, {}), category: "outcome_unknown" },
        {
          name: "a 207 whose error names nobody",
          to: "write",
          answer: {
            status: 207,
            headers: { "content-type": "application/json" },
            body: '{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"status":"error","category":"VALIDATION_ERROR","message":"no","context":{}}]}',
          },
          category: "validation",
        },
      ],
    },
    crm: {
      pageSize,
      overlapMs: overlapSeconds * 1000,
      unknownDealId: "39999999999",
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
      aStatus: aDatedStatus,
      seedDeal: (deal) => world.seedDeal(deal),
      remove: (dealId) => world.archive(dealId),
      futureCheckpoint: (checkpoint: Checkpoint) => ({
        ...checkpoint,
        from: "2090-01-01T00:00:00.000Z",
        until: null,
      }),
      spoilDeal: ({ answer, dealId }) =>
        answer.replace(`"id":"${dealId}","properties":`, `"id":"${dealId}","propertiez":`),
      resultCap,
      forgetPast: changes === "journal" ? () => world.forgetJournal() : null,
    },
    webhooks: {
      signatureHeader: "x-hubspot-signature-v3",
      sign: (input) => sign({ ...input, events: [stageEvent({})] }),
      signEvents: (input) => sign({ ...input, events: input.events.map(toEvent) }),
      eventsPerRequestMax: 100,
      // Never 400, 401, 403, 404 or 405: HubSpot takes those for final.
      refusalStatuses: [200, 429, 500, 503],
    },
    stop: () => world.stop(),
  };
}

function refusal(status: number, body: Readonly<Record<string, unknown>>) {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ status: "error", ...body }),
  };
}

function rateLimit(policyName: string) {
  return refusal(429, {
    message: `You have reached your ${policyName.toLowerCase()} limit.`,
    errorType: "RATE_LIMIT",
    policyName,
    correlationId: "c",
  });
}
