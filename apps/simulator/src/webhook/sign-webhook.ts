import { createHmac } from "node:crypto";
import type { WebhookVoice } from "./delivery-runner.ts";

/**
 * `t=<unix seconds>,v1=<hex HMAC-SHA256 over "t.body">`: Stripe's scheme, which the Salesforce
 * notification uses too.
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
function signWebhook(input: {
  readonly body: string;
  readonly secret: string;
  readonly timestamp: number;
}): string {
  const digest = createHmac("sha256", input.secret)
    .update(`${input.timestamp}.${input.body}`, "utf8")
    .digest("hex");
  return `t=${input.timestamp},v1=${digest}`;
}

/** The voice's signature in that scheme, under a header of its own. */
export function signedUnder(header: string): WebhookVoice["sign"] {
  return ({ body, secret, timestampMs }) => ({
    [header]: signWebhook({ body, secret, timestamp: Math.floor(timestampMs / 1000) }),
  });
}
