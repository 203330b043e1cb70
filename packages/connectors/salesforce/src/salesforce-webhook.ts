import { verifyTimestampedSignature } from "@usher/connector-sdk/http";
import type { WebhookReceiver, WebhookVerdict } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { toSalesforceId } from "./salesforce-id.ts";

const salesforceSignatureHeader = "x-usher-signature";

/** What the org's notification says. Nothing in it is believed but which record to read again. */
const notification = z.looseObject({
  event_id: z.string().min(1).max(200),
  organization_id: z.string().max(18).optional(),
  object: z.string().min(1).max(80),
  record_id: z.string().min(1).max(18),
  occurred_at: z.string().max(40).optional(),
});

/**
 * The notification an org sends on a won deal: one JSON object, signed in `X-Usher-Signature` as
 * `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. A hint only: it says that a record changed,
 * and a notification that never comes is made up for by polling.
 */
export const salesforceWebhooks: WebhookReceiver = {
  refusalStatus: 401,
  verify({ request, secrets, nowMs }): WebhookVerdict {
    const signature = verifyTimestampedSignature({
      header: request.headers[salesforceSignatureHeader],
      rawBody: request.rawBody,
      secrets,
      nowMs,
    });
    if (!signature.verified) return signature;
    const parsed = notification.safeParse(readJson(request.rawBody));
    if (!parsed.success) {
      return {
        verified: false,
        because: "malformed",
        detail: `The signature holds, but the body is no notification: ${parsed.error.issues.map((issue) => `${issue.path.join(".") || "(body)"}: ${issue.message}`).join("; ")}.`,
      };
    }
    const body = parsed.data;
    const dealId = body.object === "Opportunity" ? toSalesforceId(body.record_id) : null;
    return {
      verified: true,
      events: [{ eventId: body.event_id, type: `${body.object}.changed`, dealId, body }],
    };
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
