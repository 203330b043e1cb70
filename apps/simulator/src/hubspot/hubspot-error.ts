import { randomUUID } from "node:crypto";
import type { HttpAnswer } from "../http-answer.ts";

/** One problem inside a refusal. */
export interface HubSpotErrorDetail {
  readonly message: string;
  readonly code?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

/** A refusal's body, save `status` and `correlationId`; HubSpot promises none of its fields. */
export interface HubSpotErrorBody {
  readonly message: string;
  readonly category: string;
  readonly subCategory?: string;
  readonly errors?: readonly HubSpotErrorDetail[];
  readonly context?: Readonly<Record<string, readonly string[]>>;
  /** Of a rate limit only. */
  readonly errorType?: string;
  readonly policyName?: string;
}

/**
 * A refusal as the API words it.
 * @see https://developers.hubspot.com/docs/api-reference/error-handling
 */
export class HubSpotError extends Error {
  readonly status: number;
  readonly body: HubSpotErrorBody;

  constructor(status: number, body: HubSpotErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

export function errorAnswer({ status, body }: HubSpotError): HttpAnswer {
  return { status, headers: {}, body: { status: "error", ...body, correlationId: randomUUID() } };
}

export function validationError(
  message: string,
  errors: readonly HubSpotErrorDetail[] = [],
): HubSpotError {
  const rest = errors.length === 0 ? {} : { errors };
  return new HubSpotError(400, { message, category: "VALIDATION_ERROR", ...rest });
}

export function objectNotFound(message = "resource not found"): HubSpotError {
  return new HubSpotError(404, { message, category: "OBJECT_NOT_FOUND" });
}
