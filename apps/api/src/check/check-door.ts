import {
  type CheckRequest,
  checkSchema,
  currentApiVersion,
  jsonDepthMax,
  routes,
} from "@usher/api-contract";
import type { Database } from "@usher/database";
import type { FeatureKey } from "@usher/entitlement-core/catalog";
import type { CheckAnswer, CheckReason } from "@usher/entitlement-core/check";
import { type CustomerId, type Instant, instantFromIso } from "@usher/entitlement-core/kernel";
import { readBearerToken } from "../auth/bearer-token.ts";
import type { Caller } from "../auth/caller.ts";
import { mayDo } from "../auth/caller.ts";
import { toApiProblem } from "../http/answer-request.ts";
import { ApiProblem, toProblem } from "../http/api-problem.ts";
import { readApiVersion } from "../http/api-version.ts";
import { parseJson } from "../http/parse-json.ts";
import { type RateVerdict, rateHeaders } from "../http/rate-limiter.ts";
import { decodeUtf8 } from "../http/read-body.ts";
import { nextRequestId } from "../http/request-id.ts";
import type { ServeDependencies } from "../http/serve-dependencies.ts";
import { missingScope, requireJson } from "../http/serve-route.ts";
import { continueTrace } from "../http/trace-context.ts";
import { invalidRequest } from "../http/zod-faults.ts";
import type { ApiMetrics } from "../observability/api-metrics.ts";
import {
  type AnswerText,
  type ListBytes,
  type Octets,
  toListBytes,
  toOctets,
  toWhole,
} from "./answer-text.ts";
import { checkAnswerJson, originJson } from "./check-answer-json.ts";
import { checkThePast } from "./past-check.ts";
import { readPlainCheck } from "./read-plain-check.ts";
import type { RightsFeed } from "./rights-feed.ts";
import type { KnownCustomer, TenantRights } from "./tenant-rights.ts";

/** The head of a check, whatever transport it came by. */
export interface CheckHead {
  readonly kind: "one" | "batch";
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly version: string | undefined;
  readonly traceparent: string | undefined;
}

/** What is to be written back. Header names and values alternate. */
export interface CheckReply {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Octets | Buffer;
  /** To be called once the body is sent, or never will be: its memory is used again from then on. */
  readonly release: (() => void) | null;
}

/**
 * Checks over HTTP: authenticate, read, look up, write, in one synchronous stretch without a
 * promise, as long as key and customer are known in memory. Whatever else happens takes the slow
 * way and ends in the same reply.
 */
export interface CheckDoor {
  answer(head: CheckHead, body: Uint8Array): CheckReply | Promise<CheckReply>;
  refuse(head: CheckHead, error: unknown): CheckReply;
}

/** From this far back on an instant is the past: before it, "now" has merely travelled. */
const pastMs = 1_000;

export function createCheckDoor({
  deps,
  feed,
  metrics,
  database,
}: {
  readonly deps: ServeDependencies;
  readonly feed: RightsFeed;
  readonly metrics: ApiMetrics;
  readonly database: Database;
}): CheckDoor {
  const { checkLimiter, clock, keys, uses } = deps;
  const policyHeader =
    rateHeaders(checkLimiter.policy, { allowed: true, remaining: 0, resetSeconds: 1 })[
      "RateLimit-Policy"
    ] ?? "";

  function answer(head: CheckHead, body: Uint8Array): CheckReply | Promise<CheckReply> {
    try {
      const now = clock();
      readApiVersion(head.version);
      const token = readBearerToken(head.authorization);
      const caller = keys.peek({ token, now });
      if (caller === undefined) return answerSlowly(head, body, token, now);
      const reply = answerAs({ head, body, caller, now });
      return reply instanceof Promise
        ? reply.catch((error: unknown) => refuse(head, error))
        : reply;
    } catch (error) {
      return refuse(head, error);
    }
  }

  async function answerSlowly(
    head: CheckHead,
    body: Uint8Array,
    token: string,
    now: number,
  ): Promise<CheckReply> {
    try {
      const caller = await keys.find({ token, now, isCheck: true });
      return await answerAs({ head, body, caller, now });
    } catch (error) {
      return refuse(head, error);
    }
  }

  function answerAs({
    head,
    body,
    caller,
    now,
  }: {
    readonly head: CheckHead;
    readonly body: Uint8Array;
    readonly caller: Caller;
    readonly now: number;
  }): CheckReply | Promise<CheckReply> {
    uses.note(caller, now);
    const verdict = checkLimiter.take({ key: caller.keyId, now });
    if (!verdict.allowed) throw tooMany(verdict);
    if (!mayDo(caller, "check")) throw missingScope("check");
    requireJson(head.contentType);
    const value = parseJson({ text: decodeUtf8(body), depthMax: jsonDepthMax });
    const rights = feed.rightsOf(caller.tenantId);
    if (rights === undefined) throw notLoaded();
    const origin = originJson(feed.freshness(now));
    const asked: Asked = { caller, rights, now, origin };
    if (head.kind === "batch") {
      const list = answerBatch(asked, head, value);
      return list instanceof Promise
        ? list.then((late) => reply(late.bytes, verdict, late.release))
        : reply(list.bytes, verdict, list.release);
    }
    const found = answerOne(asked, readCheck(value));
    return found instanceof Promise
      ? found.then((late) => reply(toWhole(late, origin), verdict))
      : reply(toWhole(found, origin), verdict);
  }

  interface Asked {
    readonly caller: Caller;
    readonly rights: TenantRights;
    readonly now: number;
    /** `originJson` of everything answered from memory in this request. */
    readonly origin: string;
  }

  function answerOne(asked: Asked, check: CheckRequest): AnswerText | Promise<AnswerText> {
    const at = check.at === undefined ? asked.now : instantFromIso(check.at);
    if (at < asked.now - pastMs) return answerFromBooks(asked, check, at as Instant);
    const customer = asked.rights.customerOf(check.customer);
    if (customer !== undefined) return answerLive(asked, check, customer, at as Instant);
    return lookUpAndAnswer(asked, check, at as Instant);
  }

  async function lookUpAndAnswer(
    asked: Asked,
    check: CheckRequest,
    at: Instant,
  ): Promise<AnswerText> {
    const { caller, rights, now } = asked;
    const reference = check.customer;
    // While the database is away, an unknown customer stays unknown: the lag says how old that is.
    await feed.lookUp({ tenantId: caller.tenantId, reference, now }).catch(() => undefined);
    return answerLive(asked, check, rights.customerOf(reference) ?? nobody, at);
  }

  function answerLive(
    { rights }: Asked,
    check: CheckRequest,
    customer: KnownCustomer,
    at: Instant,
  ): AnswerText {
    const country = check.country ?? null;
    const amount = check.amount ?? 1;
    const kept = rights.keptAnswer(customer, check.feature);
    // Everything the answer depends on besides the rights: two questions must never share one.
    if (
      kept !== undefined &&
      kept.amount === amount &&
      kept.country === country &&
      at >= kept.from &&
      at < kept.until
    ) {
      count(kept);
      return kept;
    }
    const feature = check.feature as FeatureKey;
    // Nothing keeps an answer beyond its own text, so one of them serves all.
    const found = rights.table.check(
      { customer: customer.id, feature, amount, country, at },
      rights.answer,
    );
    count(found);
    const { allowed, validUntil } = found;
    const until = validUntil ?? Number.POSITIVE_INFINITY;
    const octets = toOctets(checkAnswerJson(found));
    const answer = { octets, origin: null, amount, country, allowed, from: at, until };
    if (worthKeeping.has(found.reason)) rights.keepAnswer(customer, check.feature, answer);
    return answer;
  }

  async function answerFromBooks(
    { caller, now }: Asked,
    check: CheckRequest,
    at: Instant,
  ): Promise<AnswerText> {
    const found = await checkThePast({
      database,
      tenantId: caller.tenantId,
      customer: check.customer,
      feature: check.feature,
      amount: check.amount ?? 1,
      country: check.country ?? null,
      at,
    });
    count(found);
    const origin = originJson({ asOf: now, lagMs: 0 });
    return { octets: toOctets(checkAnswerJson(found)), origin };
  }

  function answerBatch(
    asked: Asked,
    head: CheckHead,
    value: unknown,
  ): ListBytes | Promise<ListBytes> {
    const late: Promise<void>[] = [];
    const checks = readChecks(value);
    const answers: AnswerText[] = [];
    for (let index = 0; index < checks.length; index += 1) {
      try {
        // Each item is read and looked up by itself, under the one tenant of the key.
        const answer = answerOne(asked, readCheck(checks[index]));
        if (answer instanceof Promise) {
          late.push(
            answer.then(
              (found) => {
                answers[index] = found;
              },
              (error: unknown) => {
                answers[index] = problemItem(head, error);
              },
            ),
          );
        } else answers[index] = answer;
      } catch (error) {
        answers[index] = problemItem(head, error);
      }
    }
    return late.length === 0
      ? toListBytes(answers, asked.origin)
      : Promise.all(late).then(() => toListBytes(answers, asked.origin));
  }

  function problemItem(head: CheckHead, error: unknown): AnswerText {
    metrics.countCheck("refused");
    const json = `{"problem":${problemJson(head, toApiProblem(error))}}`;
    return { octets: toOctets(json), origin: "" };
  }

  function count({ allowed }: Pick<CheckAnswer, "allowed">): void {
    metrics.countCheck(allowed ? "allowed" : "denied");
  }

  function reply(
    body: Octets | Buffer,
    verdict: RateVerdict,
    release: (() => void) | null = null,
  ): CheckReply {
    return {
      status: 200,
      headers: [
        "Content-Type",
        "application/json",
        "X-Request-Id",
        nextRequestId(),
        "Usher-Version",
        currentApiVersion,
        "RateLimit-Policy",
        policyHeader,
        "RateLimit",
        `"${checkLimiter.policy.name}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
        "Cache-Control",
        "private, no-store",
        "X-Content-Type-Options",
        "nosniff",
      ],
      body,
      release,
    };
  }

  function refuse(head: CheckHead, error: unknown): CheckReply {
    metrics.countCheck("refused");
    const problem = toApiProblem(error);
    if (problem.code === "internal_error")
      deps.log.error({ err: error, operation: "check" }, "a check failed in a way nobody foresaw");
    const body = problemJson(head, problem);
    const { request_id: requestId } = JSON.parse(body) as { request_id: string };
    return {
      status: problem.status,
      headers: [
        "Content-Type",
        "application/problem+json",
        "X-Request-Id",
        requestId,
        "Usher-Version",
        currentApiVersion,
        "Cache-Control",
        "no-store",
        "X-Content-Type-Options",
        "nosniff",
        "traceparent",
        continueTrace(head.traceparent).traceparent,
        ...Object.entries(problem.headers).flat(),
      ],
      body: toOctets(body),
      release: null,
    };
  }

  function problemJson(head: CheckHead, problem: ApiProblem): string {
    return JSON.stringify(
      toProblem(problem, {
        path: head.kind === "one" ? routes.check.path : routes.checkBatch.path,
        requestId: nextRequestId(),
        traceId: continueTrace(head.traceparent).traceId,
      }),
    );
  }

  function tooMany(verdict: RateVerdict): ApiProblem {
    const { policy } = checkLimiter;
    return new ApiProblem(
      "too_many_requests",
      `This key may make ${policy.requestsMax} check requests in ${policy.windowMs / 1_000} s. Wait ${verdict.resetSeconds} s, or ask many at once with /v1/check/batch.`,
      { headers: { ...rateHeaders(policy, verdict), "Retry-After": String(verdict.resetSeconds) } },
    );
  }

  return { answer, refuse };
}

/** The question as the contract has it. Throws `invalid_request` with everything that is wrong. */
function readCheck(value: unknown): CheckRequest {
  const plain = readPlainCheck(value);
  if (plain !== null) return plain;
  const parsed = checkSchema.safeParse(value);
  if (!parsed.success) throw invalidRequest({ error: parsed.error, place: "body" });
  return parsed.data;
}

const checksMax = 1_000;

/** The questions of a batch, each still to be read by itself. */
function readChecks(value: unknown): readonly unknown[] {
  if (isBatch(value)) return value;
  const { checks, ...others } = (value ?? {}) as { readonly checks?: unknown };
  if (isBatch(checks) && Object.keys(others).length === 0) return checks;
  const parsed = routes.checkBatch.body.schema.safeParse(value);
  if (!parsed.success) throw invalidRequest({ error: parsed.error, place: "body" });
  return Array.isArray(parsed.data) ? parsed.data : parsed.data.checks;
}

function isBatch(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.length <= checksMax;
}

function notLoaded(): ApiProblem {
  return new ApiProblem(
    "not_ready",
    "The rights are still being loaded. Try again in a moment; /readyz tells how far it is.",
    {
      headers: { "Retry-After": "1" },
    },
  );
}

const nobody: KnownCustomer = { id: "cus_unknown" as CustomerId, answers: null };

/** Answers for customers and features that exist: others could be made up without end. */
const worthKeeping: ReadonlySet<CheckReason> = new Set([
  "allowed",
  "allowed_in_grace",
  "allowed_in_overage",
  "limit_reached",
  "country_required",
  "country_not_allowed",
  "expired",
  "not_yet_active",
]);
