import type { StripeConfig } from "./stripe-config.ts";

/** How Stripe is to get the money. */
export function collectionOf(config: StripeConfig) {
  return config.collectionMethod === "send_invoice"
    ? { collection_method: config.collectionMethod, days_until_due: config.daysUntilDue }
    : { collection_method: config.collectionMethod };
}
