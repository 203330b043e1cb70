import type { ConfigCombination, ConfigValue, FailPolicy, FeatureKey } from "../catalog/feature.ts";
import type { GeoRule, ResetPeriod } from "../catalog/offering.ts";
import type { Instant, Interval } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import type { Entitlement } from "./entitlement.ts";

/** Where a right stands at an instant, independent of any amount. `absent`: there never was one. */
export type EntitlementStanding = "active" | "in_grace" | "not_yet_active" | "expired" | "absent";

/** One source's share of an effective entitlement. */
export interface BreakdownEntry {
  readonly entitlement: Entitlement;
  readonly inGrace: boolean;
}

/** The fold of all entitlements of one customer for one feature at one instant. */
export interface EffectiveEntitlement {
  readonly feature: FeatureKey;
  readonly kind: "boolean" | "config" | "metered" | "seat";
  readonly at: Instant;
  /** True when at least one source is inside its term or its grace. */
  readonly isActive: boolean;
  /** True when every source that is left is in its grace. */
  readonly inGrace: boolean;
  readonly standing: EntitlementStanding;
  /** Metered and seat: the sum of the sources. Boolean and config: `unlimited` while active. */
  readonly limit: Limit;
  readonly value: ConfigValue | null;
  readonly combine: ConfigCombination | null;
  readonly enforcement: "soft" | "hard";
  readonly reset: ResetPeriod;
  /** The usage period that `at` lies in, whose usage counts against `limit`; null unless metered and active. */
  readonly period: Interval | null;
  /** The most that may be carried into a period. */
  readonly rollover: Limit;
  /** The earliest instant at which this answer may change by itself; null: never. */
  readonly validUntil: Instant | null;
  /** As `validUntil`, but blind to resets that only set the usage back to zero. */
  readonly rightsChangeAt: Instant | null;
  readonly failPolicy: FailPolicy;
  /** Every distinct rule of a source. Each binds its own source only. */
  readonly geo: readonly GeoRule[];
  /** The sources inside their term or grace, oldest first. */
  readonly breakdown: readonly BreakdownEntry[];
}
