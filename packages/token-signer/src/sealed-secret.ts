import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Key encryption key: 32 bytes that wrap other secrets and never leave the process. */
export interface KeyEncryptionKey {
  /** Written into every sealed secret, so that after a rotation the right key opens it. At most 255 bytes. */
  readonly id: string;
  readonly key: Uint8Array;
}

// Layout: version (1 byte), length of the key id (1), key id, nonce (12), ciphertext, tag (16).
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** Reads 32 bytes from hex or base64 (either alphabet); throws without repeating the text. */
export function keyEncryptionKey({
  id,
  text,
}: {
  readonly id: string;
  readonly text: string;
}): KeyEncryptionKey {
  const key = /^[0-9a-fA-F]{64}$/.test(text)
    ? Buffer.from(text, "hex")
    : Buffer.from(text.trim(), "base64");
  const kek = { id, key };
  refuseBadKey(kek);
  return kek;
}

/**
 * Seals `plaintext` by AES-256-GCM under `kek`. `purpose` says what it is and whose
 * ("signing-key:<kid>", "connection:<id>") and is authenticated with it: a sealed secret put in
 * another one's place does not open.
 */
export function sealSecret({
  plaintext,
  kek,
  purpose,
}: {
  readonly plaintext: Uint8Array;
  readonly kek: KeyEncryptionKey;
  readonly purpose: string;
}): Buffer {
  refuseBadKey(kek);
  const id = Buffer.from(kek.id, "utf8");
  const head = Buffer.concat([Buffer.from([version, id.length]), id]);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", kek.key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.concat([head, Buffer.from(purpose, "utf8")]));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([head, nonce, body, cipher.getAuthTag()]);
}

/**
 * Opens what `sealSecret` made, by the one of `keks` that sealed it. Throws when none of them did,
 * when the purpose is another, or when a single bit differs; the message holds no secret.
 */
export function openSecret({
  sealed,
  keks,
  purpose,
}: {
  readonly sealed: Uint8Array;
  readonly keks: readonly KeyEncryptionKey[];
  readonly purpose: string;
}): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const id = sealedBy(bytes);
  const kek = keks.find((one) => one.id === id);
  if (kek === undefined) {
    throw new Error(
      `The secret for ${purpose} was sealed by key "${id}", which is not configured.`,
    );
  }
  refuseBadKey(kek);
  const bodyAt = 2 + Buffer.byteLength(id) + nonceBytes;
  const tagAt = bytes.length - tagBytes;
  if (tagAt < bodyAt) throw new Error(`The sealed secret for ${purpose} is cut short.`);
  const head = bytes.subarray(0, bodyAt - nonceBytes);
  const decipher = createDecipheriv("aes-256-gcm", kek.key, bytes.subarray(head.length, bodyAt), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.concat([head, Buffer.from(purpose, "utf8")]));
  decipher.setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(bodyAt, tagAt)), decipher.final()]);
  } catch (cause) {
    throw new Error(
      `The sealed secret for ${purpose} does not open with key "${id}": it was altered, belongs to something else, or the key has changed.`,
      { cause },
    );
  }
}

/** Id of the key that sealed it, to find what a key rotation still has to re-seal. */
export function sealedBy(sealed: Uint8Array): string {
  const length = sealed[1];
  if (sealed[0] !== version || length === undefined || sealed.length < 2 + length) {
    throw new Error("These bytes are not a sealed secret of a known version.");
  }
  return Buffer.from(sealed.subarray(2, 2 + length)).toString("utf8");
}

function refuseBadKey({ id, key }: KeyEncryptionKey): void {
  const idBytes = Buffer.byteLength(id);
  if (idBytes < 1 || idBytes > 255)
    throw new Error("A key encryption key needs an id of 1 to 255 bytes.");
  if (key.length !== 32) {
    throw new Error(
      `Key encryption key "${id}" has ${key.length} bytes; AES-256 needs exactly 32.`,
    );
  }
  if (key.every((byte) => byte === 0)) throw new Error(`Key encryption key "${id}" is all zeros.`);
}
