import type { Limit } from "../kernel/limit.ts";

/**
 * What is carried from one usage period into the next: the unused part of what was available
 * (the limit and what had been carried into it), but at most `max`. Overage is not carried.
 * An unlimited or absent limit leaves nothing to carry.
 */
export function carryOver({
  limit,
  carried,
  used,
  max,
}: {
  readonly limit: Limit;
  readonly carried: number;
  readonly used: number;
  readonly max: Limit;
}): number {
  if (limit.kind !== "limited" || max.kind === "none") return 0;
  const unused = Math.max(0, Math.min(limit.amount + carried, Number.MAX_SAFE_INTEGER) - used);
  return max.kind === "unlimited" ? unused : Math.min(unused, max.amount);
}
