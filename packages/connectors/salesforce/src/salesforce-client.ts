import { PassThrough } from "node:stream";
import {
  connectorFailure,
  createHttpClient,
  type HttpClient,
  parseDecimalSafeJson,
} from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorDependencies,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { Connection } from "jsforce/lib/connection.js";
import type { Transport } from "jsforce/lib/transport.js";
import type { HttpRequest, HttpResponse } from "jsforce/lib/types/common.js";
import { StreamPromise } from "jsforce/lib/util/promise.js";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { fromSalesforceAnswer } from "./salesforce-failure.ts";
import {
  createSalesforceSessions,
  type SalesforceSession,
  type SalesforceSessions,
} from "./salesforce-session.ts";

/** Without it jsforce speaks version 50.0 of 2020. */
const salesforceApiVersion = "67.0";

/** Where paths inside a composite request begin. */
export const apiRoot = `/services/data/v${salesforceApiVersion}`;

/** How our calls are named to the org, and our changes in its change events. */
export const ownClientName = "usher";

export const salesforceHosts = ["*.salesforce.com", "*.force.com"] as const;

export interface SalesforceClient {
  /** JSON of a GET below `/services/data/v67.0`, decimal-safe; or of an absolute path such as a `nextRecordsUrl`. */
  get(path: string, context: CallContext): Promise<unknown>;
  patch(path: string, body: object, context: CallContext): Promise<unknown>;
  post(path: string, body: object, context: CallContext): Promise<unknown>;
  query(soql: string, context: CallContext): Promise<unknown>;
  readonly sessions: SalesforceSessions;
  /** Who the connection acts as; known after the first call. */
  ownUserId(): string | null;
  /** Salesforce's clock as of the last answer, whole seconds; null before the first. */
  serverNowMs(): number | null;
  /** Calls of the last 24 hours and their limit, as of the last answer. */
  apiUsage(): { readonly used: number; readonly limit: number } | null;
}

/**
 * jsforce with its transport replaced by ours, which takes away its three habits that hurt here:
 * the endless loop on a persistent 401 (jsforce #196, #1168, #1291), five silent repeats of a GET
 * over 15 s, and JSON numbers as floats. A 401 is answered by one new token and one repeat, here.
 */
export function createSalesforceClient(
  input: { readonly config: SalesforceConfig } & ConnectorDependencies,
): SalesforceClient {
  const { config, fetch, now } = input;
  const http = createHttpClient({
    allowed: {
      origins: [config.loginUrl, ...(config.instanceUrl === null ? [] : [config.instanceUrl])],
      patterns: salesforceHosts,
    },
    limits: {
      concurrentCallsMax: config.concurrentCallsMax,
      timeoutMsMax: config.timeoutMs,
      answerBytesMax: 32 * 1024 * 1024,
    },
    fetch,
    now,
  });
  const sessions = createSalesforceSessions({ config, http, now });
  // No refreshFn and no client id: jsforce then has no refresh of its own that could loop.
  const connection = new Connection({
    instanceUrl: config.instanceUrl ?? config.loginUrl,
    version: salesforceApiVersion,
    callOptions: { client: ownClientName },
  });
  let session: SalesforceSession | null = null;
  let serverNowMs: number | null = null;

  async function once(use: SalesforceSession, request: HttpRequest, context: CallContext) {
    session = use;
    connection.accessToken = use.accessToken;
    connection.instanceUrl = use.instanceUrl;
    const text = await connection.request<string>(request, {
      transport: ownTransport({
        http,
        context,
        onAnswer: (headers) => {
          const date = Date.parse(headers.get("date") ?? "");
          if (!Number.isNaN(date)) serverNowMs = date;
        },
      }),
      // As text: jsforce's own JSON.parse would turn amounts into floats.
      responseType: "text/plain",
      noContentResponse: "null",
    });
    return readJson({ text, request });
  }

  async function call(request: HttpRequest, context: CallContext): Promise<unknown> {
    const first = await sessions.current(context.log);
    try {
      return await once(first, { ...request }, context);
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "auth_expired") throw error;
      const second = await sessions.renewed(first, context.log);
      try {
        return await once(second, { ...request }, context);
      } catch (again) {
        throw isConnectorError(again) && again.detail.category === "auth_expired"
          ? stillRefused(again)
          : again;
      }
    }
  }

  return {
    sessions,
    get: (path, context) => call({ method: "GET", url: path }, context),
    query: (soql, context) =>
      call({ method: "GET", url: `/query?q=${encodeURIComponent(soql)}` }, context),
    patch: (path, body, context) => call(writing("PATCH", path, body), context),
    post: (path, body, context) => call(writing("POST", path, body), context),
    ownUserId: () => session?.userId ?? null,
    serverNowMs: () => serverNowMs,
    apiUsage: () => connection.limitInfo.apiUsage ?? null,
  };
}

function writing(method: "PATCH" | "POST", url: string, body: object): HttpRequest {
  const headers = { "content-type": "application/json" };
  return { method, url, body: JSON.stringify(body), headers };
}

/** jsforce's transport over our HTTP client. A refusal leaves as our own error, so jsforce never sees one. */
function ownTransport(input: {
  readonly http: HttpClient;
  readonly context: CallContext;
  readonly onAnswer: (headers: Headers) => void;
}): Pick<Transport, "httpRequest"> {
  const { http, context, onAnswer } = input;

  async function exchange(request: HttpRequest): Promise<HttpResponse> {
    const isWrite = request.method !== "GET";
    const answer = await http.send(
      {
        method: request.method,
        url: request.url,
        headers: { accept: "application/json", ...request.headers },
        body: typeof request.body === "string" ? request.body : undefined,
        isWrite,
      },
      context,
    );
    onAnswer(answer.headers);
    if (answer.status >= 300) {
      throw fromSalesforceAnswer({
        status: answer.status,
        text: answer.text,
        isWrite,
        what: `${request.method} ${new URL(request.url).pathname}`,
        requestId: answer.headers.get("x-sfdc-request-id"),
        retryAfterMs: answer.retryAfterMs,
      });
    }
    return {
      statusCode: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: answer.text,
    };
  }

  return {
    httpRequest: (request) =>
      StreamPromise.create(() => ({ stream: new PassThrough().end(), promise: exchange(request) })),
  };
}

function readJson(input: { readonly text: string; readonly request: HttpRequest }): unknown {
  try {
    return parseDecimalSafeJson(input.text);
  } catch (cause) {
    const isWrite = input.request.method !== "GET";
    throw connectorFailure({
      category: isWrite ? "outcome_unknown" : "transient",
      message: `${input.request.method} ${input.request.url.split("?")[0]}: expected JSON, got ${input.text.length} characters that do not parse.`,
      cause,
    });
  }
}

/** INVALID_SESSION_ID right after a fresh token means another instance, an IP rule or an access policy: they look alike, and no token helps. */
function stillRefused(cause: Error) {
  return connectorFailure({
    category: "auth_invalid",
    message:
      "Salesforce refuses a token it has just issued. Check the instance URL, the login IP ranges and the session policies of the External Client App and its user.",
    vendorCode: "INVALID_SESSION_ID",
    cause,
  });
}
