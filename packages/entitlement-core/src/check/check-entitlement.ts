import type { EffectiveEntitlement } from "../entitlement/effective-entitlement-shape.ts";
import { foldSources } from "../entitlement/fold-sources.ts";
import { hasRoomFor, type Limit, noLimit, overageOf, remainingOf } from "../kernel/limit.ts";
import type { UsageInPeriod } from "../usage/usage-record.ts";
import type { CheckAnswer, CheckReason } from "./check-answer.ts";
import { admitsCountry } from "./geo-rule.ts";

export interface CheckInput {
  /** The fold at the instant asked about, or what of the question names nothing known. */
  readonly effective: EffectiveEntitlement | { readonly unknown: "customer" | "feature" };
  /** Units or seats wanted: a safe integer of at least 0. Ignored for boolean and config features. */
  readonly amount: number;
  /** Usage in `effective.period` (`usageInPeriod`), or the seats taken. */
  readonly usage: UsageInPeriod;
  /** ISO 3166-1 alpha-2, upper case; null when not known. */
  readonly country: string | null;
}

/**
 * May the customer use this much of the feature, there, at that instant, and why.
 * A no is an answer. Throws only on an amount that is no count.
 */
export function checkEntitlement({ effective, amount, usage, country }: CheckInput): CheckAnswer {
  refuseBadAmount(amount);
  if ("unknown" in effective) {
    return {
      ...refusal,
      reason: effective.unknown === "customer" ? "unknown_customer" : "unknown_feature",
    };
  }
  if (!effective.isActive) {
    return {
      ...refusal,
      reason: absenceReasons[effective.standing] ?? "no_entitlement",
      state: effective.standing,
      validUntil: effective.validUntil,
    };
  }

  const sources = effective.breakdown.filter(({ entitlement }) =>
    admitsCountry(entitlement.geo, country),
  );
  if (sources.length === 0) {
    return {
      ...refusal,
      reason: country === null ? "country_required" : "country_not_allowed",
      state: effective.standing,
      // Usage starting anew changes nothing about a country.
      validUntil: effective.rightsChangeAt,
      breakdown: effective.breakdown,
    };
  }

  // The usage period is that of all sources: usage is counted per customer, not per country.
  const { period, reset } = effective;
  const fold =
    sources.length === effective.breakdown.length
      ? effective
      : foldSources({
          kind: effective.kind,
          combine: effective.combine,
          sources,
          window: period === null ? null : { period, reset },
          at: effective.at,
        });
  const counted = effective.kind === "metered" || effective.kind === "seat";
  const used = counted ? usage.used : 0;
  const limit = withCarried({ limit: fold.limit, carried: usage.carried, max: fold.rollover });
  const hasRoom = !counted || hasRoomFor({ limit, usage: used, amount });
  const allowed = hasRoom || (fold.enforcement === "soft" && limit.kind !== "none");
  const overage = overageOf({ limit, usage: used });
  const inGrace = sources.every((entry) => entry.inGrace);

  return {
    allowed,
    reason: reasonFor({ allowed, hasRoom, inGrace }),
    state: inGrace ? "in_grace" : "active",
    limit,
    value: fold.value,
    usage: used,
    remaining: remainingOf({ limit, usage: used }),
    overage,
    inOverage: overage > 0 || (allowed && !hasRoom),
    resetAt: effective.period?.to ?? null,
    validUntil: effective.validUntil,
    breakdown: sources,
  };
}

/** Shared by every way of checking, so that none of them takes an amount that is no count. */
export function refuseBadAmount(amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`A check asks for a whole number of at least 0, not ${amount}.`);
  }
}

const refusal = {
  allowed: false,
  state: "absent",
  limit: noLimit,
  value: null,
  usage: 0,
  remaining: noLimit,
  overage: 0,
  inOverage: false,
  resetAt: null,
  validUntil: null,
  breakdown: [],
} as const satisfies Omit<CheckAnswer, "reason">;

const absenceReasons: Partial<Record<EffectiveEntitlement["standing"], CheckReason>> = {
  not_yet_active: "not_yet_active",
  expired: "expired",
};

/** Beyond the limit outweighs in grace: the grace shows in `state` in any case. */
function reasonFor({
  allowed,
  hasRoom,
  inGrace,
}: {
  readonly allowed: boolean;
  readonly hasRoom: boolean;
  readonly inGrace: boolean;
}): CheckReason {
  if (!allowed) return "limit_reached";
  if (!hasRoom) return "allowed_in_overage";
  return inGrace ? "allowed_in_grace" : "allowed";
}

function withCarried({
  limit,
  carried,
  max,
}: {
  readonly limit: Limit;
  readonly carried: number;
  readonly max: Limit;
}): Limit {
  if (limit.kind !== "limited" || carried === 0 || max.kind === "none") return limit;
  const counted = max.kind === "unlimited" ? carried : Math.min(carried, max.amount);
  return { kind: "limited", amount: Math.min(limit.amount + counted, Number.MAX_SAFE_INTEGER) };
}
