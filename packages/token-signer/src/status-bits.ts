/** The states a bit can say; there is no way back from revoked. */
export type TokenStatus = "valid" | "revoked";

/** A list of `size` tokens, all valid. A multiple of 8 from 8 on. */
export function createStatusBits(size: number): Uint8Array {
  if (!Number.isSafeInteger(size) || size < 8 || size % 8 !== 0) {
    throw new RangeError(`A status list holds a multiple of 8 tokens, not ${size}.`);
  }
  return new Uint8Array(size / 8);
}

/** A copy in which the token at `index` is revoked. Throws outside the list. */
export function setRevoked({
  bits,
  index,
}: {
  readonly bits: Uint8Array;
  readonly index: number;
}): Uint8Array {
  const { byte, mask } = place(bits, index);
  const copy = Uint8Array.from(bits);
  copy[byte] = (copy[byte] ?? 0) | mask;
  return copy;
}

/** Throws outside the list: what a list does not speak of is not valid. */
export function statusAt({
  bits,
  index,
}: {
  readonly bits: Uint8Array;
  readonly index: number;
}): TokenStatus {
  const { byte, mask } = place(bits, index);
  return ((bits[byte] ?? 0) & mask) === 0 ? "valid" : "revoked";
}

/** True when the list speaks of `index`. */
export function covers(bits: Uint8Array, index: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index < bits.length * 8;
}

/** Token 0 is the lowest bit of byte 0 (draft-ietf-oauth-status-list §4.1). */
function place(bits: Uint8Array, index: number): { readonly byte: number; readonly mask: number } {
  if (!covers(bits, index)) {
    throw new RangeError(
      `The status list holds ${bits.length * 8} tokens and has no index ${index}.`,
    );
  }
  return { byte: index >>> 3, mask: 1 << (index & 7) };
}
