import { describeError } from "./describe-error.ts";
import type { ErrorCode } from "./error-code.ts";

/** One place in a request that is wrong. `pointer` is a JSON Pointer (RFC 6901) into the body, or a parameter's name. */
export interface ProblemFault {
  readonly pointer: string;
  readonly detail: string;
}

/** The body of an error answer: `application/problem+json` (RFC 9457), with our members in snake_case. */
export interface ProblemDetails {
  /** The URL of the code's page. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  /** What was expected, what came, where, and what to do; safe to show to the caller. */
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly ProblemFault[];
}

/**
 * Builds the body from the catalog. `baseUrl` is where the hub is reached, without a slash at its end.
 * A code that has no HTTP status is never an answer of the API: asking for one throws.
 */
export function problemDetails({
  code,
  detail,
  baseUrl,
  instance,
  faults = [],
}: {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly baseUrl: string;
  /** Path or id of this one occurrence, such as the request id. */
  readonly instance?: string;
  readonly faults?: readonly ProblemFault[];
}): ProblemDetails {
  const { status, title, docsPath } = describeError(code);
  if (status === null) throw new RangeError(`${code} describes an order, it answers no request.`);
  return {
    type: `${baseUrl}${docsPath}`,
    title,
    status,
    code,
    detail,
    ...(instance === undefined ? {} : { instance }),
    ...(faults.length === 0 ? {} : { errors: faults }),
  };
}
