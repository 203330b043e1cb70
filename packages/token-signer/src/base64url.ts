/** RFC 4648 §5 without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return asBuffer(bytes).toString("base64url");
}

/**
 * The bytes, or null unless `text` is exactly what `toBase64Url` would write for them: no padding,
 * no other alphabet, no stray trailing bits. So one signed thing has one spelling only.
 */
export function fromBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
