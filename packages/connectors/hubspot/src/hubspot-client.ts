import * as associations from "@hubspot/api-client/lib/codegen/crm/associations/v4/index.js";
import * as objects from "@hubspot/api-client/lib/codegen/crm/objects/index.js";
import * as owners from "@hubspot/api-client/lib/codegen/crm/owners/index.js";
import * as properties from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
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
import { type HubSpotConfig, hubspotApiUrl } from "./hubspot-config.ts";
import { fromHubSpotAnswer } from "./hubspot-failure.ts";
import { createHubSpotSessions, fixedSession, type HubSpotSessions } from "./hubspot-session.ts";
import { createSearchPace } from "./search-pace.ts";

/** Besides the API: where the files of the journal lie, which are fetched without credentials. */
export const hubspotHosts = ["api.hubapi.com", "*.hubapi.com", "*.hubspot.com", "*.amazonaws.com"];

export const journalScopes = [
  "developer.webhooks_journal.read",
  "developer.webhooks_journal.subscriptions.read",
  "developer.webhooks_journal.subscriptions.write",
];

/** The SDK's calls, as one step of work is given them. */
export interface HubSpotApis {
  readonly batch: objects.BatchApi;
  readonly search: objects.SearchApi;
  readonly associations: associations.BatchApi;
  readonly owners: owners.OwnersApi;
  readonly properties: properties.CoreApi;
  readonly propertyGroups: properties.GroupsApi;
}

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

interface SdkRequest {
  getUrl(): string;
  getHttpMethod(): string;
  getHeaders(): Record<string, string>;
  getBody(): unknown;
}

interface SdkAnswer {
  readonly status: number;
  readonly text: string;
}

type Send = (request: SdkRequest) => Promise<SdkAnswer>;

/** What each generated package brings for itself; they differ in nothing. */
interface Generated<Configuration> {
  readonly createConfiguration: (parts: never) => Configuration;
  readonly ServerConfiguration: new (url: string, variables: Record<string, never>) => unknown;
  readonly ResponseContext: new (
    status: number,
    headers: Record<string, string>,
    body: { text: () => Promise<string>; binary: () => Promise<Buffer> },
  ) => unknown;
  readonly Observable: new (promise: Promise<unknown>) => unknown;
}

function apisOver(transport: { readonly baseUrl: string; readonly send: Send }): HubSpotApis {
  const forObjects = configurationOf(objects, transport);
  const forProperties = configurationOf(properties, transport);
  return {
    batch: new objects.BatchApi(forObjects),
    search: new objects.SearchApi(forObjects),
    associations: new associations.BatchApi(configurationOf(associations, transport)),
    owners: new owners.OwnersApi(configurationOf(owners, transport)),
    properties: new properties.CoreApi(forProperties),
    propertyGroups: new properties.GroupsApi(forProperties),
  };
}

function configurationOf<Configuration>(
  generated: Generated<Configuration>,
  transport: { readonly baseUrl: string; readonly send: Send },
): Configuration {
  const { Observable, ResponseContext, ServerConfiguration, createConfiguration } = generated;
  const httpApi = {
    send: (request: SdkRequest) =>
      new Observable(
        transport.send(request).then(
          ({ status, text }) =>
            new ResponseContext(
              status,
              { "content-type": "application/json" },
              {
                text: () => Promise.resolve(text),
                binary: () => Promise.resolve(Buffer.from(text)),
              },
            ),
        ),
      ),
  };
  const baseServer = new ServerConfiguration(transport.baseUrl, {});
  // The classes of two generated packages are one another's copies, but TypeScript tells them apart by their private fields.
  return createConfiguration({ baseServer, httpApi } as never);
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

/** Keeps calls back for as long as a limit lasts: HubSpot gives no `Retry-After` with its own. */
function createQuiet(now: () => number) {
  let allUntilMs = 0;
  let searchUntilMs = 0;
  let category: "rate_limited" | "quota_exhausted" = "rate_limited";
  return {
    remember(
      path: string,
      detail: {
        readonly category: string;
        readonly retryAfterMs: number | null;
        readonly vendorCode: string | null;
      },
    ) {
      if (detail.category !== "rate_limited" && detail.category !== "quota_exhausted") return;
      const untilMs = now() + (detail.retryAfterMs ?? 0);
      category = detail.category;
      if (detail.vendorCode === "SECONDLY" && path.endsWith("/search")) searchUntilMs = untilMs;
      else allUntilMs = untilMs;
    },
    refuse(path: string) {
      const untilMs = Math.max(allUntilMs, path.endsWith("/search") ? searchUntilMs : 0);
      const waitMs = untilMs - now();
      if (waitMs <= 0) return;
      throw connectorFailure({
        category,
        message: `${path}: not sent, HubSpot's limit lasts for another ${Math.ceil(waitMs / 1000)} s.`,
        retryAfterMs: waitMs,
      });
    },
  };
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
