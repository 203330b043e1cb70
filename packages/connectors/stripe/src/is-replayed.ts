import type Stripe from "stripe";

/**
 * True for the stored answer to an earlier request with the same key: nothing was made just now.
 * @see https://docs.stripe.com/api/idempotent_requests
 */
export function isReplayed(made: Stripe.Response<object>): boolean {
  // With a fetch client this is the Response itself, unlike its declared type.
  const headers: unknown = made.lastResponse.headers;
  return headers instanceof Headers && headers.get("idempotent-replayed") === "true";
}
