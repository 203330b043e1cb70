import { jsonDepthMax } from "@usher/api-contract";
import type { Database } from "@usher/database";
import { readBearerToken } from "../auth/bearer-token.ts";
import type { Caller } from "../auth/caller.ts";
import { mayDo } from "../auth/caller.ts";
import { toApiProblem } from "../http/answer-request.ts";
import { ApiProblem } from "../http/api-problem.ts";
import { readApiVersion } from "../http/api-version.ts";
import { parseJson } from "../http/parse-json.ts";
import { type RateVerdict, rateHeaders } from "../http/rate-limiter.ts";
import { decodeUtf8 } from "../http/read-body.ts";
import { nextRequestId } from "../http/request-id.ts";
import type { ServeDependencies } from "../http/serve-dependencies.ts";
import { missingScope, requireJson, requireUncompressed } from "../http/serve-route.ts";
import type { ApiMetrics } from "../observability/api-metrics.ts";
import { type Asked, countAnswer, createAnswerCheck } from "./answer-check.ts";
import {
  type AnswerText,
  type ListBytes,
  type Octets,
  toListBytes,
  toOctets,
  toWhole,
} from "./answer-text.ts";
import { originJson } from "./check-answer-json.ts";
import { type CheckHead, type CheckReply, problemJson, toRefusal, toReply } from "./check-reply.ts";
import { answersToKnownList } from "./known-questions.ts";
import { checksMax, readCheck, readChecks } from "./read-checks.ts";
import type { RightsFeed } from "./rights-feed.ts";

/**
 * Checks over HTTP: authenticate, read, look up, write, in one synchronous stretch without a
 * promise, as long as key and customer are known in memory. Whatever else happens takes the slow
 * way and ends in the same reply.
 */
export interface CheckDoor {
  answer(head: CheckHead, body: Uint8Array): CheckReply | Promise<CheckReply>;
  refuse(head: CheckHead, error: unknown): CheckReply;
}

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
  const answerCheck = createAnswerCheck({ feed, metrics, database });
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
    requireUncompressed(head.contentEncoding);
    const text = decodeUtf8(body);
    const rights = feed.rightsOf(caller.tenantId);
    if (rights === undefined) throw notLoaded();
    const origin = originJson(feed.freshness(now));
    const asked: Asked = { caller, rights, now, origin };
    if (head.kind === "batch") {
      const known = answersToKnownList(rights, text, now, checksMax);
      if (known !== null) {
        for (const answer of known) countAnswer(metrics, answer);
        const list = toListBytes(known, origin);
        return reply(list.bytes, verdict, list.release);
      }
      const list = answerBatch(asked, head, parseJson({ text, depthMax: jsonDepthMax }));
      return list instanceof Promise
        ? list.then((late) => reply(late.bytes, verdict, late.release))
        : reply(list.bytes, verdict, list.release);
    }
    const known = rights.answerToText(text, now);
    if (known !== undefined) {
      countAnswer(metrics, known);
      return reply(toWhole(known, origin), verdict);
    }
    const found = answerCheck(asked, readCheck(parseJson({ text, depthMax: jsonDepthMax })));
    return found instanceof Promise
      ? found.then((late) => reply(toWhole(late, origin), verdict))
      : reply(toWhole(found, origin), verdict);
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
        const answer = answerCheck(asked, readCheck(checks[index]));
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
    const problem = toApiProblem(error);
    const json = problemJson({ head, problem, requestId: nextRequestId() });
    return { octets: toOctets(`{"problem":${json}}`), origin: "" };
  }

  function reply(
    body: Octets | Buffer,
    verdict: RateVerdict,
    release: (() => void) | null = null,
  ): CheckReply {
    const { name: policyName } = checkLimiter.policy;
    return toReply({ body, policyName, policy: policyHeader, verdict, release });
  }

  function refuse(head: CheckHead, error: unknown): CheckReply {
    metrics.countCheck("refused");
    const problem = toApiProblem(error);
    if (problem.code === "internal_error")
      deps.log.error({ err: error, operation: "check" }, "a check failed in a way nobody foresaw");
    return toRefusal(head, problem);
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

function notLoaded(): ApiProblem {
  return new ApiProblem(
    "not_ready",
    "The rights are still being loaded. Try again in a moment; /readyz tells how far it is.",
    {
      headers: { "Retry-After": "1" },
    },
  );
}
