import { z } from "zod";
import { verifyTimestampedSignature } from "../../http/index.ts";
import type {
  InboundEvent,
  UnreadableEvent,
  WebhookReceiver,
  WebhookVerdict,
} from "../../spec/index.ts";

const signatureHeader = "x-acme-signature";

const delivery = z.looseObject({ events: z.array(z.unknown()).max(100) });

const event = z.looseObject({
  id: z.string().min(1).max(200),
  type: z.string().min(1).max(100),
  object_id: z.string().max(100).optional(),
});

export const acmeEventTypes = [
  // <when kind=crm>
  "deal.changed",
  // </when>
  // <when kind=billing>
  "bill.paid",
  // </when>
  // <when kind=erp>
  "sales_order.invoiced",
  // </when>
];

/**
 * Acme signs `X-Acme-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">` and sends up to
 * 100 events at once. Nothing in an event is believed but which object to read again. Acme repeats
 * whatever is not answered 2xx for three days, so a refusal may say what it is.
 * https://api.acme.example/docs/webhooks
 */
export const acmeWebhooks: WebhookReceiver = {
  refusalStatus: 401,
  verify({ request, secrets, nowMs }): WebhookVerdict {
    const signature = verifyTimestampedSignature({
      header: request.headers[signatureHeader],
      rawBody: request.rawBody,
      secrets,
      nowMs,
    });
    if (!signature.verified) return signature;
    const parsed = delivery.safeParse(readJson(request.rawBody));
    if (!parsed.success) {
      return {
        verified: false,
        because: "malformed",
        detail: `The signature holds, but the body is no delivery: ${faultsOf(parsed.error)}.`,
      };
    }
    const events: InboundEvent[] = [];
    const unreadable: UnreadableEvent[] = [];
    for (const body of parsed.data.events) {
      const one = event.safeParse(body);
      if (one.success) events.push(toInboundEvent(one.data));
      else unreadable.push({ detail: faultsOf(one.error), body });
    }
    return { verified: true, events, unreadable };
  },
};

function toInboundEvent(body: z.output<typeof event>): InboundEvent {
  const isDeal = body.type.startsWith("deal.");
  return {
    eventId: body.id,
    type: body.type,
    dealId: isDeal ? (body.object_id ?? null) : null,
    body,
  };
}

function faultsOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.join(".") || "(body)"}: ${issue.message}`)
    .join("; ");
}

function readJson(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    // Not JSON or not UTF-8; the schema then says what was expected.
    return undefined;
  }
}
