import { Temporal as T } from "temporal-polyfill";
import type { ResetPeriod } from "../catalog/offering.ts";
import type { Instant, Interval, TimeZone } from "../kernel/instant.ts";

/**
 * Where usage periods are counted from. It is the start of the term that was sold and is handed on
 * to successors: an upgrade in mid-month does not start a fresh month.
 */
export interface ResetAnchor {
  readonly at: Instant;
  readonly timeZone: TimeZone;
}

interface PeriodQuestion {
  readonly anchor: ResetAnchor;
  readonly reset: ResetPeriod;
  readonly at: Instant;
}

/**
 * The usage period that `at` lies in: from one reset to the next, by the calendar of the anchor's
 * zone. Each reset is counted from the anchor, not from the reset before it, so an anchor on the
 * 31st resets on 28 February and then on 31 March. The grid reaches back before the anchor too.
 * `never` is one period from the anchor on.
 */
export function usagePeriodAt({ anchor, reset, at }: PeriodQuestion): Interval {
  if (reset === "never") return { from: Math.min(anchor.at, at) as Instant, to: null };
  const grid = resetGrid(anchor, reset);
  const index = grid.indexAt(at);
  return { from: grid.boundary(index), to: grid.boundary(index + 1) };
}

/** How many usage periods have begun by `at`, counted from the one that `since` lies in; at least 1. */
export function periodsBegun({
  anchor,
  reset,
  since,
  at,
}: PeriodQuestion & { readonly since: Instant }): number {
  if (reset === "never" || at <= since) return 1;
  const grid = resetGrid(anchor, reset);
  return grid.indexAt(at) - grid.indexAt(since) + 1;
}

interface ResetGrid {
  boundary(index: number): Instant;
  indexAt(at: Instant): number;
}

function resetGrid(anchor: ResetAnchor, reset: Exclude<ResetPeriod, "never">): ResetGrid {
  const start = T.Instant.fromEpochMilliseconds(anchor.at).toZonedDateTimeISO(anchor.timeZone);
  const firstDay = start.toPlainDate();
  // A term starts with its day, which is 01:00 where clocks change at midnight: the next resets
  // are at the start of their day as well, not at 01:00.
  const time = start.equals(start.startOfDay()) ? undefined : start.toPlainTime();

  const boundary = (index: number): Instant => {
    const day = firstDay.add(stretch(reset, index));
    const local =
      time === undefined
        ? { timeZone: anchor.timeZone }
        : { timeZone: anchor.timeZone, plainTime: time };
    return day.toZonedDateTime(local).epochMilliseconds as Instant;
  };

  const indexAt = (at: Instant): number => {
    const day = T.Instant.fromEpochMilliseconds(at)
      .toZonedDateTimeISO(anchor.timeZone)
      .toPlainDate();
    // The estimate is off by one at most on either side; the loops end where the interval holds `at`.
    let index = estimate(reset, firstDay, day);
    while (boundary(index) > at) index -= 1;
    while (boundary(index + 1) <= at) index += 1;
    return index;
  };

  return { boundary, indexAt };
}

function stretch(reset: Exclude<ResetPeriod, "never">, count: number): T.DurationLike {
  switch (reset) {
    case "day":
      return { days: count };
    case "week":
      return { weeks: count };
    case "month":
      return { months: count };
    case "year":
      return { years: count };
  }
}

function estimate(
  reset: Exclude<ResetPeriod, "never">,
  from: T.PlainDate,
  to: T.PlainDate,
): number {
  switch (reset) {
    case "day":
      return daysBetween(from, to);
    case "week":
      return Math.floor(daysBetween(from, to) / 7);
    case "month":
      return (to.year - from.year) * 12 + (to.month - from.month);
    case "year":
      return to.year - from.year;
  }
}

function daysBetween(from: T.PlainDate, to: T.PlainDate): number {
  return from.until(to, { largestUnit: "days" }).days;
}
