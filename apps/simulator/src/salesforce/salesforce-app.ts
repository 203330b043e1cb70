import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Fault } from "../fault/fault.ts";
import {
  type FaultedRequest,
  settleAfter,
  strikeBefore,
  takeAfter,
} from "../fault/request-faults.ts";
import { type HttpAnswer, type NodeContext, type NodeEnv, toResponse } from "../http-answer.ts";
import type { TrafficLog } from "../traffic-log.ts";
import type { AccessTokens } from "./access-token.ts";
import { dataOperation } from "./data-operations.ts";
import { answer, type DataRequest } from "./data-request.ts";
import type { Org } from "./org.ts";
import type { QueryCursors } from "./query-cursors.ts";
import { SalesforceError } from "./salesforce-error.ts";

export interface SalesforceDeps {
  readonly org: Org;
  readonly tokens: AccessTokens;
  readonly cursors: QueryCursors;
  readonly traffic: TrafficLog;
}

const NEWEST_VERSION = 67;
const OLDEST_VERSION = 21;
const URL_LENGTH_MAX = 16_384;

/** Salesforce's host: `/services/oauth2/*` and `/services/data/*`. */
export function createSalesforceApp(deps: SalesforceDeps): Hono<NodeEnv> {
  const app = new Hono<NodeEnv>();
  app.post("/services/oauth2/token", (context) =>
    serve(deps, context, "oauth.token", () => token(deps, context)),
  );
  app.post("/services/oauth2/revoke", (context) =>
    serve(deps, context, "oauth.revoke", () => revoke(deps, context)),
  );
  app.get("/services/oauth2/userinfo", (context) =>
    serve(deps, context, "oauth.userinfo", () => identity(deps, context)),
  );
  app.get("/id/:organization/:user", (context) =>
    serve(deps, context, "oauth.identity", () => identity(deps, context)),
  );
  app.get("/services/data", () => toResponse(answer(200, versions())));
  app.get("/services/data/", () => toResponse(answer(200, versions())));
  app.all("/services/data/*", (context) => serveData(deps, context));
  return app;
}

async function serveData(deps: SalesforceDeps, context: NodeContext): Promise<Response> {
  const { org } = deps;
  const userId = bearerUser(deps, context);
  if (userId === undefined) return serve(deps, context, "unauthorized", () => invalidSession());
  org.usage.calls += 1;
  if (org.usage.calls > org.settings().apiLimit) {
    return serve(deps, context, "limited", () => requestLimitExceeded());
  }
  const parsed = await readDataRequest(deps, context, userId);
  if (!("segments" in parsed)) return serve(deps, context, "unreadable", () => parsed);
  const operation = dataOperation(parsed);
  if (operation === undefined) return serve(deps, context, "unknown", () => resourceMissing());
  const object =
    operation.object === undefined ? undefined : org.schema().object(operation.object)?.name;
  return serve(deps, context, operation.operation, () => operation.run(), object);
}

async function readDataRequest(
  deps: SalesforceDeps,
  context: NodeContext,
  userId: string,
): Promise<DataRequest | HttpAnswer> {
  const { org, cursors } = deps;
  const url = context.req.url;
  if (url.length > URL_LENGTH_MAX)
    return answer(414, [{ errorCode: "URI_TOO_LONG", message: "URI Too Long" }]);
  const target = new URL(url);
  // The raw path is split before it is decoded: an encoded slash in an external id is no separator.
  const [, , version = "", ...rest] = target.pathname.split("/").filter(Boolean);
  const number = /^v(\d{2})\.0$/.exec(version)?.[1];
  if (number === undefined || Number(number) > NEWEST_VERSION || Number(number) < OLDEST_VERSION)
    return resourceMissing();
  let segments: string[];
  let body: unknown;
  try {
    segments = rest.map(decodeURIComponent);
    const text = context.req.method === "GET" ? "" : await context.req.text();
    body = text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return answer(400, [{ message, errorCode: "JSON_PARSER_ERROR" }]);
  }
  const header = (name: string) =>
    name === "x-instance-url" ? target.origin : context.req.header(name);
  return {
    org,
    cursors,
    version,
    method: context.req.method,
    segments,
    query: target.searchParams,
    header,
    body,
    userId,
  };
}

/** Runs one request through faults, error mapping, the limit header and the traffic log. */
async function serve(
  deps: SalesforceDeps,
  context: NodeContext,
  operation: string,
  run: () => HttpAnswer | Promise<HttpAnswer>,
  object?: string,
): Promise<Response> {
  const { org, traffic } = deps;
  const started = performance.now();
  const requestId = randomUUID();
  const request: FaultedRequest = {
    context,
    faults: org.faults,
    vendor: "salesforce",
    operation,
    object,
    refuse: (fault) => withOrgHeaders(org, refuse(fault), requestId),
  };
  const settled =
    (await strikeBefore(request)) ??
    settleAfter(request, withOrgHeaders(org, await attempt(run), requestId), takeAfter(request));
  traffic.add({
    at: new Date(org.now()).toISOString(),
    vendor: "salesforce",
    method: context.req.method,
    path: context.req.path,
    operation,
    status: settled.status,
    ms: Math.round((performance.now() - started) * 100) / 100,
    requestId,
    idempotencyKey: null,
    fault: settled.fault?.kind ?? null,
  });
  return settled.response;
}

async function attempt(run: () => HttpAnswer | Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error;
    return answer(error.status, error.items);
  }
}

/** On every answer. The limit header is the only word a caller gets about its quota. */
function withOrgHeaders(org: Org, given: HttpAnswer, requestId: string): HttpAnswer {
  const headers = {
    ...given.headers,
    Date: new Date(org.now()).toUTCString(),
    "Sforce-Limit-Info": `api-usage=${org.usage.calls}/${org.settings().apiLimit}`,
    "x-sfdc-request-id": requestId,
  };
  return { ...given, headers };
}

function refuse(fault: Fault): HttpAnswer {
  if (fault.kind === "unauthorized" && fault.operation.startsWith("oauth")) {
    return answer(400, { error: "invalid_grant", error_description: "authentication failure" });
  }
  switch (fault.kind) {
    case "too_many_requests":
      return requestLimitExceeded();
    case "unauthorized":
      return invalidSession();
    default:
      return answer(fault.status, [
        fault.status === 503
          ? { message: "The server is temporarily unavailable.", errorCode: "SERVER_UNAVAILABLE" }
          : {
              message:
                "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345",
              errorCode: "UNKNOWN_EXCEPTION",
            },
      ]);
  }
}

/** 403 and no Retry-After: that is how the vendor says it. */
function requestLimitExceeded(): HttpAnswer {
  return answer(403, [
    { message: "TotalRequests Limit exceeded.", errorCode: "REQUEST_LIMIT_EXCEEDED" },
  ]);
}

function invalidSession(): HttpAnswer {
  return answer(401, [{ message: "Session expired or invalid", errorCode: "INVALID_SESSION_ID" }]);
}

function resourceMissing(): HttpAnswer {
  return answer(404, [
    { errorCode: "NOT_FOUND", message: "The requested resource does not exist" },
  ]);
}

function bearerUser(deps: SalesforceDeps, context: NodeContext): string | undefined {
  const token = /^(?:Bearer|OAuth) (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return token === undefined ? undefined : deps.tokens.userOf(token);
}

async function token(deps: SalesforceDeps, context: NodeContext): Promise<HttpAnswer> {
  const form = new URLSearchParams(await context.req.text());
  const instanceUrl = new URL(context.req.url).origin;
  return deps.tokens.answerTokenRequest({
    form,
    authorization: context.req.header("authorization"),
    instanceUrl,
  });
}

async function revoke(deps: SalesforceDeps, context: NodeContext): Promise<HttpAnswer> {
  const form = new URLSearchParams(await context.req.text());
  deps.tokens.revoke(form.get("token") ?? "");
  return answer(200, "");
}

function identity(deps: SalesforceDeps, context: NodeContext): HttpAnswer {
  const { org } = deps;
  const given = new URL(context.req.url).searchParams.get("oauth_token");
  const userId =
    bearerUser(deps, context) ?? (given === null ? undefined : deps.tokens.userOf(given));
  const user = userId === undefined ? undefined : org.table("User").get(userId);
  if (userId === undefined || user === undefined) return answer(403, "Bad_OAuth_Token");
  const { organizationId } = org.settings();
  const origin = new URL(context.req.url).origin;
  return answer(200, {
    id: `${origin}/id/${organizationId}/${userId}`,
    user_id: userId,
    organization_id: organizationId,
    username: user.values["Username"],
    display_name: user.values["Name"],
    email: user.values["Email"],
    active: true,
    urls: {
      rest: `${origin}/services/data/v{version}/`,
      query: `${origin}/services/data/v{version}/query/`,
    },
  });
}

function versions() {
  const all = [];
  for (let number = 60; number <= NEWEST_VERSION; number += 1) {
    all.push({
      label: `Release ${number}`,
      url: `/services/data/v${number}.0`,
      version: `${number}.0`,
    });
  }
  return all;
}
