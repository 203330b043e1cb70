import { Temporal as T } from "temporal-polyfill";
import type { Brand } from "./brand.ts";
import { accept, type Outcome, refuse } from "./outcome.ts";
import { shorten } from "./shorten.ts";

/** A point on the time line: whole milliseconds since 1970-01-01T00:00Z. On the wire it is RFC 3339 in UTC. */
export type Instant = Brand<number, "Instant">;

/** A calendar date without time or zone, `YYYY-MM-DD` (RFC 3339 full-date). */
export type CalendarDate = Brand<string, "CalendarDate">;

/** An IANA time zone name, such as `Europe/Berlin`. */
export type TimeZone = Brand<string, "TimeZone">;

/** A half-open stretch of time: `from` is in it, `to` is not. `null` means it never ends. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant | null;
}

const dayMs = 86_400_000;

// RFC 3339 §5.6: the offset is mandatory, and ISO 8601's other spellings (basic format, week dates,
// comma fractions, bare hours, `[zone]` suffixes) are not part of it.
const rfc3339 =
  /^\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/**
 * Reads an RFC 3339 date-time with its offset. Digits below a millisecond are cut off.
 * The reason of a no is a sentence that says what was expected and what came.
 */
export function parseInstant(text: string): Outcome<Instant, string> {
  if (rfc3339.test(text)) {
    try {
      // Digits beyond the ninth are legal in RFC 3339, but Temporal refuses them.
      const read = T.Instant.from(text.replace(/(\.\d{9})\d+/, "$1"));
      return accept(read.epochMilliseconds as Instant);
    } catch {
      // A day that the calendar does not have, such as 30 February: told below.
    }
  }
  return refuse(
    `Expected an instant in RFC 3339 with an offset, such as 2026-01-31T00:00:00Z, and got "${shorten(text)}".`,
  );
}

/** As `parseInstant`, for text that an earlier door has already accepted: anything else throws. */
export function instantFromIso(text: string): Instant {
  const read = parseInstant(text);
  if (!read.ok) throw new RangeError(read.reasons[0]);
  return read.value;
}

/** RFC 3339 in UTC, such as `2026-01-31T00:00:00Z`; milliseconds only where there are some. */
export function instantToIso(instant: Instant): string {
  return T.Instant.fromEpochMilliseconds(instant).toString();
}

/** Brands epoch milliseconds; throws on anything but a whole number within ±8.64e15. */
export function instantFromMs(ms: number): Instant {
  if (!Number.isSafeInteger(ms) || Math.abs(ms) > 8.64e15) {
    throw new RangeError(`An instant is a whole number of milliseconds since 1970, not ${ms}.`);
  }
  return ms as Instant;
}

/** `days` stretches of 24 hours later (earlier when negative); for calendar days use a `Term`. */
export function addDays(instant: Instant, days: number): Instant {
  return (instant + days * dayMs) as Instant;
}

export function addHours(instant: Instant, hours: number): Instant {
  return (instant + hours * 3_600_000) as Instant;
}

/** The earliest of at least one instant. */
export function earliestOf(instants: readonly [Instant, ...Instant[]]): Instant {
  return Math.min(...instants) as Instant;
}

/** Reads `YYYY-MM-DD` of a day that exists, from year 1900 through 9999. */
export function parseCalendarDate(text: string): Outcome<CalendarDate, string> {
  if (/^(19|[2-9]\d)\d{2}-\d{2}-\d{2}$/.test(text)) {
    try {
      T.PlainDate.from(text);
      return accept(text as CalendarDate);
    } catch {
      // A day that the calendar does not have: told below.
    }
  }
  return refuse(`Expected a date as YYYY-MM-DD, such as 2026-01-31, and got "${shorten(text)}".`);
}

/** Reads an IANA time zone name that this machine's zone data knows. Bare offsets are no zone. */
export function parseTimeZone(text: string): Outcome<TimeZone, string> {
  if (/^[A-Za-z]/.test(text)) {
    try {
      T.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
      return accept(text as TimeZone);
    } catch {
      // Unknown to the zone data: told below.
    }
  }
  return refuse(
    `Expected an IANA time zone, such as Europe/Berlin or UTC, and got "${shorten(text)}".`,
  );
}

/** The calendar day that `instant` falls on in `timeZone`. */
export function dateAt({
  instant,
  timeZone,
}: {
  readonly instant: Instant;
  readonly timeZone: TimeZone;
}): CalendarDate {
  return T.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString() as CalendarDate;
}
