import type { ConfigValue, Feature } from "../../catalog/feature.ts";
import type { GeoRule } from "../../catalog/offering.ts";
import type { BreakdownEntry } from "../../entitlement/effective-entitlement-shape.ts";
import { foldSources, meteredSources } from "../../entitlement/fold-sources.ts";
import type { Instant } from "../../kernel/instant.ts";
import type { Limit } from "../../kernel/limit.ts";

/**
 * What the sources of one feature amount to, without anything that differs between customers who
 * bought the same: a table of a million rights has some hundred of these, and they stay in cache.
 */
export interface Payload {
  /** Usage counts against the limit. */
  readonly isCounted: boolean;
  readonly isMetered: boolean;
  /** Use beyond the limit is allowed. */
  readonly isSoft: boolean;
  readonly limit: Limit;
  /** The limit as a number: `unlimited` is Infinity, `none` is -1. */
  readonly amount: number;
  /** The most that may be carried into a period; `unlimited` is Infinity, `none` is 0. */
  readonly rolloverMax: number;
  readonly value: ConfigValue | null;
  /** The one source's rule. */
  readonly geo: GeoRule | null;
  /**
   * The answer depends on more than this: sources bound to different countries, or resetting at
   * different paces. It is then worked out from the entitlements themselves.
   */
  readonly needsFold: boolean;
}

/** Needs at least one source, all of the feature's kind. */
export function payloadOf(sources: readonly BreakdownEntry[], feature: Feature): Payload {
  const fold = foldSources({
    kind: feature.kind,
    combine: feature.kind === "config" ? feature.combine : null,
    sources,
    window: null,
    at: 0 as Instant,
  });
  const paces = new Set(meteredSources(sources).map(({ value }) => value.reset));
  const isBound = sources.some(({ entitlement }) => entitlement.geo !== null);
  return {
    isCounted: feature.kind === "metered" || feature.kind === "seat",
    isMetered: feature.kind === "metered",
    isSoft: fold.enforcement === "soft" && fold.limit.kind !== "none",
    limit: fold.limit,
    amount: toNumber(fold.limit, -1),
    rolloverMax: toNumber(fold.rollover, 0),
    value: fold.value,
    geo: sources[0]?.entitlement.geo ?? null,
    needsFold: paces.size > 1 || (isBound && sources.length > 1),
  };
}

export function payloadKey(payload: Payload): string {
  const { amount, rolloverMax, ...rest } = payload;
  return JSON.stringify([rest, String(rolloverMax)]);
}

function toNumber(limit: Limit, none: number): number {
  switch (limit.kind) {
    case "none":
      return none;
    case "limited":
      return limit.amount;
    case "unlimited":
      return Number.POSITIVE_INFINITY;
  }
}
