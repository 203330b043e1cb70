import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { Fault } from "../fault/fault.ts";
import {
  type FaultedRequest,
  settleAfter,
  strikeBefore,
  takeAfter,
} from "../fault/request-faults.ts";
import type { HttpAnswer, NodeContext, NodeEnv } from "../http-answer.ts";
import type { TrafficLog } from "../traffic-log.ts";
import { ASSOCIATION_CALLS } from "./association-calls.ts";
import { BATCH_CALLS } from "./batch-calls.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { HubSpotCall, HubSpotOperation } from "./hubspot-call.ts";
import { errorAnswer, HubSpotError, objectNotFound, validationError } from "./hubspot-error.ts";
import type { HubSpotTokens, TokenStanding } from "./hubspot-tokens.ts";
import { JOURNAL_CALLS, journalFile } from "./journal-calls.ts";
import { OBJECT_CALLS } from "./object-calls.ts";
import { parseObjectType } from "./object-types.ts";
import { OWNER_CALLS } from "./owner-calls.ts";
import type { Portal } from "./portal.ts";
import { PROPERTY_CALLS } from "./property-calls.ts";
import { type RateLimits, tooMany } from "./rate-limits.ts";
import { SEARCH_CALLS } from "./search-objects.ts";

export interface HubSpotDeps {
  readonly portal: Portal;
  readonly feed: ChangeFeed;
  readonly tokens: HubSpotTokens;
  readonly limits: RateLimits;
  readonly traffic: TrafficLog;
}

/** Longer paths first: `/search` and `/batch/…` are no ids. */
const OPERATIONS: readonly HubSpotOperation[] = [
  ...SEARCH_CALLS,
  ...BATCH_CALLS,
  ...ASSOCIATION_CALLS,
  ...PROPERTY_CALLS,
  ...OWNER_CALLS,
  ...JOURNAL_CALLS,
  ...OBJECT_CALLS,
];

/** HubSpot's host: `/crm/*`, `/oauth/v1/*`, `/webhooks-journal/*`, `/account-info/*`. */
export function createHubSpotApp(deps: HubSpotDeps): Hono<NodeEnv> {
  const app = new Hono<NodeEnv>();
  app.post("/oauth/v1/token", (context) =>
    serve({ ...deps, context, operation: "oauth.token" }, async () =>
      deps.tokens.answerTokenRequest(new URLSearchParams(await context.req.text())),
    ),
  );
  app.get("/journal-files/:name", (context) =>
    serve({ ...deps, context, operation: "journal.file" }, () =>
      journalFile({
        entry: deps.feed.journal.get(context.req.param("name").replace(/\.json$/, "")),
        query: new URL(context.req.url).searchParams,
        nowMs: deps.portal.now(),
        secret: deps.portal.settings().accessToken,
      }),
    ),
  );
  for (const operation of OPERATIONS) {
    app.on(operation.method, operation.path, (context) => serveOperation(deps, context, operation));
  }
  for (const path of ["/crm/*", "/oauth/*", "/webhooks-journal/*", "/account-info/*"]) {
    app.all(path, (context) =>
      serve({ ...deps, context, operation: "unknown" }, () => errorAnswer(objectNotFound())),
    );
  }
  return app;
}

/** Token, scope and limits first, then the call itself in one transaction. */
function serveOperation(
  deps: HubSpotDeps,
  context: NodeContext,
  operation: HubSpotOperation,
): Promise<Response> {
  const { portal, feed, tokens, limits } = deps;
  const token = /^Bearer (.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  const standing = token === undefined ? ({ state: "unknown" } as const) : tokens.standingOf(token);
  const isSearch = operation.name === "search";
  const type = parseObjectType(context.req.param("type") ?? context.req.param("from") ?? "");
  const serving = {
    ...deps,
    context,
    operation: operation.name,
    object: type,
    headers: () =>
      limits.headers({ isSearch, isOAuth: standing.state === "good" && standing.isOAuth }),
  };
  return serve(serving, async () => {
    if (standing.state !== "good") return unauthorized(standing);
    const scope = operation.scope?.replace("*", type ?? "custom") ?? null;
    if (scope !== null && !standing.scopes.includes(scope)) return missingScope(scope);
    const refusal = limits.refusalOf({ isSearch });
    if (refusal !== undefined) return refusal;
    const call: HubSpotCall = {
      portal,
      feed,
      operation: operation.name,
      param: (name) => context.req.param(name) ?? "",
      query: new URL(context.req.url).searchParams,
      body: await readBody(context),
      origin: new URL(context.req.url).origin,
    };
    return portal.store.transact(() => operation.run(call));
  });
}

async function readBody(context: NodeContext): Promise<unknown> {
  if (context.req.method === "GET" || context.req.method === "DELETE") return undefined;
  const text = await context.req.text();
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    throw validationError(
      `Invalid input JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

interface Serving extends HubSpotDeps {
  readonly context: NodeContext;
  readonly operation: string;
  readonly object?: string | undefined;
  readonly headers?: () => Record<string, string>;
}

/** Runs one request through faults, error mapping, headers and the traffic log. */
async function serve(
  serving: Serving,
  run: () => HttpAnswer | Promise<HttpAnswer>,
): Promise<Response> {
  const { portal, traffic, context, operation, object, headers } = serving;
  const started = performance.now();
  const requestId = randomUUID();
  const dressed = (given: HttpAnswer): HttpAnswer => ({
    ...given,
    headers: {
      ...headers?.(),
      ...given.headers,
      Date: new Date(portal.now()).toUTCString(),
      "X-HubSpot-Correlation-Id": requestId,
    },
  });
  const request: FaultedRequest = {
    context,
    faults: portal.faults,
    vendor: "hubspot",
    operation,
    object,
    refuse: (fault) => dressed(refuse(fault)),
  };
  const settled =
    (await strikeBefore(request)) ??
    settleAfter(request, dressed(await attempt(run)), takeAfter(request));
  traffic.add({
    at: new Date(portal.now()).toISOString(),
    vendor: "hubspot",
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
    if (!(error instanceof HubSpotError)) throw error;
    return errorAnswer(error);
  }
}

function refuse(fault: Fault): HttpAnswer {
  switch (fault.kind) {
    case "too_many_requests": {
      const answer = tooMany("TEN_SECONDLY_ROLLING");
      return fault.retryAfterSeconds === null
        ? answer
        : { ...answer, headers: { "Retry-After": String(fault.retryAfterSeconds) } };
    }
    case "unauthorized":
      return unauthorized({ state: "unknown" });
    default: {
      const status = fault.status;
      return errorAnswer(
        new HubSpotError(status, { message: "Internal error", category: "INTERNAL_ERROR" }),
      );
    }
  }
}

function unauthorized(standing: Exclude<TokenStanding, { state: "good" }>): HttpAnswer {
  const body =
    standing.state === "expired"
      ? {
          message: `The OAuth token used to make this call expired ${Math.floor(standing.expiredMs / 1000)} second(s) ago.`,
          category: "EXPIRED_AUTHENTICATION",
        }
      : {
          message:
            "Authentication credentials not found. This API supports OAuth 2.0 authentication.",
          category: "INVALID_AUTHENTICATION",
        };
  return errorAnswer(new HubSpotError(401, body));
}

function missingScope(scope: string): HttpAnswer {
  return errorAnswer(
    new HubSpotError(403, {
      message: "This app hasn't been granted all required scopes to make this call.",
      category: "MISSING_SCOPES",
      errors: [
        {
          message: "One or more of the following scopes are required.",
          context: { requiredGranularScopes: [scope] },
        },
      ],
    }),
  );
}
