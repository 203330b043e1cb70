/**
 * How much of something is allowed. There are exactly three states and none of them is null:
 * an absent limit denies, and only the word `unlimited` removes the bound.
 */
export type Limit =
  | { readonly kind: "none" }
  | { readonly kind: "limited"; readonly amount: number }
  | { readonly kind: "unlimited" };

/** Nothing is allowed. */
export const noLimit: Limit = { kind: "none" };

/** No bound. */
export const unlimited: Limit = { kind: "unlimited" };

/** At most `amount`, a safe integer of at least 0; anything else is a broken invariant and throws. */
export function limitOf(amount: number): Limit {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`A limit is a whole number of at least 0, not ${amount}.`);
  }
  return { kind: "limited", amount };
}

/**
 * The limit of several sources together: `unlimited` absorbs, `none` adds nothing, amounts add up
 * and stay at the largest safe integer. No source at all is `none`.
 */
export function sumLimits(limits: Iterable<Limit>): Limit {
  let sum: number | null = null;
  for (const limit of limits) {
    if (limit.kind === "unlimited") return limit;
    if (limit.kind === "limited") {
      sum = Math.min((sum ?? 0) + limit.amount, Number.MAX_SAFE_INTEGER);
    }
  }
  return sum === null ? noLimit : { kind: "limited", amount: sum };
}

/** What is left of `limit` after `usage`, never below 0. Nothing is left of `none`. */
export function remainingOf({
  limit,
  usage,
}: {
  readonly limit: Limit;
  readonly usage: number;
}): Limit {
  if (limit.kind !== "limited") return limit;
  return { kind: "limited", amount: Math.max(0, limit.amount - usage) };
}

/** The part of `usage` beyond `limit`; all of it where the limit is `none`. */
export function overageOf({
  limit,
  usage,
}: {
  readonly limit: Limit;
  readonly usage: number;
}): number {
  if (limit.kind === "unlimited") return 0;
  return Math.max(0, usage - (limit.kind === "limited" ? limit.amount : 0));
}

/** True when `limit` has room for `amount` more on top of `usage`. */
export function hasRoomFor({
  limit,
  usage,
  amount,
}: {
  readonly limit: Limit;
  readonly usage: number;
  readonly amount: number;
}): boolean {
  if (limit.kind === "none") return false;
  return limit.kind === "unlimited" || usage + amount <= limit.amount;
}
