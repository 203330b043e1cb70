import type { ConnectorErrorDetail } from "@usher/connector-sdk/spec";

/**
 * How long to leave a connection alone after a failure that is about the connection and not about
 * one record; null when it is about the record.
 */
export function pauseAfterMs(failure: ConnectorErrorDetail): number | null {
  switch (failure.category) {
    case "rate_limited":
      return failure.retryAfterMs ?? 5_000;
    case "quota_exhausted":
      return failure.retryAfterMs ?? 15 * 60_000;
    case "transient":
    case "outcome_unknown":
    case "conflict_locked":
    case "conflict_stale":
      return failure.retryAfterMs ?? 2_000;
    case "auth_expired":
    case "auth_invalid":
    case "permission":
    case "config":
      return failure.retryAfterMs ?? 30_000;
    case "validation":
    case "not_found":
    case "duplicate":
    case "schema_drift":
      return null;
  }
}
