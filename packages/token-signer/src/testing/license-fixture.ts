import type { TokenClaims } from "@usher/entitlement-core/token";
import { createSigner, type Signer } from "../create-signer.ts";
import { generateSigningKey, type SigningKey } from "../signing-key.ts";
import { type TrustedKeys, trustKeys } from "../trusted-keys.ts";
import type { TokenExpectations } from "../verify-token.ts";

/** Noon of an ordinary day, in milliseconds since 1970; every fixture is about it. */
export const noon = Date.UTC(2027, 2, 1, 12);

export const issuer = "https://hub.example";
export const audience = "product";
export const listUri = "https://hub.example/v1/status_lists/stl_01jd8e6q2mf8hr4wv2nq9x5t3c";

export interface LicenseFixture {
  readonly key: SigningKey;
  readonly signer: Signer;
  readonly keys: TrustedKeys;
  readonly expected: TokenExpectations;
}

/** One key, its signer, and a verifier's view of it. */
export function licenseFixture(): LicenseFixture {
  const key = generateSigningKey();
  const signer = createSigner({ keys: [{ ...key, state: "current" }] });
  const keys = trustKeys([{ issuer, jwks: signer.jwks().keys }]);
  return { key, signer, keys, expected: { keys, issuer, audience } };
}

/** Claims valid from noon for a day, with status index 5. */
export function someClaims(changed: Partial<TokenClaims> = {}): TokenClaims {
  return {
    iss: issuer,
    aud: audience,
    sub: "cus_01jd8e6q2mf8hr4wv2nq9x5t3c",
    jti: "lic_01jd8e6q2mf8hr4wv2nq9x5t3c",
    iat: noon / 1000,
    nbf: noon / 1000,
    exp: noon / 1000 + 86_400,
    entitlements: {
      sso: { kind: "boolean" },
      api_calls: { kind: "metered", limit: 1000, enforcement: "hard", reset: "month" },
      region: { kind: "config", value: "Zürich" },
    },
    status: { status_list: { idx: 5, uri: listUri } },
    ...changed,
  };
}
