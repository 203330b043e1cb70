import type { TokenClaims } from "@usher/entitlement-core/token";
import { signCompact } from "./compact-jws.ts";
import { licenseTokenType } from "./license-token-type.ts";
import { protectedHeader } from "./protected-header.ts";
import {
  jwksDocument,
  type PublicJwk,
  type SigningKey,
  type SigningKeyState,
} from "./signing-key.ts";
import { type StatusListClaims, statusListType } from "./status-list-claims.ts";

export interface SignedDocument {
  readonly compact: string;
  readonly kid: string;
}

export interface Signer {
  /** Of the key that signs. */
  readonly kid: string;
  signToken(claims: TokenClaims): SignedDocument;
  signStatusList(claims: StatusListClaims): SignedDocument;
  /** Every key that was handed over, for `/.well-known/jwks.json`. */
  jwks(): { readonly keys: readonly PublicJwk[] };
}

/**
 * Signs with the one key whose state is `current`; throws without exactly one. `next` and `retired`
 * keys are only published. After a rotation, make another signer.
 */
export function createSigner({
  keys,
}: {
  readonly keys: readonly (SigningKey & { readonly state: SigningKeyState })[];
}): Signer {
  const current = keys.filter(({ state }) => state === "current");
  const [key] = current;
  if (key === undefined || current.length > 1) {
    throw new Error(`A signer needs exactly one current key, and got ${current.length}.`);
  }
  const { kid, privateKey } = key;
  const tokenHeader = protectedHeader({ kid, typ: licenseTokenType });
  const statusListHeader = protectedHeader({ kid, typ: statusListType });
  return {
    kid,
    signToken: (claims) => ({
      kid,
      compact: signCompact({ header: tokenHeader, payload: claims, privateKey }),
    }),
    signStatusList: (claims) => ({
      kid,
      compact: signCompact({ header: statusListHeader, payload: claims, privateKey }),
    }),
    jwks: () => jwksDocument(keys.map(({ publicJwk }) => publicJwk)),
  };
}
