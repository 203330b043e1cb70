import type { CustomerId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import type { Entitlement, EntitlementDraft, EntitlementValue } from "./entitlement.ts";
import { isSameValue } from "./same-right.ts";
import type { Supersession } from "./supersede.ts";

/**
 * The customers from whom `supersession` takes something: each has a right that ends early and that
 * no successor takes over at once with as much, for as long. What was signed for them before says
 * too much from then on; what was signed for any other says too little at most. In the order of their ids.
 */
export function losingCustomers({
  held,
  supersession,
}: {
  readonly held: readonly Entitlement[];
  readonly supersession: Supersession;
}): readonly CustomerId[] {
  const endOf = new Map(supersession.end.map(({ id, activeTo }) => [id, activeTo]));
  const losing = held.flatMap((ended) => {
    const endsAt = endOf.get(ended.id);
    if (endsAt === undefined) return [];
    const isTakenOver = supersession.start.some(
      (next) => next.supersedes === ended.id && isNoLess({ ended, next, endsAt }),
    );
    return isTakenOver ? [] : [ended.customerId];
  });
  return [...new Set(losing)].sort();
}

function isNoLess({
  ended,
  next,
  endsAt,
}: {
  readonly ended: Entitlement;
  readonly next: EntitlementDraft;
  readonly endsAt: Instant;
}): boolean {
  return (
    next.customerId === ended.customerId &&
    next.activeFrom <= endsAt &&
    (next.activeTo === null || (ended.activeTo !== null && next.activeTo >= ended.activeTo)) &&
    next.graceDays >= ended.graceDays &&
    (next.geo === null || JSON.stringify(next.geo) === JSON.stringify(ended.geo)) &&
    isNoLessValue(next.value, ended.value)
  );
}

function isNoLessValue(next: EntitlementValue, ended: EntitlementValue): boolean {
  if (next.kind === "seat" && ended.kind === "seat") {
    return (
      isNoLower(next.limit, ended.limit) && isSameValue({ ...next, limit: ended.limit }, ended)
    );
  }
  if (next.kind === "metered" && ended.kind === "metered") {
    return (
      isNoLower(next.limit, ended.limit) && isSameValue({ ...next, limit: ended.limit }, ended)
    );
  }
  return isSameValue(next, ended);
}

function isNoLower(next: Limit, ended: Limit): boolean {
  if (next.kind === "unlimited" || ended.kind === "none") return true;
  return next.kind === "limited" && ended.kind === "limited" && next.amount >= ended.amount;
}
