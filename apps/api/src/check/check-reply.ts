import { currentApiVersion, routes } from "@usher/api-contract";
import type { ApiProblem } from "../http/api-problem.ts";
import { toProblem } from "../http/api-problem.ts";
import type { RateVerdict } from "../http/rate-limiter.ts";
import { nextRequestId } from "../http/request-id.ts";
import { continueTrace } from "../http/trace-context.ts";
import { type Octets, toOctets } from "./answer-text.ts";

/** The head of a check, whatever transport it came by. */
export interface CheckHead {
  readonly kind: "one" | "batch";
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
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

/** The reply that answers, with what is left of the key's rate: `policy` is its `RateLimit-Policy`. */
export function toReply({
  body,
  policyName,
  policy,
  verdict,
  release,
}: {
  readonly body: Octets | Buffer;
  readonly policyName: string;
  readonly policy: string;
  readonly verdict: RateVerdict;
  readonly release: (() => void) | null;
}): CheckReply {
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
      policy,
      "RateLimit",
      `"${policyName}";r=${verdict.remaining};t=${verdict.resetSeconds}`,
      "Cache-Control",
      "private, no-store",
      "X-Content-Type-Options",
      "nosniff",
    ],
    body,
    release,
  };
}

/** The reply that refuses. */
export function toRefusal(head: CheckHead, problem: ApiProblem): CheckReply {
  const requestId = nextRequestId();
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
    body: toOctets(problemJson({ head, problem, requestId })),
    release: null,
  };
}

/** The problem as JSON of RFC 9457, for a reply or for one item of a batch. */
export function problemJson({
  head,
  problem,
  requestId,
}: {
  readonly head: CheckHead;
  readonly problem: ApiProblem;
  readonly requestId: string;
}): string {
  return JSON.stringify(
    toProblem(problem, {
      path: head.kind === "one" ? routes.check.path : routes.checkBatch.path,
      requestId,
      traceId: continueTrace(head.traceparent).traceId,
    }),
  );
}
