import { createHash } from "node:crypto";

/** Stripe refuses longer keys. */
const lengthMax = 255;

/**
 * The idempotency key of one step: the same on every attempt, since stripe-node would make up a new
 * one for each. Too long a key is hashed, which keeps it just as unique.
 */
export function stripeKey(...parts: readonly (string | number)[]): string {
  const key = parts.join(":");
  return key.length <= lengthMax ? key : createHash("sha256").update(key).digest("hex");
}
