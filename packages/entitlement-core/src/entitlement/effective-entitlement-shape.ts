import type { ConfigCombination, ConfigValue, FailPolicy, FeatureKey } from "../catalog/feature.ts";
import type { GeoRule, ResetPeriod } from "../catalog/offering.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import type { Entitlement } from "./entitlement.ts";

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
  readonly inGrace: boolean;
  readonly limit: Limit;
  readonly value: ConfigValue | null;
  readonly combine: ConfigCombination | null;
  readonly enforcement: "soft" | "hard";
  readonly reset: ResetPeriod;
  /** The earliest instant at which this answer may change by itself; null: never. */
  readonly validUntil: Instant | null;
  readonly failPolicy: FailPolicy;
  readonly geo: readonly GeoRule[];
  readonly breakdown: readonly BreakdownEntry[];
}
