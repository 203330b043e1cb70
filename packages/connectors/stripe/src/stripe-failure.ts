import { categoryOfStatus, connectorFailure, parseRetryAfter } from "@usher/connector-sdk/http";
import {
  type ConnectorError,
  type ConnectorErrorCategory,
  isConnectorError,
} from "@usher/connector-sdk/spec";
import Stripe from "stripe";

/**
 * Stripe's codes in our categories; a code says more than the status it comes with.
 * @see https://docs.stripe.com/error-codes
 */
export const categoryOfCode: Readonly<Record<string, ConnectorErrorCategory>> = {
  rate_limit: "rate_limited",
  lock_timeout: "conflict_locked",
  // Another attempt with the same key is still running.
  idempotency_key_in_use: "conflict_locked",
  resource_missing: "not_found",
  resource_already_exists: "duplicate",
  api_key_expired: "auth_invalid",
  platform_api_key_expired: "auth_invalid",
  secret_key_required: "auth_invalid",
  testmode_charges_only: "config",
  livemode_mismatch: "config",
};

/** Whatever stripe-node threw, as a `ConnectorError`. */
export function fromStripeError(input: {
  readonly error: unknown;
  readonly isWrite: boolean;
  readonly what: string;
  readonly nowMs: number;
}): ConnectorError {
  const { error, isWrite, what, nowMs } = input;
  if (isConnectorError(error)) return error;
  if (!(error instanceof Stripe.errors.StripeError)) {
    return connectorFailure({
      category: isWrite ? "outcome_unknown" : "transient",
      message: `${what} failed inside the connector (${error instanceof Error ? error.name : typeof error}). This is a defect worth a report; the cause is kept with the error.`,
      cause: error,
    });
  }
  const transport = transportErrorOf(error);
  if (transport !== null) return transport;
  const category = categoryOf({ error, isWrite });
  // Its text holds a part of the key.
  const said = category === "auth_invalid" ? "the API key is not accepted" : error.message;
  return connectorFailure({
    category,
    message: `${what}: Stripe says ${error.code ?? error.rawType ?? error.type}: ${said}${adviceFor(category)}`,
    vendorCode: error.code ?? error.rawType ?? error.type,
    vendorRequestId: error.requestId ?? null,
    retryAfterMs: parseRetryAfter({
      retryAfter: error.headers?.["retry-after"] ?? null,
      date: error.headers?.date ?? null,
      nowMs,
    }),
    where:
      category === "validation" ? { record: what, field: error.param ?? "(none named)" } : null,
    cause: error,
  });
}

/** The answer was kept under the idempotency key by an earlier attempt: asking again gives the same for 24 hours, also a 500. */
export function isReplay(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError && error.headers?.["idempotent-replayed"] === "true"
  );
}

/** The key was used before with other parameters. */
export function isKeyMismatch(error: unknown): boolean {
  return (
    error instanceof Stripe.errors.StripeError &&
    error.rawType === "idempotency_error" &&
    error.code !== "idempotency_key_in_use"
  );
}

export function hasStripeCode(error: unknown, code: string): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === code;
}

/** Our HTTP client's own error, which stripe-node wraps as a connection error. */
function transportErrorOf(
  error: InstanceType<typeof Stripe.errors.StripeError>,
): ConnectorError | null {
  const { detail } = error;
  if (isConnectorError(detail)) return detail;
  const inner =
    typeof detail === "object" && detail !== null && "exception" in detail
      ? detail.exception
      : null;
  return isConnectorError(inner) ? inner : null;
}

function categoryOf(input: {
  readonly error: InstanceType<typeof Stripe.errors.StripeError>;
  readonly isWrite: boolean;
}): ConnectorErrorCategory {
  const { error, isWrite } = input;
  const known = error.code === undefined ? undefined : categoryOfCode[error.code];
  if (known !== undefined) return known;
  if (error.rawType === "card_error") return "validation";
  if (error.rawType === "idempotency_error") return "conflict_stale";
  // No status: no JSON that could be read, or no connection.
  if (error.statusCode === undefined) return isWrite ? "outcome_unknown" : "transient";
  // A key does not expire and is not refreshed: a 401 is final.
  if (error.statusCode === 401) return "auth_invalid";
  return categoryOfStatus({ status: error.statusCode, isWrite });
}

function adviceFor(category: ConnectorErrorCategory): string {
  return advice[category] ?? "";
}

const advice: Partial<Record<ConnectorErrorCategory, string>> = {
  auth_invalid: ". Make a new restricted key and rotate the connection's.",
  permission: " Give the key the rights listed in the connector's README.",
};
