import type { ConfigCombination, ConfigValue } from "../catalog/feature.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Limit, noLimit, sumLimits, unlimited } from "../kernel/limit.ts";
import { combineConfig } from "./combine-config.ts";
import type { BreakdownEntry } from "./effective-entitlement-shape.ts";
import { limitInWindow, type MeteredSource, type UsageWindow } from "./usage-window.ts";

/** What several sources of one feature amount to together. */
export interface SourceFold {
  readonly limit: Limit;
  readonly value: ConfigValue | null;
  readonly enforcement: "soft" | "hard";
  readonly rollover: Limit;
}

const nothing: SourceFold = { limit: noLimit, value: null, enforcement: "hard", rollover: noLimit };

/**
 * Combines the sources that count at `at`. Adding a source never takes away: boolean is any,
 * metered and seat add up, and one soft source makes the sum soft, because its seller agreed to
 * overage and another purchase must not withdraw that. Only a `min` config rule may narrow.
 */
export function foldSources({
  kind,
  combine,
  sources,
  window,
  at,
}: {
  readonly kind: "boolean" | "config" | "metered" | "seat";
  readonly combine: ConfigCombination | null;
  readonly sources: readonly BreakdownEntry[];
  /** Needed for `metered`, ignored elsewhere. */
  readonly window: UsageWindow | null;
  readonly at: Instant;
}): SourceFold {
  if (sources.length === 0) return nothing;
  switch (kind) {
    case "boolean":
      return { ...nothing, limit: unlimited };
    case "config":
      return { ...nothing, limit: unlimited, value: foldConfig(sources, combine ?? "latest") };
    case "seat":
      return { ...nothing, limit: sumLimits(seatLimits(sources)), enforcement: softest(sources) };
    case "metered": {
      const metered = meteredSources(sources);
      return {
        limit: sumLimits(
          metered.map((one) =>
            window === null ? one.value.limit : limitInWindow(one, window, at),
          ),
        ),
        value: null,
        enforcement: softest(sources),
        rollover: sumLimits(metered.map(({ value }) => value.rollover?.max ?? noLimit)),
      };
    }
  }
}

/** The metered ones among `sources`, with their value at hand. */
export function meteredSources(sources: readonly BreakdownEntry[]): readonly MeteredSource[] {
  return sources.flatMap(({ entitlement }) =>
    entitlement.value.kind === "metered" ? [{ entitlement, value: entitlement.value }] : [],
  );
}

function foldConfig(
  sources: readonly BreakdownEntry[],
  combine: ConfigCombination,
): ConfigValue | null {
  const [first, ...rest] = sources.flatMap(({ entitlement: { value } }) =>
    value.kind === "config" ? [value.value] : [],
  );
  return first === undefined ? null : combineConfig([first, ...rest], combine);
}

function seatLimits(sources: readonly BreakdownEntry[]): readonly Limit[] {
  return sources.flatMap(({ entitlement: { value } }) =>
    value.kind === "seat" ? [value.limit] : [],
  );
}

/** A source whose limit is `none` grants nothing, so its softness grants no overage either. */
function softest(sources: readonly BreakdownEntry[]): "soft" | "hard" {
  const isSoft = sources.some(
    ({ entitlement: { value } }) =>
      (value.kind === "metered" || value.kind === "seat") &&
      value.enforcement === "soft" &&
      value.limit.kind !== "none",
  );
  return isSoft ? "soft" : "hard";
}
