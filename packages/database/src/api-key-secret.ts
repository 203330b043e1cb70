import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomLength = 43;
const checksumLength = 6;
const shape = /^usher_sk_(live|test)_[0-9A-Za-z]{49}$/;

export type KeyEnvironment = "live" | "test";

/**
 * A new secret: `usher_sk_<environment>_`, 43 characters of base 62 over 32 random bytes (256 bits),
 * and 6 of checksum, so that a scanner or a typo is recognized without asking the database.
 */
export function newApiKeySecret(environment: KeyEnvironment): string {
  const random = toBase62(BigInt(`0x${randomBytes(32).toString("hex")}`), randomLength);
  const start = `usher_sk_${environment}_${random}`;
  return start + checksumOf(start);
}

/** True when `text` has the shape and the checksum of a key. It says nothing about whether the key exists. */
export function isWellFormedApiKey(text: string): boolean {
  return (
    shape.test(text) && checksumOf(text.slice(0, -checksumLength)) === text.slice(-checksumLength)
  );
}

/** What is stored and looked up. A 256-bit random secret needs no slow hash. */
export function hashSecret(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

/** Enough to recognize a key in a list, useless to call with. */
export function apiKeyPrefix(secret: string): string {
  return secret.slice(0, "usher_sk_live_".length + 4);
}

function checksumOf(text: string): string {
  return toBase62(BigInt(crc32(text)), checksumLength);
}

function toBase62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; rest > 0n; rest /= 62n) text = alphabet[Number(rest % 62n)] + text;
  return text.padStart(length, "0");
}
