import {
  connectorFailure,
  createHttpClient,
  type HttpAnswer,
  type HttpRequest,
  readJsonAnswer,
} from "@usher/connector-sdk/http";
import {
  type CallContext,
  type ConnectorDependencies,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import { apisOver, type HubSpotApis, type SdkAnswer, type SdkRequest } from "./hubspot-apis.ts";
import { type HubSpotConfig, hubspotApiUrl } from "./hubspot-config.ts";
import { fromHubSpotAnswer } from "./hubspot-failure.ts";
import { createHubSpotSessions, fixedSession, type HubSpotSessions } from "./hubspot-session.ts";
import { createQuiet } from "./quiet.ts";
import { createSearchPace } from "./search-pace.ts";

/** Besides the API: where the files of the journal lie, which are fetched without credentials. */
export const hubspotHosts = ["api.hubapi.com", "*.hubapi.com", "*.hubspot.com", "*.amazonaws.com"];

export const journalScopes = [
  "developer.webhooks_journal.read",
  "developer.webhooks_journal.subscriptions.read",
  "developer.webhooks_journal.subscriptions.write",
];

export interface HubSpotClient {
  /** One step with the SDK under the caller's deadline and signal. Throws `ConnectorError` and nothing else. */
  call<T>(
    step: {
      readonly what: string;
      readonly isWrite: boolean;
      readonly run: (apis: HubSpotApis) => Promise<T>;
    },
    context: CallContext,
  ): Promise<T>;
  /** A search, held back to the account's rate. */
  search: HubSpotClient["call"];
  /** JSON of the Webhooks Journal, which the SDK does not know; null for a 204. */
  journal(
    request: { readonly method: "GET" | "POST"; readonly path: string; readonly body?: object },
    context: CallContext,
  ): Promise<unknown>;
  /** A file of the journal: at another host, behind a signed address, without our token. */
  journalFile(url: string, context: CallContext): Promise<unknown>;
  /** HubSpot's clock, by what its answers say; ours before the first one. */
  serverNowMs(): number;
}

/** Longest answers: 200 records with long texts; a journal file of some thousand events. */
const answerBytesMax = 32 * 1024 * 1024;

/**
 * The generated calls of `@hubspot/api-client`, each step with a transport of its own, which takes
 * away what hurts here: no time-out, HTML taken for a body, and errors and partial successes that
 * resolve. `Client` is not used at all: it keeps retry and limiter in one place for the whole
 * process, where the next client that is made, anybody's, switches them on or off for all.
 */
export function createHubSpotClient(
  input: { readonly config: HubSpotConfig } & ConnectorDependencies,
): HubSpotClient {
  const { config, fetch, now, tokens } = input;
  const http = createHttpClient({
    allowed: {
      origins: config.baseUrl === hubspotApiUrl ? [] : [config.baseUrl],
      patterns: hubspotHosts,
    },
    limits: {
      concurrentCallsMax: config.concurrentCallsMax,
      timeoutMsMax: config.timeoutMs,
      answerBytesMax,
    },
    fetch,
    now,
  });
  const sessions =
    config.authKind === "access_token"
      ? fixedSession(config.accessToken)
      : createHubSpotSessions({
          ...config,
          grant: { kind: "refresh_token", refreshToken: config.refreshToken },
          http,
          now,
          tokens,
        });
  const journalSessions = createHubSpotSessions({
    baseUrl: config.baseUrl,
    clientId: config.clientId ?? "",
    clientSecret: config.clientSecret ?? "",
    grant: { kind: "client_credentials", scopes: journalScopes },
    http,
    now,
  });
  const pace = createSearchPace({ perSecondMax: config.searchesPerSecondMax, now });
  const quiet = createQuiet(now);
  let serverAheadMs = 0;

  async function exchange(
    request: HttpRequest,
    use: HubSpotSessions,
    context: CallContext,
  ): Promise<HttpAnswer> {
    const first = await use.current(context.log);
    try {
      return await once(request, first, context);
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "auth_expired") throw error;
      const second = await use.renewed(first, context.log);
      try {
        return await once(request, second, context);
      } catch (again) {
        throw isConnectorError(again) && again.detail.category === "auth_expired"
          ? stillRefused(again)
          : again;
      }
    }
  }

  async function once(request: HttpRequest, token: string, context: CallContext) {
    const path = new URL(request.url).pathname;
    quiet.refuse(path);
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const answer = await http.send({ ...request, headers }, context);
    const date = Date.parse(answer.headers.get("date") ?? "");
    if (!Number.isNaN(date)) serverAheadMs = date - now();
    if (answer.status >= 200 && answer.status < 300) return answer;
    const failure = fromHubSpotAnswer({
      status: answer.status,
      text: answer.text,
      isWrite: request.isWrite ?? request.method !== "GET",
      what: `${request.method} ${path}`,
      retryAfterMs: answer.retryAfterMs,
      requestId: answer.headers.get("x-hubspot-correlation-id"),
    });
    quiet.remember(path, failure.detail);
    throw failure;
  }

  async function call<T>(
    step: {
      readonly what: string;
      readonly isWrite: boolean;
      readonly run: (apis: HubSpotApis) => Promise<T>;
    },
    context: CallContext,
  ): Promise<T> {
    const { what, isWrite } = step;
    const send = async (request: SdkRequest): Promise<SdkAnswer> => {
      const body = request.getBody();
      const answer = await exchange(
        {
          method: request.getHttpMethod(),
          url: request.getUrl(),
          headers: lowerCased(request.getHeaders()),
          body: typeof body === "string" ? body : undefined,
          isWrite,
        },
        sessions,
        context,
      );
      return { status: answer.status, text: exactNumbers({ answer, isWrite, what }) };
    };
    try {
      return await step.run(apisOver({ baseUrl: config.baseUrl, send }));
    } catch (error) {
      if (isConnectorError(error)) throw error;
      if (error instanceof SyntaxError) {
        throw connectorFailure({
          category: isWrite ? "outcome_unknown" : "transient",
          message: `${what}: expected JSON, got something that does not parse: a page of a proxy, or half an answer.`,
          cause: error,
        });
      }
      // The SDK met something it does not expect where its model has a list or an object; what it
      // then throws names its own variables, not the field.
      throw connectorFailure({
        category: isWrite ? "outcome_unknown" : "schema_drift",
        message: `${what}: the answer has another shape than documented: not a list where HubSpot's SDK expects one, or not an object.`,
        cause: error,
      });
    }
  }

  return {
    call,
    async search(step, context) {
      await inTurn(() => pace.turn(context.signal), step.what);
      return call(step, context);
    },
    async journal({ method, path, body }, context) {
      const isWrite = method !== "GET";
      const answer = await exchange(
        {
          method,
          url: `${config.baseUrl}/webhooks-journal${path}`,
          headers: { accept: "application/json", "content-type": "application/json" },
          body: body === undefined ? undefined : JSON.stringify(body),
          isWrite,
        },
        journalSessions,
        context,
      );
      const what = `${method} /webhooks-journal${path.split("?")[0]}`;
      return answer.status === 204 ? null : readJsonAnswer({ answer, isWrite, what });
    },
    async journalFile(url, context) {
      const what = "Fetching a file of the journal";
      if (!URL.canParse(url)) {
        throw connectorFailure({
          category: "schema_drift",
          message: `${what}: expected a URL, got ${url.length} characters that are none.`,
        });
      }
      const answer = await http.send({ method: "GET", url, headers: {} }, context);
      if (answer.status !== 200) throw fileFailure(answer);
      return readJsonAnswer({ answer, isWrite: false, what });
    },
    serverNowMs: () => now() + serverAheadMs,
  };
}

/** A number that a double may not hold: long, with a point, or with an exponent. */
const inexact = /[:[,]\s*-?(\d{16,}|\d+[.eE])/;

/** The body, safe for the `JSON.parse` inside the SDK: numbers that it would round arrive as text. */
function exactNumbers(input: {
  readonly answer: HttpAnswer;
  readonly isWrite: boolean;
  readonly what: string;
}): string {
  const { status, text } = input.answer;
  if (status === 204) return "null";
  return inexact.test(text) ? JSON.stringify(readJsonAnswer(input)) : text;
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

async function inTurn(turn: () => Promise<void>, what: string): Promise<void> {
  try {
    await turn();
  } catch (cause) {
    throw connectorFailure({
      category: "transient",
      message: `${what}: stopped by the caller while it waited for its turn. Nothing was sent.`,
      cause,
    });
  }
}

/** The address of a file ends within minutes: the entry is asked for again, and gives a new one. */
function fileFailure(answer: HttpAnswer) {
  return connectorFailure({
    category: "transient",
    message: `Fetching a file of the journal: its host answered ${answer.status}. Addresses of files end soon; the next read asks for a new one.`,
    retryAfterMs: answer.retryAfterMs,
  });
}

function stillRefused(cause: Error) {
  return connectorFailure({
    category: "auth_invalid",
    message:
      "HubSpot refuses a token it has just issued. Check that the app is still installed in this account, and install it again if it is not.",
    vendorCode: "EXPIRED_AUTHENTICATION",
    cause,
  });
}
