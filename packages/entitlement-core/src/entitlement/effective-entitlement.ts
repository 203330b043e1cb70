import type { Feature } from "../catalog/feature.ts";
import type { GeoRule } from "../catalog/offering.ts";
import type { Instant } from "../kernel/instant.ts";
import { earlierEnd } from "../kernel/interval.ts";
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
}: {
  readonly entitlements: readonly Entitlement[];
  readonly feature: Feature;
  readonly at: Instant;
}): EffectiveEntitlement {
  const ofFeature = entitlements.filter((one) => one.feature === feature.key);
  const spans = spansOf(ofFeature).filter((span) => span.entitlement.value.kind === feature.kind);
  const breakdown = spans
    .filter((span) => countsAt(span, at))
    .map((span) => ({ entitlement: span.entitlement, inGrace: isInGrace(span, at) }));

  const window = windowOf(breakdown, at);
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
    standing: standingOf(spans, breakdown, at),
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

function windowOf(breakdown: readonly BreakdownEntry[], at: Instant): UsageWindow | null {
  const [first, ...rest] = meteredSources(breakdown);
  return first === undefined ? null : usageWindow([first, ...rest], at);
}

/** A coming start outweighs a past end: it tells the reader what to wait for. */
function standingOf(
  spans: readonly Span[],
  breakdown: readonly BreakdownEntry[],
  at: Instant,
): EntitlementStanding {
  if (breakdown.length > 0) {
    return breakdown.every((entry) => entry.inGrace) ? "in_grace" : "active";
  }
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
