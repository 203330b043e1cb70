import { baseUrl } from "@usher/connector-sdk/http";
import { z } from "zod";

export const stripeApiUrl = "https://api.stripe.com";

/** What an operator enters for a Stripe connection. `apiKey` is a secret. */
export const stripeConfig = z.strictObject({
  /** A restricted key with the rights of the README; a secret key works too. */
  apiKey: z.string().regex(/^(sk|rk)_\w{4,}$/, "expected a key that begins with sk_ or rk_"),
  /** For the simulator. */
  baseUrl: baseUrl.default(stripeApiUrl),
  /** `send_invoice` mails an invoice with a due date; `charge_automatically` needs a payment method on the customer. */
  collectionMethod: z.enum(["send_invoice", "charge_automatically"]).default("send_invoice"),
  daysUntilDue: z.int().min(0).max(365).default(30),
  /** What a changed quantity or price means for the running period. */
  prorationBehavior: z
    .enum(["create_prorations", "always_invoice", "none"])
    .default("create_prorations"),
  /** Where invoices go for customers whose own address is not known: Stripe sends none without one. */
  fallbackEmail: z.email().nullable().default(null),
  /** Keep Stripe's features in step with the catalog's; needs the right to write Entitlements. */
  keepFeatures: z.boolean().default(false),
  /** Let customers pay on Stripe's page; needs the right to write Checkout sessions. */
  checkout: z.boolean().default(false),
  /** How far each read of events reaches back behind the last: Stripe may list one late. */
  overlapSeconds: z.int().min(0).max(86_400).default(300),
  concurrentCallsMax: z.int().min(1).max(100).default(10),
  timeoutMs: z.int().min(1_000).max(120_000).default(30_000),
});

export type StripeConfig = z.output<typeof stripeConfig>;
