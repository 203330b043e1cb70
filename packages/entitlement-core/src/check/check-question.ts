import type { FeatureKey } from "../catalog/feature.ts";
import type { CustomerId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";

/** Not to be changed while an answer's breakdown is still to be read. */
export interface CheckQuestion {
  readonly customer: CustomerId;
  readonly feature: FeatureKey;
  /** Units or seats wanted: a safe integer of at least 0. */
  readonly amount: number;
  /** ISO 3166-1 alpha-2, upper case; null when not known. */
  readonly country: string | null;
  /**
   * Any instant. Rights are known for all of them, usage for the period last told only: what was
   * used in an earlier one is asked of the database.
   */
  readonly at: Instant;
}
