import { Temporal as T } from "temporal-polyfill";
import type { ResetPeriod } from "../catalog/offering.ts";
import type { Instant, Interval, TimeZone } from "../kernel/instant.ts";
import { calendarDay, dayNumber } from "./calendar-day.ts";

/**
 * Where usage periods are counted from. It is the start of the term that was sold and is handed on
 * to successors: an upgrade in mid-month does not start a fresh month.
 */
export interface ResetAnchor {
  readonly at: Instant;
  readonly timeZone: TimeZone;
}

const dayMs = 86_400_000;

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
  const { from, to } = resetGrid(anchor, reset).periodAt(at);
  return { from, to };
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
  return grid.periodAt(at).index - grid.periodAt(since).index + 1;
}

type Stretch = Exclude<ResetPeriod, "never">;

interface ResetGrid {
  periodAt(at: Instant): { readonly from: Instant; readonly to: Instant; readonly index: number };
}

function resetGrid(anchor: ResetAnchor, reset: Stretch): ResetGrid {
  const clock = localClock(anchor);
  const first = clock.dayOf(anchor.at);
  const boundary = (index: number): Instant => clock.resetOn(addStretch(first, reset, index));
  return {
    periodAt(at) {
      // The estimate is off by one at most on either side; the loops end where the period holds `at`.
      let index = estimate(reset, first, clock.dayOf(at));
      let from = boundary(index);
      while (from > at) {
        index -= 1;
        from = boundary(index);
      }
      let to = boundary(index + 1);
      while (to <= at) {
        index += 1;
        from = to;
        to = boundary(index + 1);
      }
      return { from, to, index };
    },
  };
}

/** The two questions that take a time zone. Days are counted from 1970-01-01. */
interface LocalClock {
  dayOf(at: Instant): number;
  /** The instant of a reset on that day. */
  resetOn(day: number): Instant;
}

function localClock({ at, timeZone }: ResetAnchor): LocalClock {
  if (timeZone === "UTC") {
    const time = at - Math.floor(at / dayMs) * dayMs;
    return {
      dayOf: (instant) => Math.floor(instant / dayMs),
      resetOn: (day) => (day * dayMs + time) as Instant,
    };
  }
  const start = T.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  // A term starts with its day, which is 01:00 where clocks change at midnight: the next resets
  // are at the start of their day as well, not at 01:00.
  const local = start.equals(start.startOfDay())
    ? { timeZone }
    : { timeZone, plainTime: start.toPlainTime() };
  return {
    dayOf(instant) {
      const { year, month, day } =
        T.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
      return dayNumber({ year, month, day });
    },
    resetOn(number) {
      const { year, month, day } = calendarDay(number);
      return new T.PlainDate(year, month, day).toZonedDateTime(local).epochMilliseconds as Instant;
    },
  };
}

function addStretch(first: number, reset: Stretch, count: number): number {
  switch (reset) {
    case "day":
      return first + count;
    case "week":
      return first + count * 7;
    case "month":
      return addMonths(first, count);
    case "year":
      return addMonths(first, count * 12);
  }
}

function estimate(reset: Stretch, first: number, day: number): number {
  switch (reset) {
    case "day":
      return day - first;
    case "week":
      return Math.floor((day - first) / 7);
    case "month":
      return monthNumber(day) - monthNumber(first);
    case "year":
      return Math.floor((monthNumber(day) - monthNumber(first)) / 12);
  }
}

/** A day that the target month lacks is its last one. */
function addMonths(first: number, months: number): number {
  const { year, month, day } = calendarDay(first);
  const index = year * 12 + month - 1 + months;
  const target = { year: Math.floor(index / 12), month: index - Math.floor(index / 12) * 12 + 1 };
  const next = index + 1;
  const end = dayNumber({
    year: Math.floor(next / 12),
    month: next - Math.floor(next / 12) * 12 + 1,
    day: 1,
  });
  return Math.min(dayNumber({ ...target, day }), end - 1);
}

function monthNumber(number: number): number {
  const { year, month } = calendarDay(number);
  return year * 12 + month;
}
