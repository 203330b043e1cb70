import { verifyTimestampedSignature } from "@usher/connector-sdk/http";
import type { WebhookReceiver, WebhookVerdict } from "@usher/connector-sdk/spec";
import { z } from "zod";

const stripeSignatureHeader = "stripe-signature";

const eventId = z
  .string()
  .regex(/^evt_\w+$/)
  .max(200);

/** Both forms: snapshot events (`event`) and thin ones (`v2.core.event`), which name their object in `related_object`. */
const event = z.looseObject({
  id: eventId,
  /** On a thin event: the id of the same change's snapshot event. */
  snapshot_event: eventId.nullish(),
  object: z.enum(["event", "v2.core.event"]),
  type: z.string().min(1).max(200),
});

/**
 * Stripe's webhooks, checked over the raw bytes. Not by `constructEvent`: it accepts a timestamp
 * any distance in the future, which could be replayed for as long. Not by re-serialized JSON
 * either. Thin events pass too, under the id of their snapshot, so that one change acts once in
 * whichever form it comes; whether a type matters is decided when it is read.
 */
export const stripeWebhooks: WebhookReceiver = {
  // Stripe repeats for days after anything but a 2xx; 400 is what its own examples answer.
  refusalStatus: 400,
  verify({ request, secrets, nowMs }): WebhookVerdict {
    const signature = verifyTimestampedSignature({
      header: request.headers[stripeSignatureHeader],
      rawBody: request.rawBody,
      secrets,
      nowMs,
    });
    if (!signature.verified) return signature;
    const body = readJson(request.rawBody);
    const parsed = event.safeParse(body);
    if (!parsed.success) {
      return {
        verified: false,
        because: "malformed",
        detail: `The signature holds, but the body is no event: ${parsed.error.issues.map((issue) => `${issue.path.join(".") || "(body)"}: ${issue.message}`).join("; ")}.`,
      };
    }
    const { id, type, snapshot_event } = parsed.data;
    // Both forms may be subscribed to, and the list of events knows the snapshot's id alone.
    const known = snapshot_event ?? id;
    return { verified: true, events: [{ eventId: known, type, dealId: null, body }] };
  },
};

function readJson(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    // Not JSON or not UTF-8; the schema then says what was expected.
    return undefined;
  }
}
