import type { Instant } from "@usher/entitlement-core/kernel";

/** The driver's `Date` as a domain instant (whole milliseconds; PostgreSQL's microseconds are cut off). */
export function toInstant(date: Date): Instant {
  return date.getTime() as Instant;
}

export function toInstantOrNull(date: Date | null): Instant | null {
  return date === null ? null : toInstant(date);
}

/** A domain instant as the driver writes it. */
export function toDate(instant: Instant): Date {
  return new Date(instant);
}

export function toDateOrNull(instant: Instant | null): Date | null {
  return instant === null ? null : toDate(instant);
}
