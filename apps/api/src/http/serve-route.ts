import { jsonDepthMax, type RouteDescription } from "@usher/api-contract";
import type { Context } from "hono";
import { readBearerToken } from "../auth/bearer-token.ts";
import type { Caller } from "../auth/caller.ts";
import { mayDo } from "../auth/caller.ts";
import { ApiProblem, notFound } from "./api-problem.ts";
import { readApiVersion } from "./api-version.ts";
import { etagOf, listsEtag } from "./etag.ts";
import { readIdempotencyKey } from "./idempotency.ts";
import { runIdempotently } from "./idempotent-transaction.ts";
import { parseJson, refuseUnstorable } from "./parse-json.ts";
import { rateHeaders } from "./rate-limiter.ts";
import { decodeUtf8, readBody } from "./read-body.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { RouteAnswer } from "./route-handler.ts";
import type { ServeDependencies } from "./serve-dependencies.ts";
import { invalidRequest } from "./zod-faults.ts";

/** A handler with its types worn off: `plainRoute` and `workRoute` have checked them. */
export type AnyHandler = {
  readonly id: string;
  readonly kind: "plain" | "work";
  handle(input: never): Promise<RouteAnswer<unknown>> | RouteAnswer<unknown>;
};

/**
 * Everything that stands between the socket and a handler, in one function and one order: version,
 * key, scope, rate, path, query, body, Idempotency-Key. Middlewares would cost a promise each.
 * Throws `ApiProblem` for every refusal.
 */
export async function serveRoute({
  deps,
  route,
  handler,
  context,
  request,
}: {
  readonly deps: ServeDependencies;
  readonly route: RouteDescription;
  readonly handler: AnyHandler;
  readonly context: Context;
  readonly request: RequestFacts;
}): Promise<Response> {
  readApiVersion(request.header("usher-version"));
  const headers: Record<string, string> = {};
  const caller =
    route.access === "public" || route.access === "signed"
      ? null
      : await admit({ deps, route, request, headers });

  const params = parseParams(route, context);
  const query = parseQuery(route, context);
  const key = readIdempotencyKey({
    header: request.header("idempotency-key"),
    rule: route.idempotency,
  });
  const body = await parseBody(route, context, request);

  const input = { params, query, body, caller, request };
  if (handler.kind === "plain" || caller === null) {
    const answer = await (handler.handle as (given: unknown) => Promise<RouteAnswer<unknown>>)(
      input,
    );
    return toResponse({ route, request, answer: serialize(route, answer), headers });
  }
  const done = await runIdempotently({
    deps,
    tenantId: caller.tenantId,
    route: route.operationId,
    key,
    path: request.path,
    body,
    now: request.now,
    work: async (tx, afterCommit) => {
      const work = handler.handle as (given: unknown) => Promise<RouteAnswer<unknown>>;
      return serialize(route, await work({ ...input, tx, afterCommit }));
    },
  });
  if (done.isReplay) headers["Idempotency-Replayed"] = "true";
  return toResponse({ route, request, answer: done.answer, headers });
}

async function admit({
  deps,
  route,
  request,
  headers,
}: {
  readonly deps: ServeDependencies;
  readonly route: RouteDescription;
  readonly request: RequestFacts;
  readonly headers: Record<string, string>;
}): Promise<Caller> {
  const token = readBearerToken(request.header("authorization"));
  const { now } = request;
  const isCheck = route.access === "check";
  const caller = deps.keys.peek({ token, now }) ?? (await deps.keys.find({ token, now, isCheck }));
  deps.uses.note(caller, now);
  const limiter = isCheck ? deps.checkLimiter : deps.limiter;
  const verdict = limiter.take({ key: caller.keyId, now });
  Object.assign(headers, rateHeaders(limiter.policy, verdict));
  if (!verdict.allowed) {
    throw new ApiProblem(
      "too_many_requests",
      `This key may make ${limiter.policy.requestsMax} requests in ${limiter.policy.windowMs / 1_000} s. Wait ${verdict.resetSeconds} s.`,
      { headers: { ...headers, "Retry-After": String(verdict.resetSeconds) } },
    );
  }
  if (route.access !== "public" && route.access !== "signed" && !mayDo(caller, route.access)) {
    throw missingScope(route.access);
  }
  return caller;
}

export function missingScope(scope: string): ApiProblem {
  return new ApiProblem(
    "missing_scope",
    `This needs a key with the scope ${scope}. Make one with it, or ask whoever manages the keys.`,
  );
}

function parseParams(route: RouteDescription, context: Context): unknown {
  if (route.params === undefined) return undefined;
  const given = context.req.param();
  const parsed = route.params.safeParse(given);
  // A malformed id names nothing, exactly as another tenant's id names nothing.
  if (!parsed.success) throw notFound(thingOf(route));
  for (const value of Object.values(given)) {
    if (/\0|\p{Surrogate}/u.test(value)) throw notFound(thingOf(route));
  }
  return parsed.data;
}

/** What a path's id names, in the word that the handler uses when it finds none. */
function thingOf({ path, tag }: RouteDescription): string {
  const folder = path.split("/")[2] ?? "";
  return things[folder] ?? tag;
}

const things: Readonly<Record<string, string>> = {
  api_keys: "API key",
  checkout_sessions: "checkout session",
  approval_tasks: "approval task",
  inbox: "inbox message",
  inbound: "connection",
  status_lists: "status list",
  customers: "customer",
};

function parseQuery(route: RouteDescription, context: Context): unknown {
  const given: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(context.req.queries())) {
    for (const value of [name, ...values]) refuseUnstorable(value, `query:${name}`);
    // One value a parameter: a second one would be silently dropped otherwise.
    given[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  if (route.query === undefined) return undefined;
  const parsed = route.query.safeParse(given);
  if (!parsed.success) throw invalidRequest({ error: parsed.error, place: "query" });
  return parsed.data;
}

async function parseBody(
  route: RouteDescription,
  context: Context,
  request: RequestFacts,
): Promise<unknown> {
  if (route.body === undefined) return undefined;
  const { bytesMax } = route.body;
  if (route.body.kind === "bytes") return readBody({ request: context.req.raw, bytesMax });
  requireJson(request.header("content-type"));
  requireUncompressed(request.header("content-encoding"));
  const bytes = await readBody({ request: context.req.raw, bytesMax });
  const value = parseJson({ text: decodeUtf8(bytes), depthMax: jsonDepthMax });
  const parsed = route.body.schema.safeParse(value);
  if (!parsed.success) throw invalidRequest({ error: parsed.error, place: "body" });
  return parsed.data;
}

const json = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

export function requireJson(contentType: string | undefined): void {
  if (contentType !== undefined && json.test(contentType)) return;
  throw new ApiProblem(
    "unsupported_media_type",
    `Expected Content-Type: application/json and got ${contentType === undefined ? "none" : "another"}. JSON is UTF-8; no other charset is read.`,
    { headers: { "Accept-Post": "application/json" } },
  );
}

/** RFC 9110 §15.5.16: a coding that is not read is refused with the ones that are. */
export function requireUncompressed(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || /^identity$/i.test(contentEncoding.trim())) return;
  throw new ApiProblem(
    "unsupported_media_type",
    "Expected a body without Content-Encoding and got a compressed one. Send the JSON text as it is.",
    { headers: { "Accept-Encoding": "identity" } },
  );
}

/** An answer as it is sent and, under an Idempotency-Key, kept. */
export interface SerializedAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

function serialize(route: RouteDescription, answer: RouteAnswer<unknown>): SerializedAnswer {
  return {
    status: answer.status ?? route.success.status,
    text: typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body),
    headers: answer.headers ?? {},
  };
}

function toResponse({
  route,
  request,
  answer,
  headers,
}: {
  readonly route: RouteDescription;
  readonly request: RequestFacts;
  readonly answer: SerializedAnswer;
  readonly headers: Readonly<Record<string, string>>;
}): Response {
  const all: Record<string, string> = {
    "Content-Type": route.success.mediaType ?? "application/json",
    // Answers depend on the key, and may change at any time.
    "Cache-Control": route.access === "public" ? "no-cache" : "private, no-cache",
    ...headers,
    ...answer.headers,
  };
  if (route.success.etag === true) {
    all["ETag"] ??= etagOf(answer.text);
    const known = request.header("if-none-match");
    if (known !== undefined && listsEtag({ list: known, etag: all["ETag"] })) {
      delete all["Content-Type"];
      return new Response(null, { status: 304, headers: all });
    }
  }
  return new Response(answer.text, { status: answer.status, headers: all });
}
