import type { InboundEvent, InboundRequest, WebhookVerdict } from "../../spec/webhook.ts";
import type { ConformanceBench } from "../conformance-bench.ts";
import { ConformanceFault, must } from "../conformance-fault.ts";
import type { EventToSign } from "../conformance-harness.ts";
import { warmWebhooks } from "./ports-under-check.ts";

export const secret = "whsec_current";
export const oldSecret = "whsec_previous";
/** When the requests arrive, and when they were signed unless a check says otherwise. */
export const nowMs = 1_795_000_000_000;
export const nowS = nowMs / 1000;

/** The receiver under check, and what signs for it as the vendor does. */
interface Receiver {
  verify(request: InboundRequest): WebhookVerdict;
  /** The events of a genuine request. */
  eventsOf(doing: string, request: InboundRequest): readonly InboundEvent[];
  sign(input: { readonly secret: string; readonly timestamp: number }): InboundRequest;
  signEvents(events: readonly EventToSign[]): InboundRequest;
  readonly signatureHeader: string;
  readonly refusalStatus: number;
}

export async function receiverOf(bench: ConformanceBench): Promise<Receiver> {
  const { webhooks, peer } = await warmWebhooks(bench);
  const verify = (request: InboundRequest) => {
    try {
      return webhooks.verify({ request, secrets: [secret, oldSecret], nowMs });
    } catch (cause) {
      throw new ConformanceFault(
        {
          says: `verify() threw ${String(cause)}; whatever arrives, it answers with a verdict.`,
          path: "webhooks.verify",
          expected: "a verdict",
          received: String(cause),
        },
        { cause },
      );
    }
  };
  return {
    verify,
    sign: peer.sign,
    signatureHeader: peer.signatureHeader,
    refusalStatus: webhooks.refusalStatus,
    signEvents(events) {
      const request = peer.signEvents?.({ secret, timestamp: nowS, events });
      if (request === undefined) throw new Error("the check needs webhooks.signEvents");
      return request;
    },
    eventsOf(doing, request) {
      const verdict = verify(request);
      if (verdict.verified) return verdict.events;
      return must(false, {
        says: `${doing} has to be verified, and was refused as ${verdict.because}: ${verdict.detail}`,
        path: "verdict.verified",
        expected: true,
        received: verdict.because,
      }) as never;
    },
  };
}
