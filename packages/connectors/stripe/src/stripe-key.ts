import { createHash } from "node:crypto";

/** Stripe refuses longer keys, and a header holds no other characters. */
const keyAsItIs = /^[\x21-\x7e]{1,255}$/;

/**
 * The idempotency key of one step: the same on every attempt, since stripe-node would make up a new
 * one for each. A key that is too long or not of plain ASCII is hashed, which keeps it just as unique.
 */
export function stripeKey(...parts: readonly (string | number)[]): string {
  const key = parts.join(":");
  return keyAsItIs.test(key) ? key : createHash("sha256").update(key).digest("hex");
}
