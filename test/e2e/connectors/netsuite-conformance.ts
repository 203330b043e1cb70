import { join } from "node:path";
import { createNetsuiteConnector } from "@usher/connector-netsuite";
import type {
  ConformanceSubject,
  ProxiedRequest,
  VendorAnswer,
} from "@usher/connector-sdk/conformance";
import { findProjectFolder } from "@usher/local-services";
import { anErpOrder } from "./an-erp-order.ts";
import { netsuiteKey, startNetsuiteWorld } from "./netsuite-world.ts";

/** A refusal as REST web services word it. */
function refusal(
  status: number,
  code: string,
  detail = "refused",
  headers: Readonly<Record<string, string>> = {},
): VendorAnswer {
  return {
    status,
    headers: { "content-type": "application/vnd.oracle.resource+json; type=error", ...headers },
    body: JSON.stringify({
      type: "https://www.rfc-editor.org/rfc/rfc9110.html",
      title: "Error",
      status,
      "o:errorDetails": [{ detail, "o:errorCode": code }],
    }),
  };
}

/** The connector, writing its orders this way, before the kit. */
export const conformanceOf = (orderWrites: "sync" | "async"): ConformanceSubject => ({
  name: orderWrites === "sync" ? "netsuite" : "netsuite through its queue",
  folder: join(findProjectFolder(), "packages/connectors/netsuite"),
  peer: "the simulator",
  skips: {},
  async start() {
    const world = await startNetsuiteWorld();
    const { tables } = world.simulator.parts.netsuite;
    const connector = createNetsuiteConnector();
    const isTokenRequest = ({ path }: ProxiedRequest) => path.includes("/oauth2/v1/token");
    const config = (url: string) => world.config(url, { concurrentCallsMax: 3, orderWrites });
    return {
      peerUrl: world.url,
      connect: ({ url, fetch, now }) =>
        connector.connect({ connectionId: "con_conformance", config: config(url) }, { fetch, now }),
      concurrentCallsMax: 3,
      secrets: [netsuiteKey.privateKey, "Bearer ", "client_assertion", "Ærø"],
      read: async (system, context) => system.erp?.readInvoices({ orderId: "none" }, context),
      write: async (system, context) => system.erp?.bookOrder(anErpOrder(), context),
      isWrite: (request) =>
        request.method !== "GET" && !isTokenRequest(request) && !request.path.includes("/suiteql"),
      unauthorized: refusal(401, "INVALID_LOGIN", "Invalid login attempt."),
      definition: { connector, config },
      tokens: { isTokenRequest },
      answers: {
        forbidden: refusal(403, "INSUFFICIENT_PERMISSION"),
        locked: null,
        quotaExhausted: null,
        withRequestId: {
          answer: refusal(400, "INVALID_CONTENT", "no", { "x-n-operationid": "op_7" }),
          requestId: "op_7",
        },
        table: [
          {
            name: "the account's concurrency limit",
            to: "read",
            answer: refusal(429, "CONCURRENCY_LIMIT_EXCEEDED"),
            category: "rate_limited",
          },
          {
            name: "a concurrency limit as a user error",
            to: "read",
            answer: refusal(429, "USER_ERROR"),
            category: "rate_limited",
          },
          {
            name: "a concurrency limit as a RESTlet says it",
            to: "write",
            answer: refusal(400, "SSS_REQUEST_LIMIT_EXCEEDED"),
            category: "rate_limited",
          },
          {
            name: "a rule of the account",
            to: "write",
            answer: refusal(400, "USER_ERROR", "Please enter value(s) for: Location."),
            category: "validation",
          },
          {
            name: "a value that is none",
            to: "write",
            answer: refusal(400, "INVALID_CONTENT", "Invalid Field Value 9999"),
            category: "validation",
          },
          {
            name: "somebody was faster",
            to: "write",
            answer: refusal(400, "RCRD_HAS_BEEN_CHANGED"),
            category: "conflict_stale",
          },
          {
            name: "a custom field that is not there",
            to: "write",
            answer: refusal(400, "INVALID_CONTENT", "Unknown property 'custbody_usher_order'."),
            category: "config",
          },
          {
            name: "a feature that is off",
            to: "read",
            answer: refusal(400, "FEATURE_DISABLED"),
            category: "config",
          },
          {
            name: "an unexpected error",
            to: "read",
            answer: refusal(500, "UNEXPECTED_ERROR"),
            category: "transient",
          },
          {
            name: "an unexpected error after what may have been a commit",
            to: "write",
            answer: refusal(500, "UNEXPECTED_ERROR"),
            category: "outcome_unknown",
          },
          {
            name: "maintenance",
            to: "write",
            answer: { status: 503, body: "<html>We are down for maintenance</html>" },
            category: "transient",
          },
        ],
      },
      erp: {
        anOrder: () => anErpOrder(),
        count({ orderId, customer }) {
          const isOpen = (line: { readonly isClosed: boolean }) => !line.isClosed;
          const standing = [...tables.transaction.all()].filter(
            (row) =>
              row.type === "salesOrder" &&
              row.custom["custbody_usher_order"] === orderId &&
              row.lines.some(isOpen),
          );
          const customers = [...tables.customer.all()].filter(
            ({ companyName }) => companyName === customer.name,
          );
          return Promise.resolve({ orders: standing.length, customers: customers.length });
        },
        async close({ orderId }) {
          await world.bill(`usher-${orderId}`);
        },
      },
      stop: () => world.stop(),
    };
  },
});

/** NetSuite, simulated, before the conformance kit: `usher connector test netsuite`. */
export const conformance = conformanceOf("sync");
