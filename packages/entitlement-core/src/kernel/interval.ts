import type { Instant, Interval } from "./instant.ts";

/** True when `instant` lies in the half-open `interval`: its start belongs to it, its end does not. */
export function contains(interval: Interval, instant: Instant): boolean {
  return interval.from <= instant && (interval.to === null || instant < interval.to);
}

/** True when no instant lies in it: it ends at or before its start. */
export function isEmpty(interval: Interval): boolean {
  return interval.to !== null && interval.to <= interval.from;
}

/** True when some instant lies in both. Intervals that only touch do not overlap. */
export function overlaps(one: Interval, other: Interval): boolean {
  return intersect(one, other) !== null;
}

/** The instants in both, or null when there is none. */
export function intersect(one: Interval, other: Interval): Interval | null {
  const both: Interval = {
    from: Math.max(one.from, other.from) as Instant,
    to: earlierEnd(one.to, other.to),
  };
  return isEmpty(both) ? null : both;
}

/** The earlier of two ends, where null is no end at all. */
export function earlierEnd(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null) return other;
  if (other === null) return one;
  return one <= other ? one : other;
}

/** The later of two ends, where null is no end at all. */
export function laterEnd(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return null;
  return one >= other ? one : other;
}
