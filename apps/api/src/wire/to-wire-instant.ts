import type { Instant } from "@usher/entitlement-core/kernel";

/** RFC 3339 in UTC with milliseconds, the one spelling of instants on the wire. */
export function toWireInstant(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function toWireInstantOrNull(instant: Instant | null): string | null {
  return instant === null ? null : toWireInstant(instant);
}
