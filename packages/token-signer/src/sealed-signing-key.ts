import { type KeyEncryptionKey, openSecret, sealSecret } from "./sealed-secret.ts";
import { exportPrivateKey, importPrivateKey, type SigningKey } from "./signing-key.ts";

/** As stored in `signing_keys.sealed_private`. The key's `kid` is authenticated with it. */
export function sealSigningKey({
  key,
  kek,
}: {
  readonly key: SigningKey;
  readonly kek: KeyEncryptionKey;
}): Buffer {
  return sealSecret({ plaintext: exportPrivateKey(key), kek, purpose: purposeOf(key.kid) });
}

/** Throws when none of `keks` sealed it, or when it is not the key `kid` names; the message holds no key. */
export function openSigningKey({
  kid,
  sealed,
  keks,
}: {
  readonly kid: string;
  readonly sealed: Uint8Array;
  readonly keks: readonly KeyEncryptionKey[];
}): SigningKey {
  return importPrivateKey({
    pkcs8: openSecret({ sealed, keks, purpose: purposeOf(kid) }),
    kid,
  });
}

function purposeOf(kid: string): string {
  return `signing-key:${kid}`;
}
