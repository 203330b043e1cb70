import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import canonicalize from "canonicalize";

/**
 * SHA-256, in lower-case hex, over the canonical JSON of `value` (RFC 8785): the order of keys does
 * not matter, everything else does. Throws on what JSON cannot say (NaN, a lone surrogate, a cycle).
 */
export function canonicalHash(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("Only a JSON value has a canonical hash.");
  return bytesToHex(sha256(utf8ToBytes(text)));
}
