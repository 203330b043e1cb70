import type { Problem, ProblemItem } from "@usher/api-contract";
import { describeError, type ErrorCode } from "@usher/entitlement-core/errors";

/** A refusal on its way to the caller. Thrown by a handler; turned into problem+json in one place. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: ErrorCode;
  readonly errors: readonly ProblemItem[];
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail what was expected, what came, what to do; the caller reads it. */
  constructor(
    code: ErrorCode,
    detail: string,
    options: {
      readonly errors?: readonly ProblemItem[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return describeError(this.code).status ?? 500;
  }
}

/** Where this one occurrence happened; what ties the answer to logs and traces. */
export interface Occurrence {
  readonly path: string;
  readonly requestId: string;
  readonly traceId: string;
}

/** The body of `application/problem+json` (RFC 9457). */
export function toProblem(problem: ApiProblem, occurrence: Occurrence): Problem {
  const { title, docsPath } = describeError(problem.code);
  return {
    type: docsPath,
    title,
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    instance: occurrence.path,
    errors: [...problem.errors],
    trace_id: occurrence.traceId,
    request_id: occurrence.requestId,
  };
}

/** What another tenant's thing and no thing look like: the same. */
export function notFound(what: string): ApiProblem {
  return new ApiProblem(
    "not_found",
    `There is no ${what} with this id here. Check the id, and that the API key belongs to the right tenant.`,
  );
}
