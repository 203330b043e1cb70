import type { CallContext } from "./call-context.ts";
import type { InboundRequest } from "./webhook.ts";

/** A vendor's promise to call us, which ends by itself unless it is renewed. */
export interface KeptSubscription {
  readonly subscriptionId: string;
  /** Epoch milliseconds; null for one that does not end. Renew at half its life. */
  readonly expiresAtMs: number | null;
  /** True when there was a gap: events may have been missed, so read the streams to their end. */
  readonly wasMissing: boolean;
}

/** For vendors whose webhooks are subscriptions that must be made, confirmed and renewed. */
export interface WebhookSubscriptions {
  /** Makes the subscription, renews it, or makes it again where the vendor has dropped it. Repeatable. */
  keep(
    input: {
      readonly receiverUrl: string;
      readonly secret: string;
      /** As of the last `keep`; null the first time. */
      readonly subscriptionId: string | null;
    },
    context: CallContext,
  ): Promise<KeptSubscription>;
  /** What the vendor's handshake must be answered with; null when the request is none. */
  answerHandshake(request: InboundRequest & { readonly query: string }): {
    readonly status: number;
    readonly body: string;
  } | null;
}
