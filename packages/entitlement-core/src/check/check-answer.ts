import type { ConfigValue } from "../catalog/feature.ts";
import type {
  BreakdownEntry,
  EntitlementStanding,
} from "../entitlement/effective-entitlement-shape.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";

export type { EntitlementStanding } from "../entitlement/effective-entitlement-shape.ts";

/**
 * Every reason a check can give, in the order in which they are looked for after the allowed ones:
 * a check gives the first that holds. Fixed and documented (docs/reference/check-reasons.md):
 * products switch on it.
 */
export const checkReasons = [
  "allowed",
  "allowed_in_grace",
  "allowed_in_overage",
  "unknown_customer",
  "unknown_feature",
  "no_entitlement",
  "not_yet_active",
  "expired",
  "country_required",
  "country_not_allowed",
  "limit_reached",
] as const;

export type CheckReason = (typeof checkReasons)[number];

/** The decision, before the edge adds how fresh it is (`as_of`, `lag_ms`, `source`). */
export interface CheckAnswer {
  readonly allowed: boolean;
  readonly reason: CheckReason;
  readonly state: EntitlementStanding;
  /** The sum of the sources usable in the country, with what was carried into the period. */
  readonly limit: Limit;
  /** What a `config` feature is set to; null elsewhere and on every no. */
  readonly value: ConfigValue | null;
  /** Units used so far in the period, or seats taken; 0 where nothing is counted. */
  readonly usage: number;
  /** What is left before the amount asked for is taken. */
  readonly remaining: Limit;
  /** Units used so far beyond the limit. */
  readonly overage: number;
  /** True when use so far, or the amount allowed by this answer, lies beyond the limit. */
  readonly inOverage: boolean;
  /** When the usage starts anew; null: never. */
  readonly resetAt: Instant | null;
  /** The earliest instant at which this answer may change by itself; null: never. */
  readonly validUntil: Instant | null;
  /** The sources this answer rests on: those that count, or on a country's no those that refuse. */
  readonly breakdown: readonly BreakdownEntry[];
}
