import type { ConnectorErrorCategory } from "../spec/connector-error.ts";

/**
 * What a status alone says, for answers whose vendor code is missing or unknown. An unknown 4xx is
 * not worth repeating. A 5xx on a write may have been carried out: only 503 says that it was not.
 */
export function categoryOfStatus(input: {
  readonly status: number;
  readonly isWrite: boolean;
}): ConnectorErrorCategory {
  const { status, isWrite } = input;
  switch (status) {
    case 401:
      return "auth_expired";
    case 403:
      return "permission";
    case 404:
    case 410:
      return "not_found";
    case 408:
    case 504:
      return isWrite ? "outcome_unknown" : "transient";
    case 409:
      return "conflict_locked";
    case 412:
    case 428:
      return "conflict_stale";
    case 425:
    case 503:
      return "transient";
    case 429:
      return "rate_limited";
    default:
      if (status >= 500) return isWrite ? "outcome_unknown" : "transient";
      return status >= 400 ? "validation" : "schema_drift";
  }
}
