/** What `{error: {...}}` holds. */
export interface StripeErrorBody {
  readonly type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
}

/**
 * A refusal as the API words it.
 * @see https://docs.stripe.com/api/errors
 * @see https://docs.stripe.com/error-codes
 */
export class StripeError extends Error {
  readonly status: number;
  readonly body: StripeErrorBody;

  constructor(status: number, body: StripeErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

export function invalidRequest(
  message: string,
  more: { readonly code?: string; readonly param?: string } = {},
) {
  return new StripeError(400, { type: "invalid_request_error", message, ...more });
}

/** 404 for the object a path names, 400 for one a parameter names. */
export function noSuch(what: string, id: string, param: string): StripeError {
  return new StripeError(param === "id" ? 404 : 400, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${what}: '${id}'`,
    param,
  });
}
