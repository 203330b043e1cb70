/**
 * The twelve ways the outside world says no. What each means for a retry is decided once, in
 * `toTemporalFailure` of the activities; a connector only classifies, by the vendor's own code
 * rather than by HTTP status (a 403 can be a quota, a 400 a success, a 200 an error).
 */
export type ConnectorErrorCategory =
  | "auth_expired"
  | "auth_invalid"
  | "permission"
  | "config"
  | "validation"
  | "not_found"
  | "conflict_stale"
  | "conflict_locked"
  | "duplicate"
  | "rate_limited"
  | "quota_exhausted"
  | "transient"
  | "outcome_unknown"
  | "schema_drift";

/** Categories that no retry clears: someone has to renew credentials, rights or configuration. */
export function needsOperator(category: ConnectorErrorCategory): boolean {
  return category === "auth_invalid" || category === "permission" || category === "config";
}

export interface ConnectorErrorDetail {
  readonly category: ConnectorErrorCategory;
  /** What was expected, what came, and what to do; safe to show to an operator, free of secrets. */
  readonly message: string;
  /** The vendor's own code, such as `FIELD_CUSTOM_VALIDATION_EXCEPTION`. */
  readonly vendorCode: string | null;
  /** The vendor's request id, for their support. */
  readonly vendorRequestId: string | null;
  /** When to try again, if the vendor said so. Milliseconds from now. */
  readonly retryAfterMs: number | null;
  /** The remote record and field a person has to change, when the vendor named them. */
  readonly where: { readonly record: string; readonly field: string } | null;
}

const marker = Symbol.for("usher.connector-error");

/**
 * An expected failure of a remote system. Recognized by a marker rather than by class, because
 * two copies of this package may meet in one process.
 */
export class ConnectorError extends Error {
  override readonly name = "ConnectorError";
  readonly detail: ConnectorErrorDetail;
  readonly [marker] = true;

  constructor(detail: ConnectorErrorDetail, options?: { readonly cause?: unknown }) {
    super(detail.message, options);
    this.detail = detail;
  }
}

export function isConnectorError(error: unknown): error is ConnectorError {
  return typeof error === "object" && error !== null && marker in error;
}
