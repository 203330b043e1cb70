import type { ConfigValue, Feature, FeatureKey } from "../catalog/feature.ts";
import type { GeoRule, ResetPeriod } from "../catalog/offering.ts";
import { effectiveEntitlement } from "../entitlement/effective-entitlement.ts";
import type { EffectiveEntitlement } from "../entitlement/effective-entitlement-shape.ts";
import type { Entitlement } from "../entitlement/entitlement.ts";
import type { CustomerId, TokenId } from "../kernel/ids.ts";
import type { Instant } from "../kernel/instant.ts";
import type { Limit } from "../kernel/limit.ts";
import { accept, type Outcome, refuse } from "../kernel/outcome.ts";

/** A limit on the wire: a number, or one of the two words. */
export type ClaimedLimit = number | "none" | "unlimited";

/** One source of a right that is bound to countries. */
export interface ClaimedSource {
  readonly limit?: ClaimedLimit;
  readonly value?: ConfigValue;
  readonly geo: GeoRule | null;
}

/** What holds over one stretch of time. Written small: what is usual is left out. */
export interface ClaimedStretch {
  /** Absent: active. `inactive`: nothing is held until the next stretch. */
  readonly state?: "in_grace" | "inactive";
  /** Metered and seat features only. */
  readonly limit?: ClaimedLimit;
  /** Config features only. */
  readonly value?: ConfigValue;
  /** Seconds since 1970, exclusive. Absent: as long as the token lives. */
  readonly until?: number;
  /** Present when a source is bound to countries: then only sources that admit the country count. */
  readonly sources?: readonly ClaimedSource[];
}

/** A right as a token carries it: what holds when it is issued, and every change it lives to see. */
export interface ClaimedEntitlement extends ClaimedStretch {
  readonly kind: Feature["kind"];
  /** Metered and seat features only. */
  readonly enforcement?: "soft" | "hard";
  /** Metered features only. */
  readonly reset?: ResetPeriod;
  /** What holds after `until`, in order of time, as far as the token lives. */
  readonly later?: readonly ClaimedStretch[];
}

/** The claims of a license document (RFC 7519), times in whole seconds since 1970. */
export interface TokenClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly jti: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly entitlements: Readonly<Record<string, ClaimedEntitlement>>;
  readonly status: { readonly status_list: { readonly idx: number; readonly uri: string } };
}

/** A token outlives nothing it carries, and no token lives longer than this. */
export const tokenTtlSecondsMax = 366 * 86_400;

/**
 * The claims that say what `customer` holds at `now` or comes to hold while the token lives: a
 * contract is often signed before it begins. The token ends with the last of its rights, grace
 * included, and after `ttlSecondsMax` at the latest. `nothing_to_sign` when there is no such right.
 */
export function tokenClaims({
  issuer,
  audience,
  customer,
  entitlements,
  features,
  now,
  jti,
  statusList,
  ttlSecondsMax,
}: {
  readonly issuer: string;
  readonly audience: string;
  readonly customer: CustomerId;
  /** Every entitlement of the customer, ended and coming ones included. */
  readonly entitlements: readonly Entitlement[];
  readonly features: readonly Feature[];
  readonly now: Instant;
  readonly jti: TokenId;
  readonly statusList: { readonly index: number; readonly uri: string };
  readonly ttlSecondsMax: number;
}): Outcome<TokenClaims, "nothing_to_sign"> {
  if (!Number.isSafeInteger(ttlSecondsMax) || ttlSecondsMax < 1) {
    throw new RangeError(
      `A token lives a whole number of seconds of at least 1, not ${ttlSecondsMax}.`,
    );
  }
  const issuedAt = Math.floor(now / 1000);
  const latestEnd = issuedAt + Math.min(ttlSecondsMax, tokenTtlSecondsMax);
  const courses = features.map((feature) => ({
    feature,
    course: courseOf({ entitlements, feature, now, latestEnd }),
  }));
  const held = courses.filter(({ course }) => course.some((step) => step.effective.isActive));
  const end = Math.max(
    issuedAt,
    ...held.flatMap(({ course }) =>
      course.filter((step) => step.effective.isActive).map((step) => step.until ?? latestEnd),
    ),
  );
  // A right that ends within this very second leaves no whole second to sign for.
  if (end <= issuedAt) return refuse("nothing_to_sign");
  const exp = Math.min(end, latestEnd);

  return accept({
    iss: issuer,
    aud: audience,
    sub: customer,
    jti,
    iat: issuedAt,
    nbf: issuedAt,
    exp,
    entitlements: Object.fromEntries(
      held.map(({ feature, course }) => [
        feature.key,
        toClaimedEntitlement({ feature, course, exp }),
      ]),
    ),
    status: { status_list: { idx: statusList.index, uri: statusList.uri } },
  });
}

/** One stretch of a feature's course; `until` in seconds, null: no end. */
interface CourseStep {
  readonly effective: EffectiveEntitlement;
  readonly until: number | null;
}

/** A daily reset beside a yearly one adds to its limit every day of the longest token. */
const stepsMax = 400;

/**
 * What holds for the feature from now on, one step for every change of its rights up to
 * `latestEnd`. Ends are cut down to the whole second, so that a token never says yes after them.
 */
function courseOf({
  entitlements,
  feature,
  now,
  latestEnd,
}: {
  readonly entitlements: readonly Entitlement[];
  readonly feature: Feature;
  readonly now: Instant;
  readonly latestEnd: number;
}): readonly CourseStep[] {
  const steps: CourseStep[] = [];
  let at: Instant | null = now;
  while (at !== null && at < latestEnd * 1000 && steps.length < stepsMax) {
    const effective: EffectiveEntitlement = effectiveEntitlement({ entitlements, feature, at });
    const change: Instant | null = effective.rightsChangeAt;
    steps.push({ effective, until: change === null ? null : Math.floor(change / 1000) });
    at = change;
  }
  return steps;
}

function toClaimedEntitlement({
  feature,
  course,
  exp,
}: {
  readonly feature: Feature;
  readonly course: readonly CourseStep[];
  readonly exp: number;
}): ClaimedEntitlement {
  const [first, ...later] = course.filter((_, index) => startsBefore(course, index, exp));
  if (first === undefined) throw new Error(`The course of ${feature.key} has no first stretch.`);
  // Before a right begins nothing is said of how it is counted.
  const { enforcement, reset } = (course.find((step) => step.effective.isActive) ?? first)
    .effective;
  return {
    kind: feature.kind,
    ...toClaimedStretch(first, exp),
    ...(isCounted(feature.kind) && { enforcement }),
    ...(feature.kind === "metered" && { reset }),
    ...(later.length > 0 && { later: later.map((step) => toClaimedStretch(step, exp)) }),
  };
}

function startsBefore(course: readonly CourseStep[], index: number, exp: number): boolean {
  const before = index === 0 ? undefined : course[index - 1];
  return before === undefined || (before.until !== null && before.until < exp);
}

function toClaimedStretch({ effective, until }: CourseStep, exp: number): ClaimedStretch {
  const end = until !== null && until < exp ? { until } : {};
  if (!effective.isActive) return { state: "inactive", ...end };
  const { kind, limit, value, inGrace, geo, breakdown } = effective;
  return {
    ...(inGrace && { state: "in_grace" as const }),
    ...(isCounted(kind) && { limit: toClaimedLimit(limit) }),
    ...(value !== null && { value }),
    ...end,
    ...(geo.length > 0 && {
      sources: breakdown.map(({ entitlement }) => toClaimedSource(entitlement)),
    }),
  };
}

function toClaimedSource({ value, geo }: Entitlement): ClaimedSource {
  switch (value.kind) {
    case "boolean":
      return { geo };
    case "config":
      return { value: value.value, geo };
    case "metered":
    case "seat":
      return { limit: toClaimedLimit(value.limit), geo };
  }
}

function isCounted(kind: Feature["kind"]): boolean {
  return kind === "metered" || kind === "seat";
}

function toClaimedLimit(limit: Limit): ClaimedLimit {
  return limit.kind === "limited" ? limit.amount : limit.kind;
}

/**
 * What a token says of one feature at one instant: `null` when it carries no right to it then.
 * Only for a token that was verified for that instant: its own end is not looked at here.
 */
export function claimedStretchAt({
  claims,
  feature,
  at,
}: {
  readonly claims: Pick<TokenClaims, "entitlements">;
  readonly feature: FeatureKey;
  readonly at: Instant;
}): ClaimedStretch | null {
  const claimed = Object.hasOwn(claims.entitlements, feature)
    ? claims.entitlements[feature]
    : undefined;
  if (claimed === undefined) return null;
  const stretch = [claimed, ...(claimed.later ?? [])].find(
    ({ until }) => until === undefined || at < until * 1000,
  );
  return stretch === undefined || stretch.state === "inactive" ? null : stretch;
}
