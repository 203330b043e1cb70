import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Key encryption key: 32 bytes that wrap other secrets and never leave the process. */
export interface KeyEncryptionKey {
  /** Written into every sealed secret, so that after a rotation the right key opens it. At most 255 bytes. */
  readonly id: string;
  readonly key: Uint8Array;
}

// An envelope (version 2): version (1 byte), length of the key id (1), key id, the data key wrapped by
// that key (nonce 12, ciphertext 32, tag 16), then the content under the data key (nonce 12,
// ciphertext, tag 16). Changing the key encryption key wraps the data key anew and leaves the content.
// Version 1 had the content directly under the key encryption key; it is still opened.
const direct = 1;
const envelope = 2;
const nonceBytes = 12;
const tagBytes = 16;
const dataKeyBytes = 32;
const wrappedBytes = nonceBytes + dataKeyBytes + tagBytes;

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
 * Seals `plaintext` by AES-256-GCM under a key of its own, which `kek` wraps. `purpose` says what it is
 * and whose ("signing-key:<kid>", "connection:<id>") and is authenticated with it: a sealed secret
 * put in another one's place does not open.
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
  const dataKey = randomBytes(dataKeyBytes);
  const content = encrypt({ key: dataKey, plaintext, about: contentOf(purpose) });
  return Buffer.concat([wrap({ dataKey, kek, purpose }), content]);
}

/**
 * Opens what `sealSecret` made, by the one of `keks` that sealed it. Throws when none of them did,
 * when the purpose is another, or when a single bit differs; the message holds no secret.
 */
export function openSecret({ sealed, keks, purpose }: Sealed): Buffer {
  const { kek, head, body } = take({ sealed, keks, purpose });
  return opening({ kek, purpose }, () => {
    if (head[0] === direct) {
      return decrypt({ key: kek.key, sealed: body, about: aboutHead(head, purpose) });
    }
    const key = decrypt({
      key: kek.key,
      sealed: body.subarray(0, wrappedBytes),
      about: aboutHead(head, purpose),
    });
    return decrypt({ key, sealed: body.subarray(wrappedBytes), about: contentOf(purpose) });
  });
}

/** The same secret under `keks[0]`: its data key is wrapped anew, its content is not touched. */
export function resealSecret({
  sealed,
  keks,
  purpose,
}: Sealed & { readonly keks: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]] }): Buffer {
  const [newest] = keks;
  const { kek, head, body } = take({ sealed, keks, purpose });
  if (head[0] === direct) {
    const plaintext = openSecret({ sealed, keks, purpose });
    return sealSecret({ plaintext, kek: newest, purpose });
  }
  const dataKey = opening({ kek, purpose }, () =>
    decrypt({
      key: kek.key,
      sealed: body.subarray(0, wrappedBytes),
      about: aboutHead(head, purpose),
    }),
  );
  return Buffer.concat([wrap({ dataKey, kek: newest, purpose }), body.subarray(wrappedBytes)]);
}

interface Sealed {
  readonly sealed: Uint8Array;
  readonly keks: readonly KeyEncryptionKey[];
  readonly purpose: string;
}

/** The head (version, key id) with the key it names, and what follows it. */
function take({ sealed, keks, purpose }: Sealed): {
  readonly kek: KeyEncryptionKey;
  readonly head: Buffer;
  readonly body: Buffer;
} {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const id = sealedBy(bytes);
  const kek = keks.find((one) => one.id === id);
  if (kek === undefined) {
    throw new Error(
      `The secret for ${purpose} was sealed by key "${id}", which is not configured.`,
    );
  }
  refuseBadKey(kek);
  const headBytes = 2 + Buffer.byteLength(id);
  const contentAt = headBytes + (bytes[0] === envelope ? wrappedBytes : 0);
  if (bytes.length < contentAt + nonceBytes + tagBytes) {
    throw new Error(`The sealed secret for ${purpose} is cut short.`);
  }
  return { kek, head: bytes.subarray(0, headBytes), body: bytes.subarray(headBytes) };
}

function opening<Result>(
  { kek, purpose }: { readonly kek: KeyEncryptionKey; readonly purpose: string },
  open: () => Result,
): Result {
  try {
    return open();
  } catch (cause) {
    throw new Error(
      `The sealed secret for ${purpose} does not open with key "${kek.id}": it was altered, belongs to something else, or the key has changed.`,
      { cause },
    );
  }
}

function wrap({
  dataKey,
  kek,
  purpose,
}: {
  readonly dataKey: Uint8Array;
  readonly kek: KeyEncryptionKey;
  readonly purpose: string;
}): Buffer {
  refuseBadKey(kek);
  const id = Buffer.from(kek.id, "utf8");
  const head = Buffer.concat([Buffer.from([envelope, id.length]), id]);
  const about = aboutHead(head, purpose);
  return Buffer.concat([head, encrypt({ key: kek.key, plaintext: dataKey, about })]);
}

const aboutHead = (head: Uint8Array, purpose: string) =>
  Buffer.concat([head, Buffer.from(purpose, "utf8")]);
const contentOf = (purpose: string) => Buffer.from(`content:${purpose}`, "utf8");

function encrypt(input: {
  readonly key: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly about: Uint8Array;
}): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", input.key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(input.about);
  return Buffer.concat([
    nonce,
    cipher.update(input.plaintext),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** Throws when anything differs. */
function decrypt(input: {
  readonly key: Uint8Array;
  readonly sealed: Buffer;
  readonly about: Uint8Array;
}): Buffer {
  const { sealed } = input;
  const tagAt = sealed.length - tagBytes;
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv("aes-256-gcm", input.key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(input.about);
  decipher.setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, tagAt)), decipher.final()]);
}

/** Id of the key that sealed it, to find what a key rotation still has to re-seal. */
export function sealedBy(sealed: Uint8Array): string {
  const length = sealed[1];
  const isKnown = sealed[0] === direct || sealed[0] === envelope;
  if (!isKnown || length === undefined || sealed.length < 2 + length) {
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
