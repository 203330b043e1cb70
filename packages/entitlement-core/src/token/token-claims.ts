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
  readonly limit: ClaimedLimit;
  readonly value?: ConfigValue;
  readonly geo: GeoRule | null;
}

/** What holds over one stretch of time, until `until` (seconds since 1970, exclusive; null: no end). */
export interface ClaimedStretch {
  readonly state: "active" | "in_grace" | "inactive";
  readonly limit: ClaimedLimit;
  readonly value?: ConfigValue;
  readonly until: number | null;
  /** Present when a source is bound to countries: then only sources that admit the country count. */
  readonly sources?: readonly ClaimedSource[];
}

/** A right as a token carries it: what holds now, and every change the token lives to see. */
export interface ClaimedEntitlement extends ClaimedStretch {
  readonly kind: Feature["kind"];
  readonly enforcement: "soft" | "hard";
  readonly reset: ResetPeriod;
  readonly fail_policy: "open" | "closed";
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
 * The claims that say what `customer` holds at `now`. The token ends with the last of its rights,
 * grace included, and after `ttlSecondsMax` at the latest. `nothing_to_sign` when nothing is held.
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
  const carried: Record<string, ClaimedEntitlement> = {};
  let end = issuedAt;

  for (const feature of features) {
    const course = courseOf({ entitlements, feature, now, latestEnd });
    const [first, ...later] = course;
    if (first === undefined || first.stretch.state === "inactive") continue;
    const held = course.filter(({ stretch }) => stretch.state !== "inactive");
    for (const { stretch } of held) end = Math.max(end, stretch.until ?? latestEnd);
    carried[feature.key] = {
      kind: feature.kind,
      enforcement: first.effective.enforcement,
      reset: first.effective.reset,
      fail_policy: feature.failPolicy,
      ...first.stretch,
      ...(later.length > 0 && { later: later.map(({ stretch }) => stretch) }),
    };
  }

  // A right that ends within this very second leaves no whole second to sign for.
  if (end <= issuedAt) return refuse("nothing_to_sign");
  return accept({
    iss: issuer,
    aud: audience,
    sub: customer,
    jti,
    iat: issuedAt,
    nbf: issuedAt,
    exp: Math.min(end, latestEnd),
    entitlements: carried,
    status: { status_list: { idx: statusList.index, uri: statusList.uri } },
  });
}

interface CourseStep {
  readonly effective: EffectiveEntitlement;
  readonly stretch: ClaimedStretch;
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
    const until = change === null ? null : Math.floor(change / 1000);
    steps.push({ effective, stretch: stretchOf(effective, until) });
    at = change;
  }
  return steps;
}

function stretchOf(effective: EffectiveEntitlement, until: number | null): ClaimedStretch {
  if (!effective.isActive) return { state: "inactive", limit: "none", until };
  const { geo, value, breakdown } = effective;
  return {
    state: effective.inGrace ? "in_grace" : "active",
    limit: toClaimedLimit(effective.limit),
    ...(value !== null && { value }),
    until,
    ...(geo.length > 0 && {
      sources: breakdown.map(({ entitlement }) => toClaimedSource(entitlement)),
    }),
  };
}

function toClaimedSource({ value, geo }: Entitlement): ClaimedSource {
  switch (value.kind) {
    case "boolean":
      return { limit: "unlimited", geo };
    case "config":
      return { limit: "unlimited", value: value.value, geo };
    case "metered":
    case "seat":
      return { limit: toClaimedLimit(value.limit), geo };
  }
}

function toClaimedLimit(limit: Limit): ClaimedLimit {
  return limit.kind === "limited" ? limit.amount : limit.kind;
}

/** What a token says of one feature at one instant: `null` when it carries no right to it then. */
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
    ({ until }) => until === null || at < until * 1000,
  );
  return stretch === undefined || stretch.state === "inactive" ? null : stretch;
}
