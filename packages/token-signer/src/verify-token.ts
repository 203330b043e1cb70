import type { TokenClaims } from "@usher/entitlement-core/token";
import { openCompact } from "./compact-jws.ts";
import { licenseTokenType } from "./license-token-type.ts";
import { believed, type Refusal, refused, type Verified } from "./refusal.ts";
import { isRecord } from "./strict-json.ts";
import type { TrustedKeys } from "./trusted-keys.ts";

/** Compact form of the largest license document that is looked at. */
export const tokenBytesMax = 65_536;

export interface VerifiedToken {
  readonly kid: string;
  readonly claims: TokenClaims;
}

export interface TokenExpectations {
  readonly keys: TrustedKeys;
  readonly issuer: string;
  readonly audience: string;
  /**
   * Seconds by which this machine's clock may run behind the issuer's before a fresh token is
   * refused; 0 unless set, at most 300. It never extends a token past its end.
   */
  readonly clockToleranceSeconds?: number;
}

/**
 * Believes a license document or says why not. `now` is milliseconds since 1970. Revocation is not
 * looked at here: that takes a status list (`createTokenVerifier`).
 */
export function verifyToken(
  asked: TokenExpectations & {
    readonly compact: string;
    readonly now: number;
  },
): Verified<VerifiedToken> {
  const { compact, now, issuer, audience, keys } = asked;
  const opened = openCompact({
    compact,
    typ: licenseTokenType,
    issuer,
    keys,
    bytesMax: tokenBytesMax,
  });
  if (typeof opened === "string") return refused(opened);
  const { claims, kid } = opened;
  if (!isTokenClaims(claims)) return refused("claims_malformed");
  if (claims.iss !== issuer) return refused("issuer_mismatch");
  if (!isAudience(claims.aud, audience)) return refused("audience_mismatch");
  const untimely = outOfTime({ claims, now, toleranceMs: toleranceMs(asked) });
  return untimely === null ? believed({ kid, claims }) : refused(untimely);
}

/** The part of the verdict that changes with the clock. */
export function outOfTime({
  claims,
  now,
  toleranceMs,
}: {
  readonly claims: Pick<TokenClaims, "nbf" | "iat" | "exp">;
  readonly now: number;
  readonly toleranceMs: number;
}): Refusal | null {
  // Written so that a `now` that is no number refuses.
  if (!(now < claims.exp * 1000)) return "expired";
  if (!(now + toleranceMs >= Math.max(claims.nbf, claims.iat) * 1000)) return "not_yet_valid";
  return null;
}

/** Throws on a tolerance that is no number of seconds from 0 to 300: a typo must not open the door. */
export function toleranceMs({
  clockToleranceSeconds = 0,
}: Pick<TokenExpectations, "clockToleranceSeconds">): number {
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 300)) {
    throw new RangeError(`The clock tolerance is 0 to 300 seconds, not ${clockToleranceSeconds}.`);
  }
  return clockToleranceSeconds * 1000;
}

function isTokenClaims(
  claims: Readonly<Record<string, unknown>>,
): claims is Readonly<Record<string, unknown>> & TokenClaims {
  return (
    typeof claims.iss === "string" &&
    (typeof claims.aud === "string" || Array.isArray(claims.aud)) &&
    isText(claims.sub) &&
    isText(claims.jti) &&
    isSeconds(claims.iat) &&
    isSeconds(claims.nbf) &&
    isSeconds(claims.exp) &&
    isRecord(claims.entitlements) &&
    isStatusReference(claims.status)
  );
}

function isStatusReference(status: unknown): boolean {
  if (!isRecord(status) || !isRecord(status.status_list)) return false;
  const { idx, uri } = status.status_list;
  return Number.isSafeInteger(idx) && (idx as number) >= 0 && isText(uri);
}

/** RFC 7519 §4.1.3 allows one audience or a list of them. */
function isAudience(claimed: unknown, audience: string): boolean {
  if (audience === "") return false;
  return Array.isArray(claimed) ? claimed.includes(audience) : claimed === audience;
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Whole seconds within the range of a Date. */
export function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 8.64e12;
}
