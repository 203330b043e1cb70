import { deflateSync, inflateSync } from "node:zlib";
import { fromBase64Url, toBase64Url } from "./base64url.ts";

/** `typ` of a status list (draft-ietf-oauth-status-list §5.1): never taken for a license document. */
export const statusListType = "statuslist+jwt";

/** Claims of a signed status list; times in whole seconds since 1970. */
export interface StatusListClaims {
  readonly iss: string;
  /** The list's own address, which the tokens name in `status.status_list.uri`. */
  readonly sub: string;
  readonly iat: number;
  /** From then on the list says nothing any more. */
  readonly exp: number;
  /** Seconds a holder may wait before asking for a newer list. */
  readonly ttl: number;
  readonly status_list: { readonly bits: 1; readonly lst: string };
}

/** Refused beyond this: 8 million tokens in one list. */
const bitsBytesMax = 1_048_576;

/** `now` is milliseconds since 1970. `lifeSeconds` bounds how long a copy can be replayed. */
export function statusListClaims({
  issuer,
  uri,
  bits,
  now,
  ttlSeconds,
  lifeSeconds,
}: {
  readonly issuer: string;
  readonly uri: string;
  readonly bits: Uint8Array;
  readonly now: number;
  readonly ttlSeconds: number;
  readonly lifeSeconds: number;
}): StatusListClaims {
  if (bits.length > bitsBytesMax) {
    throw new RangeError(`A status list holds at most ${bitsBytesMax * 8} tokens.`);
  }
  const iat = Math.floor(now / 1000);
  return {
    iss: issuer,
    sub: uri,
    iat,
    exp: iat + lifeSeconds,
    ttl: ttlSeconds,
    status_list: { bits: 1, lst: packBits(bits) },
  };
}

/** DEFLATE in the ZLIB format at the highest level, then base64url (§4.1). */
export function packBits(bits: Uint8Array): string {
  return toBase64Url(deflateSync(bits, { level: 9 }));
}

/** Null when the text is not a packed list, or would unpack to more than a list may hold. */
export function unpackBits(lst: string): Uint8Array | null {
  const packed = fromBase64Url(lst);
  if (packed === null) return null;
  try {
    return inflateSync(packed, { maxOutputLength: bitsBytesMax });
  } catch {
    return null;
  }
}
