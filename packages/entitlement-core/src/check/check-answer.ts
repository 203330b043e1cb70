import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import type { BreakdownEntry } from "../entitlement/effective-entitlement-shape.ts";

/** Every reason a check can give. Fixed and documented: products switch on it. */
export const checkReasons = [
  "allowed",
  "allowed_in_grace",
  "allowed_in_overage",
  "unknown_customer",
  "unknown_feature",
  "no_entitlement",
  "not_yet_active",
  "expired",
  "limit_reached",
  "country_not_allowed",
  "country_required",
] as const;

export type CheckReason = (typeof checkReasons)[number];

/** Where the right stands, independent of the amount asked. */
export type EntitlementStanding = "active" | "in_grace" | "not_yet_active" | "expired" | "absent";

/** The decision, before the edge adds how fresh it is (`as_of`, `lag_ms`, `source`). */
export interface CheckAnswer {
  readonly allowed: boolean;
  readonly reason: CheckReason;
  readonly state: EntitlementStanding;
  readonly limit: Limit;
  readonly usage: number;
  readonly remaining: Limit;
  readonly overage: number;
  readonly inOverage: boolean;
  readonly resetAt: Instant | null;
  readonly validUntil: Instant | null;
  readonly breakdown: readonly BreakdownEntry[];
}
