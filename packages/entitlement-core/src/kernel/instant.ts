import type { Brand } from "./brand.ts";

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
