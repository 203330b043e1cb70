import { type KeyEncryptionKey, openSecret, resealSecret, sealSecret } from "./sealed-secret.ts";
import { exportPrivateKey, importPrivateKey, type SigningKey } from "./signing-key.ts";

const purposeOf = (kid: string): string => `signing-key:${kid}`;

/** A signing key as the database keeps it: the private half only sealed. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly sealedPrivate: Uint8Array;
}

/** Seals a key for the database. It opens only under its own `kid`. */
export function sealSigningKey({
  key,
  kek,
}: {
  readonly key: SigningKey;
  readonly kek: KeyEncryptionKey;
}): StoredSigningKey {
  const sealedPrivate = sealSecret({
    plaintext: exportPrivateKey(key),
    kek,
    purpose: purposeOf(key.kid),
  });
  return { kid: key.kid, publicJwk: { ...key.publicJwk }, sealedPrivate };
}

/** Throws when none of `keks` sealed it, or when it is another key than `kid` names. */
export function openSigningKey({
  stored,
  keks,
}: {
  readonly stored: Pick<StoredSigningKey, "kid" | "sealedPrivate">;
  readonly keks: readonly KeyEncryptionKey[];
}): SigningKey {
  const pkcs8 = openSecret({ sealed: stored.sealedPrivate, keks, purpose: purposeOf(stored.kid) });
  return importPrivateKey({ pkcs8, kid: stored.kid });
}

/** The same key, sealed by `keks[0]`. */
export function resealSigningKey({
  stored,
  keks,
}: {
  readonly stored: Pick<StoredSigningKey, "kid" | "sealedPrivate">;
  readonly keks: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];
}): Buffer {
  return resealSecret({ sealed: stored.sealedPrivate, keks, purpose: purposeOf(stored.kid) });
}
