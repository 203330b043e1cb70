import { createHmac, timingSafeEqual } from "node:crypto";

export type SignatureVerdict =
  | { readonly verified: true }
  | {
      readonly verified: false;
      readonly because: "missing" | "invalid" | "stale" | "future";
      readonly detail: string;
    };

/** Signatures beyond this many are not tried: a header is free to write, an HMAC is not free to make. */
const signaturesMax = 8;

/**
 * Checks a header of the form `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.rawBody">[,v1=…]`.
 * Over the bytes as they came; in constant time; with any of `secrets`, so that one can be rotated;
 * and refuses a timestamp more than `skewSecondsMax` (300) away on either side, since a future one
 * could be replayed for as long as it lies ahead. Time is only told once the signature held: an
 * outsider learns nothing about our clock. Empty secrets never verify.
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
export function verifyTimestampedSignature(input: {
  readonly header: string | undefined;
  readonly rawBody: Uint8Array;
  readonly secrets: readonly string[];
  readonly nowMs: number;
  readonly skewSecondsMax?: number;
}): SignatureVerdict {
  const { header, rawBody, nowMs, skewSecondsMax = 300 } = input;
  if (header === undefined || header.trim() === "") {
    return {
      verified: false,
      because: "missing",
      detail: "The request carries no signature header.",
    };
  }
  const { timestamp, signatures } = parseHeader(header);
  if (timestamp === null || signatures.length === 0) {
    return {
      verified: false,
      because: "invalid",
      detail: "The signature header is not of the form t=<unix seconds>,v1=<64 hex digits>.",
    };
  }
  const secrets = input.secrets.filter((secret) => secret.trim() !== "");
  // No early exit: how long it takes must not tell which secret or which signature came close.
  let isGenuine = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(rawBody).digest();
    for (const signature of signatures) {
      if (timingSafeEqual(expected, signature)) isGenuine = true;
    }
  }
  if (!isGenuine) {
    return {
      verified: false,
      because: "invalid",
      detail: `No signature matches with any of ${secrets.length} secrets: another secret, or the body was changed on its way.`,
    };
  }
  const ageSeconds = nowMs / 1000 - Number(timestamp);
  if (ageSeconds > skewSecondsMax) {
    return {
      verified: false,
      because: "stale",
      detail: `Signed ${Math.round(ageSeconds)} s ago; at most ${skewSecondsMax} s are accepted.`,
    };
  }
  if (ageSeconds < -skewSecondsMax) {
    return {
      verified: false,
      because: "future",
      detail: `Signed ${Math.round(-ageSeconds)} s ahead of our clock; at most ${skewSecondsMax} s are accepted.`,
    };
  }
  return { verified: true };
}

function parseHeader(header: string) {
  let timestamp: string | null = null;
  const signatures: Buffer[] = [];
  for (const part of header.split(",")) {
    const equals = part.indexOf("=");
    const key = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (key === "t" && timestamp === null && /^\d{1,12}$/.test(value)) timestamp = value;
    if (key === "v1" && /^[0-9a-f]{64}$/i.test(value) && signatures.length < signaturesMax) {
      signatures.push(Buffer.from(value, "hex"));
    }
  }
  return { timestamp, signatures };
}
