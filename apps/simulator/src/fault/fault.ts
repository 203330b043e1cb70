import type { Row } from "../store/table.ts";
import type { Vendor } from "../vendor.ts";

/**
 * What can go wrong on request, and when:
 * - `slow`: the answer waits `delayMs`, then goes on as if nothing had been.
 * - `down`: the connection is reset before anything happened.
 * - `too_many_requests`, `server_error`, `unauthorized`, `html_body`: refused before anything happened.
 * - `server_error_stored` (Stripe): nothing happened, and the 500 is kept under the idempotency key.
 * - `reset_before_commit`: as `down`; `reset_after_commit`, `server_error_after_commit` and
 *   `truncated_body`: the change is made, and the caller does not learn it.
 * - `refuse_write`: a validation rule of the org, with its message; `lock`: another transaction
 *   holds the record. In a collection they hit single records.
 */
export const FAULT_KINDS = [
  "slow",
  "down",
  "too_many_requests",
  "server_error",
  "server_error_stored",
  "server_error_after_commit",
  "unauthorized",
  "html_body",
  "reset_before_commit",
  "reset_after_commit",
  "truncated_body",
  "refuse_write",
  "lock",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault extends Row {
  readonly vendor: Vendor;
  readonly kind: FaultKind;
  /** Name of the operation, `*` standing for any text: `subscriptions.create`, `sobject.*`, `*`. */
  readonly operation: string;
  /** Salesforce: only records of this object, and only this record. Null: any. */
  readonly object: string | null;
  readonly recordId: string | null;
  /** How often it still strikes; null until it is taken away. */
  readonly remaining: number | null;
  /** How often it struck. */
  readonly hits: number;
  readonly message: string | null;
  readonly delayMs: number;
  readonly status: number;
  readonly retryAfterSeconds: number | null;
}
