import { Temporal as T } from "temporal-polyfill";
import type { CalendarDate, Instant, TimeZone } from "./instant.ts";

/** Length of a line's right: from midnight of `startsOn` in `timeZone`, for `months` calendar months. */
export interface Term {
  readonly startsOn: CalendarDate;
  readonly months: number;
  readonly timeZone: TimeZone;
}

/** The longest term a line may have. */
export const termMonthsMax = 120;

/** A term is never open-ended. */
export interface TermInterval {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * The half-open stretch of time a term covers, by the zone's own rules: from the first instant of
 * `startsOn` to the first instant of the same day `months` later. A day the target month lacks is
 * its last one (31 January + 1 month ends on 28 or 29 February). The first instant of a day is not
 * always 00:00: some zones change their clocks at midnight.
 */
export function termInterval(term: Term): TermInterval {
  const first = T.PlainDate.from(term.startsOn);
  return {
    from: startOfDay(first, term.timeZone),
    to: startOfDay(first.add({ months: term.months }), term.timeZone),
  };
}

/** The last calendar day of a term, for people: the day before its exclusive end. */
export function lastDayOf(term: Pick<Term, "startsOn" | "months">): CalendarDate {
  return T.PlainDate.from(term.startsOn)
    .add({ months: term.months })
    .subtract({ days: 1 })
    .toString() as CalendarDate;
}

/**
 * The number of whole months from `startsOn` through `endsOn`, both included, or null when the
 * stretch is not whole months. 0 and below: it ends before it starts.
 */
export function wholeMonthsThrough({
  startsOn,
  endsOn,
}: {
  readonly startsOn: CalendarDate;
  readonly endsOn: CalendarDate;
}): number | null {
  const first = T.PlainDate.from(startsOn);
  const end = T.PlainDate.from(endsOn).add({ days: 1 });
  if (T.PlainDate.compare(end, first) <= 0) return 0;
  const months = (end.year - first.year) * 12 + (end.month - first.month);
  // Where the start is clamped (31 January to 28 February) the difference of months is already
  // right, so one candidate is enough; a stretch that does not land on it is not whole months.
  if (months > 0 && first.add({ months }).equals(end)) return months;
  return null;
}

/** The day of `date` moved by `months`, clamped to the month's last day. */
export function addMonths(date: CalendarDate, months: number): CalendarDate {
  return T.PlainDate.from(date).add({ months }).toString() as CalendarDate;
}

function startOfDay(date: T.PlainDate, timeZone: TimeZone): Instant {
  return date.toZonedDateTime(timeZone).epochMilliseconds as Instant;
}

/** The calendar day an instant falls on in a zone. */
export function dayIn({
  at,
  timeZone,
}: {
  readonly at: Instant;
  readonly timeZone: TimeZone;
}): CalendarDate {
  return T.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString() as CalendarDate;
}
