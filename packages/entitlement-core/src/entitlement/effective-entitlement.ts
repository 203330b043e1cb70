import type { Feature } from "../catalog/feature.ts";
import type { GeoRule } from "../catalog/offering.ts";
import type { Instant } from "../kernel/instant.ts";
import { earlierEnd } from "../kernel/interval.ts";
import { usagePeriodAt } from "../usage/usage-period.ts";
import type {
  BreakdownEntry,
  EffectiveEntitlement,
  EntitlementStanding,
} from "./effective-entitlement-shape.ts";
import type { Entitlement } from "./entitlement.ts";
import { foldSources, meteredSources } from "./fold-sources.ts";
import { countsAt, isInGrace, nextChange, type Span, spansOf } from "./span.ts";
import { nextAddition, type UsageWindow, usageWindow } from "./usage-window.ts";

/**
 * What one customer may use of one feature at one instant, past or future: the pure fold of its
 * entitlements. Give every entitlement of the customer, ended ones too: they tell `expired` from
 * `absent`. Those of other features, and those sold when the feature was of another kind, are
 * passed over.
 */
export function effectiveEntitlement({
  entitlements,
  feature,
  at,
  periodAt = usagePeriodAt,
}: {
  readonly entitlements: readonly Entitlement[];
  readonly feature: Feature;
  readonly at: Instant;
  /** Set by callers that ask about many customers and remember periods. */
  readonly periodAt?: typeof usagePeriodAt;
}): EffectiveEntitlement {
  const ofFeature = entitlements.filter((one) => one.feature === feature.key);
  const spans = spansOf(ofFeature).filter((span) => span.entitlement.value.kind === feature.kind);
  const breakdown = breakdownAt(spans, at);

  const window = windowOf(breakdown, at, periodAt);
  const combine = feature.kind === "config" ? feature.combine : null;
  const change = nextChange(spans, at);
  const addition = window === null ? null : nextAddition(meteredSources(breakdown), window, at);
  const rightsChangeAt = earlierEnd(change, addition);

  return {
    feature: feature.key,
    kind: feature.kind,
    at,
    isActive: breakdown.length > 0,
    inGrace: breakdown.length > 0 && breakdown.every((entry) => entry.inGrace),
    standing: standingAt({ spans, sources: breakdown, at }),
    combine,
    reset: window?.reset ?? "never",
    period: window?.period ?? null,
    validUntil: earlierEnd(rightsChangeAt, window?.period.to ?? null),
    rightsChangeAt,
    failPolicy: feature.failPolicy,
    geo: distinctGeo(breakdown),
    breakdown,
    ...foldSources({ kind: feature.kind, combine, sources: breakdown, window, at }),
  };
}

function windowOf(
  breakdown: readonly BreakdownEntry[],
  at: Instant,
  periodAt: typeof usagePeriodAt,
): UsageWindow | null {
  const [first, ...rest] = meteredSources(breakdown);
  return first === undefined ? null : usageWindow([first, ...rest], at, periodAt);
}

/** The sources that count at `at`, oldest first. */
export function breakdownAt(spans: readonly Span[], at: Instant): readonly BreakdownEntry[] {
  return spans
    .filter((span) => countsAt(span, at))
    .map((span) => ({ entitlement: span.entitlement, inGrace: isInGrace(span, at) }));
}

/** A coming start outweighs a past end: it tells the reader what to wait for. */
export function standingAt({
  spans,
  sources,
  at,
}: {
  readonly spans: readonly Span[];
  /** Those of `spans` that count at `at`. */
  readonly sources: readonly BreakdownEntry[];
  readonly at: Instant;
}): EntitlementStanding {
  if (sources.length > 0) return sources.every((entry) => entry.inGrace) ? "in_grace" : "active";
  if (spans.some((span) => span.from > at)) return "not_yet_active";
  return spans.length > 0 ? "expired" : "absent";
}

function distinctGeo(breakdown: readonly BreakdownEntry[]): readonly GeoRule[] {
  const rules = new Map<string, GeoRule>();
  for (const { entitlement } of breakdown) {
    if (entitlement.geo !== null) rules.set(JSON.stringify(entitlement.geo), entitlement.geo);
  }
  return [...rules.values()];
}
