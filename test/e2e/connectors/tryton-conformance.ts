import { join } from "node:path";
import type {
  ConformanceSubject,
  ProxiedRequest,
  VendorAnswer,
} from "@usher/connector-sdk/conformance";
import { createTrytonConnector } from "@usher/connector-tryton";
import { findProjectFolder } from "@usher/local-services";
import { anErpOrder } from "./an-erp-order.ts";
import { startTrytonWorld, trytonConfigFor } from "./tryton-world.ts";

/** As a werkzeug server shows a refusal. */
const page = (title: string) => `<!doctype html>\n<html lang=en>\n<title>${title}</title>\n`;

/** A refusal inside a good answer, as Tryton's JSON-RPC tells every exception. */
function raised(...error: readonly unknown[]): VendorAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: 1, error }),
  };
}

const writes = /\.(create|write|delete|quote|confirm|process|draft|cancel|validate_amendment)"/;

/** Tryton, live, before the conformance kit: `usher connector test tryton`. */
export const conformance: ConformanceSubject = {
  name: "tryton",
  folder: join(findProjectFolder(), "packages/connectors/tryton"),
  peer: "Tryton 8.2, live",
  skips: {
    50: {
      bypassReason: "the minute is for a fake peer; this one is a whole ERP and takes its own",
    },
  },
  async start() {
    const world = await startTrytonWorld();
    const connector = createTrytonConnector();
    const isLogin = ({ body }: ProxiedRequest) => body.includes('"common.db.login"');
    const config = (url: string) => trytonConfigFor(world, url, { concurrentCallsMax: 3 });
    return {
      peerUrl: world.url,
      connect: ({ url, fetch, now }) =>
        connector.connect({ connectionId: "con_conformance", config: config(url) }, { fetch, now }),
      concurrentCallsMax: 3,
      secrets: [world.password, "Session ", "Ærø"],
      read: async (system, context) => system.erp?.readInvoices({ orderId: "none" }, context),
      write: async (system, context) => system.erp?.bookOrder(anErpOrder(), context),
      isWrite: ({ body }) => writes.test(body),
      unauthorized: { status: 401, headers: { "content-type": "text/plain" }, body: "" },
      definition: { connector, config },
      tokens: { isTokenRequest: isLogin },
      answers: {
        forbidden: raised("UserError", ['You are not allowed to access "Sale".', "", null]),
        locked: raised("database is locked", ""),
        quotaExhausted: null,
        withRequestId: null,
        table: [
          {
            name: "a business rule",
            to: "write",
            answer: raised("UserError", ["A value is required for field …", "", [["x"]]]),
            category: "validation",
          },
          {
            name: "a counter that two met at",
            to: "write",
            answer: raised("UserError", ["The code on party must be unique.", "", null]),
            category: "conflict_locked",
          },
          {
            name: "a missing right",
            to: "read",
            answer: raised("UserError", ['You are not allowed to access "Sale".', "", null]),
            category: "permission",
          },
          {
            name: "a warning to be confirmed",
            to: "write",
            answer: raised("UserWarning", ["sale_1", "The quotation is old.", ""]),
            category: "validation",
          },
          {
            name: "somebody was faster",
            to: "write",
            answer: raised("ConcurrencyException", "Records were modified in the meanwhile"),
            category: "conflict_stale",
          },
          {
            name: "a second factor",
            to: "read",
            answer: raised("LoginException", ["sms_code", "Code for usher", "char"]),
            category: "auth_invalid",
          },
          {
            name: "a busy database",
            to: "write",
            answer: raised("could not serialize access due to concurrent update", ""),
            category: "conflict_locked",
          },
          {
            name: "a module that is not there",
            to: "read",
            answer: raised("'sale.amendment'", ""),
            category: "schema_drift",
          },
          {
            name: "an exception after what may have been a commit",
            to: "write",
            answer: raised("division by zero", "Traceback (most recent call last) …"),
            category: "outcome_unknown",
          },
          {
            name: "an exception",
            to: "read",
            answer: raised("division by zero", "Traceback (most recent call last) …"),
            category: "transient",
          },
          {
            name: "an unknown database",
            to: "read",
            answer: { status: 404, body: page("404 Not Found") },
            category: "config",
          },
          {
            name: "a database file that is gone",
            to: "read",
            answer: {
              status: 503,
              body: `${page("503 Service Unavailable")}<p>Database &#39;/db/x.sqlite&#39; doesn&#39;t exist!</p>`,
            },
            category: "config",
          },
          {
            name: "an older Tryton",
            to: "read",
            answer: { status: 405, body: page("405 Method Not Allowed") },
            category: "config",
          },
          {
            name: "a method that is not open",
            to: "read",
            answer: { status: 403, body: page("403 Forbidden") },
            category: "permission",
          },
        ],
      },
      erp: {
        anOrder: () => anErpOrder(),
        async count({ orderId, customer }) {
          const standing = (await world.sales(orderId)).filter(
            (sale) =>
              sale.state !== "cancelled" && sale["lines."].some(({ quantity }) => quantity !== 0),
          );
          return {
            orders: standing.length,
            customers: await world.countParties(customer.customerId),
          };
        },
        close: ({ orderId }) => world.postInvoices(orderId),
      },
      stop: () => world.stop(),
    };
  },
};
