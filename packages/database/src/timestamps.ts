import type { Instant } from "@usher/entitlement-core/kernel";

/** What a timestamptz arrives as: a `Date` in a column, ISO 8601 text inside of jsonb. */
export type Timestamp = Date | string;

/** A domain instant: whole milliseconds; PostgreSQL's microseconds are cut off. */
export function toInstant(date: Timestamp): Instant {
  return (typeof date === "string" ? Date.parse(date) : date.getTime()) as Instant;
}

export function toInstantOrNull(date: Timestamp | null): Instant | null {
  return date === null ? null : toInstant(date);
}

/** A domain instant as the driver writes it. */
export function toDate(instant: Instant): Date {
  return new Date(instant);
}

export function toDateOrNull(instant: Instant | null): Date | null {
  return instant === null ? null : toDate(instant);
}
