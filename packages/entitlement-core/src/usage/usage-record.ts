import type { Instant, Interval } from "../kernel/instant.ts";

/**
 * What is known of a customer's use of one feature: of a metered one in the period that began at
 * `periodFrom`, of a seat feature the seats taken now (`periodFrom` null).
 */
export interface UsageRecord {
  readonly periodFrom: Instant | null;
  /** Units used, or seats taken. */
  readonly used: number;
  /** Units carried into the period by rollover. */
  readonly carried: number;
}

/** What a check counts with. */
export interface UsageInPeriod {
  readonly used: number;
  readonly carried: number;
}

const nothingUsed: UsageInPeriod = { used: 0, carried: 0 };

/**
 * The part of a record that counts in `period`. A record of another period does not count: nothing
 * has been used in a period nobody has reported on, and nothing is carried into it until the hub
 * says so, which is the side that never grants too much.
 */
export function usageInPeriod({
  record,
  period,
}: {
  readonly record: UsageRecord | null;
  readonly period: Interval | null;
}): UsageInPeriod {
  if (record === null || record.periodFrom !== (period?.from ?? null)) return nothingUsed;
  return record;
}
