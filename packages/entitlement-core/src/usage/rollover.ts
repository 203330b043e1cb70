import type { Limit } from "../kernel/limit.ts";

/** A usage period that is over, as far as it bears on the next one. */
export interface EndedPeriod {
  /** What all sources together granted in it. */
  readonly limit: Limit;
  /** The part of a limited `limit` from sources without rollover: it lapses, so it is used up first. */
  readonly lapsing: number;
  /** The most that its sources let be carried on. */
  readonly max: Limit;
}

/**
 * What is carried from one usage period into the next: the unused part of what was available
 * (the limit and what had been carried into it), but no more than `max`, and nothing of what
 * lapses. Overage is not carried. An unlimited or absent limit leaves nothing to carry.
 */
export function carryOver({
  limit,
  lapsing,
  max,
  carried,
  used,
}: EndedPeriod & { readonly carried: number; readonly used: number }): number {
  if (limit.kind !== "limited" || max.kind === "none") return 0;
  const unused = Math.max(0, Math.min(limit.amount + carried, Number.MAX_SAFE_INTEGER) - used);
  const kept = Math.min(unused, Math.max(0, limit.amount - lapsing) + carried);
  return max.kind === "unlimited" ? kept : Math.min(kept, max.amount);
}
