import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import type { ConnectorErrorCategory, ConnectorErrorDetail } from "@usher/connector-sdk/spec";
import { isConnectorError } from "@usher/connector-sdk/spec";
import { isDatabaseAway } from "./is-database-away.ts";

/** Failure types that are not a connector's category. */
export const ownFailureTypes = {
  /** Our PostgreSQL cannot be reached or refuses work for now. The run waits for it. */
  databaseAway: "database_away",
  /** Nobody foresaw it: a bug, a broken invariant. A person has to look. */
  unexpected: "unexpected_failure",
} as const;

/** An unforeseen failure may be a passing one; it is tried this often before a person is asked. */
const unexpectedAttemptsMax = 3;

/**
 * What each category means for a retry.
 * `never`: the same call cannot succeed before a person or another call changed something.
 */
const retryByCategory: Readonly<Record<ConnectorErrorCategory, "never" | "later" | "with-jitter">> =
  {
    // The connector refreshes once by itself; reaching us it is worth one more attempt.
    auth_expired: "later",
    auth_invalid: "never",
    permission: "never",
    config: "never",
    validation: "never",
    not_found: "never",
    // Every attempt reads again before it writes.
    conflict_stale: "later",
    conflict_locked: "with-jitter",
    duplicate: "never",
    rate_limited: "later",
    quota_exhausted: "later",
    transient: "later",
    // The next attempt carries the same idempotency key and reads back first.
    outcome_unknown: "later",
    schema_drift: "never",
  };

export interface ToTemporalFailureInput {
  readonly error: unknown;
  /** Which attempt this was, from 1. */
  readonly attempt: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * The one place where an error of an activity becomes Temporal's: the category is the failure's
 * `type`, the vendor's wish the delay of the next attempt, and a no for good is not retried.
 * `details` holds where a person has to look: `{record, field}` or null.
 */
export function toTemporalFailure({ error, attempt, random }: ToTemporalFailureInput): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (isConnectorError(error))
    return fromConnectorError({ error: error.detail, cause: error, random });
  if (isDatabaseAway(error)) {
    return ApplicationFailure.create({
      type: ownFailureTypes.databaseAway,
      message: "The database does not take work now.",
      ...(error instanceof Error ? { cause: error } : {}),
    });
  }
  return ApplicationFailure.create({
    type: ownFailureTypes.unexpected,
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    nonRetryable: attempt >= unexpectedAttemptsMax,
    ...(error instanceof Error ? { cause: error } : {}),
  });
}

function fromConnectorError({
  error,
  cause,
  random,
}: {
  readonly error: ConnectorErrorDetail;
  readonly cause: Error;
  readonly random: () => number;
}): ApplicationFailure {
  const retry = retryByCategory[error.category];
  const delayMs = error.retryAfterMs ?? (retry === "with-jitter" ? 200 + random() * 1_800 : null);
  return ApplicationFailure.create({
    type: error.category,
    message: error.message,
    nonRetryable: retry === "never",
    details: [error.where],
    cause,
    ...(retry === "never" || delayMs === null ? {} : { nextRetryDelay: Math.ceil(delayMs) }),
  });
}
