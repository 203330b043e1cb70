import type { Feature } from "../catalog/feature.ts";
import type { Instant, Interval } from "../kernel/instant.ts";
import { sumLimits } from "../kernel/limit.ts";
import { carryOver, type EndedPeriod } from "../usage/rollover.ts";
import type { usagePeriodAt } from "../usage/usage-period.ts";
import { effectiveEntitlement } from "./effective-entitlement.ts";
import type { EffectiveEntitlement } from "./effective-entitlement-shape.ts";
import type { Entitlement, EntitlementValue } from "./entitlement.ts";
import { meteredSources } from "./fold-sources.ts";
import { limitInWindow } from "./usage-window.ts";

/**
 * How many ended periods are looked back upon: more than a year of days. What only older ones could
 * tell is not carried, which is the side that never grants too much.
 */
const periodsLookedBackMax = 400;

/** One link of the chain that ends where the period asked about starts. */
export interface CarryingPeriod extends EndedPeriod {
  readonly period: { readonly from: Instant; readonly to: Instant };
}

/** True when something may ever be carried between usage periods of the feature. */
export function hasRollover(entitlements: readonly Entitlement[], feature: Feature): boolean {
  return entitlements.some(({ feature: key, value }) => key === feature.key && rollsOver(value));
}

/**
 * The usage periods before `into` from which something may reach it, the last first. Each is as it
 * stood at its last instant: what was bought in it counts, what ended with it too. The chain breaks
 * where no source with rollover counted, and where the grid of resets was another one: what was
 * used there cannot be told apart by periods that overlap.
 *
 * Lazy: a chain that is full at its first link costs one fold.
 */
export function* periodsBefore({
  entitlements,
  feature,
  into,
  periodAt,
}: {
  /** All of the customer, ended ones included. */
  readonly entitlements: readonly Entitlement[];
  readonly feature: Feature;
  readonly into: Interval;
  readonly periodAt?: typeof usagePeriodAt;
}): Generator<CarryingPeriod> {
  let to = into.from;
  for (let looked = 0; looked < periodsLookedBackMax; looked += 1) {
    const effective = effectiveEntitlement({
      entitlements,
      feature,
      at: (to - 1) as Instant,
      ...(periodAt === undefined ? {} : { periodAt }),
    });
    const { period, limit, rollover } = effective;
    if (period?.to !== to || rollover.kind === "none") return;
    yield {
      period: { from: period.from, to },
      limit,
      lapsing: lapsingOf(effective, period),
      max: rollover,
    };
    to = period.from;
  }
}

/**
 * What is carried over the chain of `periodsBefore`, given what was used in each. A period that
 * fills the maximum by its own allowance ends the search: nothing before it can change the sum.
 */
export function carriedInto({
  periods,
  usedIn,
}: {
  readonly periods: Iterable<CarryingPeriod>;
  readonly usedIn: (period: CarryingPeriod["period"]) => number;
}): number {
  const chain: (CarryingPeriod & { readonly used: number })[] = [];
  let carried = 0;
  for (const ended of periods) {
    const used = usedIn(ended.period);
    const alone = carryOver({ ...ended, carried: 0, used });
    if (ended.max.kind === "limited" && alone === ended.max.amount) {
      carried = alone;
      break;
    }
    chain.push({ ...ended, used });
  }
  return chain.reduceRight((into, ended) => carryOver({ ...ended, carried: into }), carried);
}

function rollsOver(value: EntitlementValue): boolean {
  return value.kind === "metered" && value.rollover !== null && value.rollover.max.kind !== "none";
}

function lapsingOf({ breakdown, reset, at }: EffectiveEntitlement, period: Interval): number {
  const lapsing = meteredSources(breakdown)
    .filter(({ value }) => !rollsOver(value))
    .map((source) => limitInWindow(source, { reset, period }, at));
  const sum = sumLimits(lapsing);
  return sum.kind === "limited" ? sum.amount : 0;
}
