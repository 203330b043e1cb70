import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { fromBase64Url } from "./base64url.ts";
import { isRecord } from "./strict-json.ts";

/** Public Ed25519 key as RFC 8037 writes it. */
export interface PublicJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  /** The 32 bytes of the key in base64url. */
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
}

/**
 * `next`: published, not yet used, so that every verifier knows it before its first signature.
 * `current`: signs. `retired`: signs no more, published until the last token it signed has expired.
 */
export type SigningKeyState = "next" | "current" | "retired";

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** A fresh key pair. Its `kid` is the key's own thumbprint, so no two keys share one. */
export function generateSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return fromPrivateKey(privateKey);
}

/** PKCS #8 DER: what is to be sealed before it is stored (`sealSecret`). */
export function exportPrivateKey(key: SigningKey): Buffer {
  return key.privateKey.export({ format: "der", type: "pkcs8" });
}

/** Reads what `exportPrivateKey` wrote. Throws on any other key, and when it is not the key `kid` names. */
export function importPrivateKey({
  pkcs8,
  kid,
}: {
  readonly pkcs8: Uint8Array;
  readonly kid: string;
}): SigningKey {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  if (privateKey.asymmetricKeyType !== "ed25519") {
    throw new Error(`Expected an Ed25519 private key, not ${privateKey.asymmetricKeyType}.`);
  }
  const key = fromPrivateKey(privateKey);
  if (key.kid !== kid) throw new Error(`The stored key is ${key.kid}, not ${kid}.`);
  return key;
}

/** A public key from a JWK of any origin, or null when it is no Ed25519 signing key or names another kid. */
export function importPublicJwk(
  jwk: unknown,
): { readonly kid: string; readonly key: KeyObject } | null {
  if (!isRecord(jwk)) return null;
  const { kty, crv, x, kid, alg, use } = jwk;
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || typeof kid !== "string")
    return null;
  if (kid === "" || "d" in jwk) return null;
  if ((alg !== undefined && alg !== "EdDSA") || (use !== undefined && use !== "sig")) return null;
  if (fromBase64Url(x)?.length !== 32) return null;
  return { kid, key: createPublicKey({ key: { kty, crv, x }, format: "jwk" }) };
}

/** The RFC 7517 document for `/.well-known/jwks.json`. */
export function jwksDocument(keys: readonly PublicJwk[]): { readonly keys: readonly PublicJwk[] } {
  return { keys };
}

function fromPrivateKey(privateKey: KeyObject): SigningKey {
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (x === undefined) throw new Error("An Ed25519 key has a public part; this one gave none.");
  const kid = thumbprint(x);
  return {
    kid,
    privateKey,
    publicJwk: { kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" },
  };
}

/** RFC 7638 over the members RFC 8037 §2 requires, in lexicographic order. */
function thumbprint(x: string): string {
  return createHash("sha256")
    .update(JSON.stringify({ crv: "Ed25519", kty: "OKP", x }))
    .digest("base64url");
}
