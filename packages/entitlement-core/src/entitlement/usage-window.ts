import type { ResetPeriod } from "../catalog/offering.ts";
import type { Instant, Interval, TimeZone } from "../kernel/instant.ts";
import { earlierEnd } from "../kernel/interval.ts";
import type { Limit } from "../kernel/limit.ts";
import { periodsBegun, type ResetAnchor, usagePeriodAt } from "../usage/usage-period.ts";
import type { Entitlement, MeteredValue } from "./entitlement.ts";

/** The stretch of time over which a metered feature's usage counts, for all its sources together. */
export interface UsageWindow {
  readonly reset: ResetPeriod;
  readonly period: Interval;
}

export interface MeteredSource {
  readonly entitlement: Entitlement;
  readonly value: MeteredValue;
}

const lengthOrder: readonly ResetPeriod[] = ["day", "week", "month", "year", "never"];

/**
 * Sources that reset alike share one window, counted from the oldest anchor. Where they reset
 * differently, the longest stretch is the window, and `limitInWindow` counts the others once for
 * each of their periods begun in it: a monthly 1,000 beside a pack of 5,000 is 5,000 + 1,000 for
 * every month begun, so no source is granted more often than it was sold.
 */
export function usageWindow(
  sources: readonly [MeteredSource, ...MeteredSource[]],
  at: Instant,
  periodAt: typeof usagePeriodAt,
): UsageWindow {
  const reset = sources
    .map(({ value }) => value.reset)
    .reduce((one, other) => (lengthOrder.indexOf(other) > lengthOrder.indexOf(one) ? other : one));
  const anchor = sources
    .filter(({ value }) => value.reset === reset)
    .map(anchorOf)
    .reduce((one, other) => (isBefore(other, one) ? other : one));
  return { reset, period: periodAt({ anchor, reset, at }) };
}

/** The source's limit over the whole window, as far as it has come by `at`. */
export function limitInWindow(source: MeteredSource, window: UsageWindow, at: Instant): Limit {
  const { limit, reset } = source.value;
  if (limit.kind !== "limited" || reset === window.reset) return limit;
  const anchor = anchorOf(source);
  const since = Math.max(window.period.from, anchor.at) as Instant;
  const amount = limit.amount * periodsBegun({ anchor, reset, since, at });
  return { kind: "limited", amount: Math.min(amount, Number.MAX_SAFE_INTEGER) };
}

/** The next instant at which a source that resets more often than the window adds to the limit. */
export function nextAddition(
  sources: readonly MeteredSource[],
  window: UsageWindow,
  at: Instant,
): Instant | null {
  return sources
    .filter(({ value }) => value.reset !== window.reset)
    .map((source) => usagePeriodAt({ anchor: anchorOf(source), reset: source.value.reset, at }).to)
    .reduce(earlierEnd, null);
}

/** Never later than the right's own start, so that every instant of the right lies in some period. */
function anchorOf({ entitlement, value }: MeteredSource): ResetAnchor {
  const { anchor } = value;
  if (anchor === undefined) return { at: entitlement.activeFrom, timeZone: "UTC" as TimeZone };
  return anchor.at <= entitlement.activeFrom ? anchor : { ...anchor, at: entitlement.activeFrom };
}

function isBefore(one: ResetAnchor, other: ResetAnchor): boolean {
  return one.at === other.at ? one.timeZone < other.timeZone : one.at < other.at;
}
