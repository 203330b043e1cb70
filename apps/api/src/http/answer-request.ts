import { currentApiVersion } from "@usher/api-contract";
import { InvalidCursorError } from "@usher/database";
import type { Context } from "hono";
import type { ApiMetrics } from "../observability/api-metrics.ts";
import type { Logger } from "../observability/create-logger.ts";
import { withSpan } from "../observability/tracing.ts";
import { ApiProblem, toProblem } from "./api-problem.ts";
import type { RequestFacts } from "./request-facts.ts";
import { nextRequestId } from "./request-id.ts";
import { continueTrace } from "./trace-context.ts";

export interface AnswerDependencies {
  readonly log: Logger;
  readonly metrics: ApiMetrics;
  readonly clock: () => number;
  readonly requestTimeoutMs: number;
}

/**
 * One request from beginning to end: names it, bounds its time, turns whatever is thrown into a
 * problem, and leaves one log line and one measurement. Crashes the request, never the process.
 */
export async function answerRequest({
  deps,
  context,
  operation,
  serve,
}: {
  readonly deps: AnswerDependencies;
  readonly context: Context;
  readonly operation: string;
  readonly serve: (request: RequestFacts) => Promise<Response> | Response;
}): Promise<Response> {
  const request: RequestFacts = {
    requestId: nextRequestId(),
    trace: continueTrace(context.req.header("traceparent")),
    path: context.req.path,
    now: deps.clock(),
    header: (name) => context.req.header(name),
    headers: () => context.req.header(),
  };
  const startedAt = performance.now();
  let response: Response;
  try {
    response = await withSpan({ operation, method: context.req.method, trace: request.trace }, () =>
      withinTime({ timeoutMs: deps.requestTimeoutMs, work: async () => serve(request) }),
    );
  } catch (error) {
    response = toProblemResponse({ error, request, log: deps.log, operation });
  }
  for (const [name, value] of Object.entries(answerHeaders(request))) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  const ms = performance.now() - startedAt;
  deps.metrics.observe({ operation, status: response.status, ms });
  const line = {
    operation,
    method: context.req.method,
    status: response.status,
    ms: Math.round(ms * 10) / 10,
    request_id: request.requestId,
    trace_id: request.trace.traceId,
  };
  // Asked every few seconds, and answered "not ready" while starting: worth a line to nobody.
  if (quiet.has(operation)) deps.log.debug(line, "request");
  else if (response.status >= 500) deps.log.error(line, "request");
  else deps.log.info(line, "request");
  return response;
}

const quiet: ReadonlySet<string> = new Set(["getHealth", "getReadiness", "getMetrics"]);

/** On every answer, whatever it is. */
function answerHeaders(request: RequestFacts): Record<string, string> {
  return {
    "X-Request-Id": request.requestId,
    traceparent: request.trace.traceparent,
    "Usher-Version": currentApiVersion,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  };
}

/** A problem as problem+json. What is no `ApiProblem` is a fault of ours: logged in full, told in none. */
function toProblemResponse({
  error,
  request,
  log,
  operation,
}: {
  readonly error: unknown;
  readonly request: RequestFacts;
  readonly log: Logger;
  readonly operation: string;
}): Response {
  const problem = toApiProblem(error);
  if (problem.code === "internal_error") {
    log.error(
      { err: error, operation, request_id: request.requestId, trace_id: request.trace.traceId },
      "a request failed in a way nobody foresaw",
    );
  }
  const occurrence = {
    path: request.path,
    requestId: request.requestId,
    traceId: request.trace.traceId,
  };
  return new Response(JSON.stringify(toProblem(problem, occurrence)), {
    status: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...problem.headers,
    },
  });
}

export function toApiProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof InvalidCursorError) {
    return new ApiProblem("invalid_request", error.message, {
      errors: [
        {
          pointer: "query:cursor",
          code: "invalid_cursor",
          detail: "expected the next_cursor of a page of this list",
          fix: "Send next_cursor exactly as it was answered, or leave the cursor out to begin anew.",
        },
      ],
    });
  }
  const refusal = fromDatabase(error);
  if (refusal !== null) return refusal;
  return isConnectionFailure(error)
    ? new ApiProblem(
        "not_ready",
        "The database does not answer. Try again in a moment; /readyz tells more.",
        {
          headers: { "Retry-After": "1" },
          cause: error,
        },
      )
    : new ApiProblem(
        "internal_error",
        "Something failed on our side. It was logged under this request id; nothing of this request was stored.",
        { cause: error },
      );
}

/** What PostgreSQL says about the values themselves: the caller's to mend, whichever check let them through. */
function fromDatabase(error: unknown): ApiProblem | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== "string") return null;
  // Class 22, data exception: a text no number can be read from, a character that cannot be stored.
  if (/^22\w{3}$/.test(code)) {
    return new ApiProblem(
      "invalid_request",
      "A value of this request cannot be stored or compared. Send values as /openapi.json describes them.",
      { cause: error },
    );
  }
  // 57014: the statement ran into its time limit and was undone.
  if (code === "57014") {
    return new ApiProblem(
      "request_timeout",
      "The database took too long; nothing was stored. Try again.",
      {
        headers: { "Retry-After": "1" },
        cause: error,
      },
    );
  }
  return null;
}

// Node's codes of a broken connection, and PostgreSQL's classes 08 (connection) and 57P (shutdown).
const away = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08\w{3}|57P0[123])$/;

function isConnectionFailure(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  if ("code" in error && typeof error.code === "string") return away.test(error.code);
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  );
}

async function withinTime<Result>({
  timeoutMs,
  work,
}: {
  readonly timeoutMs: number;
  readonly work: () => Promise<Result>;
}): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new ApiProblem(
          "request_timeout",
          `No answer within ${timeoutMs / 1_000} s. It may still take effect: repeat it with the same Idempotency-Key.`,
          { headers: { "Retry-After": "1" } },
        ),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
