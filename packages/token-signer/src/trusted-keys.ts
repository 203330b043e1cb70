import type { KeyObject } from "node:crypto";
import { licenseTokenType } from "./license-token-type.ts";
import { protectedHeader } from "./protected-header.ts";
import { importPublicJwk } from "./signing-key.ts";
import { statusListType } from "./status-list-claims.ts";

/** The public keys a verifier believes, each for its own issuer only. */
export interface TrustedKeys {
  readonly isEmpty: boolean;
  find(name: { readonly issuer: string; readonly kid: string }): KeyObject | undefined;
  /** The key id in a header that is, letter by letter, what our signer writes for such a key. */
  findHeader(written: {
    readonly issuer: string;
    readonly typ: string;
    readonly encoded: string;
  }): { readonly kid: string } | undefined;
}

/** One issuer's published keys: the `keys` of its JWKS document. */
export interface IssuerKeys {
  readonly issuer: string;
  readonly jwks: readonly unknown[];
}

/**
 * Members of a key set that are not Ed25519 signing keys are passed over, as RFC 7517 §5 asks. An
 * empty result is allowed and verifies nothing. Throws when one issuer lists two keys by one kid.
 */
export function trustKeys(issuers: readonly IssuerKeys[]): TrustedKeys {
  const byIssuer = new Map<string, Map<string, KeyObject>>();
  for (const { issuer, jwks } of issuers) {
    const keys = byIssuer.get(issuer) ?? new Map<string, KeyObject>();
    for (const jwk of jwks) {
      const read = importPublicJwk(jwk);
      if (read === null) continue;
      if (keys.has(read.kid))
        throw new Error(`The key set of ${issuer} names the key ${read.kid} twice.`);
      keys.set(read.kid, read.key);
    }
    if (keys.size > 0) byIssuer.set(issuer, keys);
  }
  const headers = new Map([...byIssuer].map(([issuer, keys]) => [issuer, writtenFor(keys)]));
  return {
    isEmpty: byIssuer.size === 0,
    find: ({ issuer, kid }) => byIssuer.get(issuer)?.get(kid),
    findHeader: ({ issuer, typ, encoded }) => headers.get(issuer)?.get(typ)?.get(encoded),
  };
}

/** By type, then by the header's text: a look-up puts no text together, which would have to be hashed anew. */
function writtenFor(
  keys: ReadonlyMap<string, KeyObject>,
): ReadonlyMap<string, ReadonlyMap<string, { readonly kid: string }>> {
  return new Map(
    [licenseTokenType, statusListType].map((typ) => [
      typ,
      new Map([...keys.keys()].map((kid) => [protectedHeader({ kid, typ }), { kid }])),
    ]),
  );
}
