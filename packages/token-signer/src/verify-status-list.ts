import { openCompact } from "./compact-jws.ts";
import { believed, refused, type Verified } from "./refusal.ts";
import { statusListType, unpackBits } from "./status-list-claims.ts";
import { isRecord } from "./strict-json.ts";
import type { TrustedKeys } from "./trusted-keys.ts";
import { isSeconds, isText } from "./verify-token.ts";

/** Compact form of the largest status list that is looked at. */
export const statusListBytesMax = 2_097_152;

export interface StatusList {
  readonly uri: string;
  readonly bits: Uint8Array;
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly ttlSeconds: number;
}

/** Believes the signed list published at `uri`, or says why not. `now` is milliseconds since 1970. */
export function verifyStatusList({
  compact,
  keys,
  issuer,
  uri,
  now,
}: {
  readonly compact: string;
  readonly keys: TrustedKeys;
  readonly issuer: string;
  readonly uri: string;
  readonly now: number;
}): Verified<StatusList> {
  const opened = openCompact({
    compact,
    typ: statusListType,
    issuer,
    keys,
    bytesMax: statusListBytesMax,
  });
  if (typeof opened === "string") return refused(opened);
  const { iss, sub, iat, exp, ttl, status_list: list } = opened.claims;
  if (!isText(iss) || !isText(sub) || !isSeconds(iat) || !isSeconds(exp) || !isSeconds(ttl)) {
    return refused("claims_malformed");
  }
  if (!isRecord(list) || list.bits !== 1 || typeof list.lst !== "string") {
    return refused("claims_malformed");
  }
  if (iss !== issuer) return refused("issuer_mismatch");
  // A list of another address would answer for tokens it does not know (§8.3).
  if (sub !== uri) return refused("subject_mismatch");
  if (!(now < exp * 1000)) return refused("expired");
  const bits = unpackBits(list.lst);
  if (bits === null) return refused("claims_malformed");
  return believed({ uri, bits, issuedAt: iat * 1000, expiresAt: exp * 1000, ttlSeconds: ttl });
}
