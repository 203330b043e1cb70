import { createHash } from "node:crypto";
import type {
  InboundEvent,
  UnreadableEvent,
  WebhookReceiver,
  WebhookVerdict,
} from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { HubSpotConfig } from "./hubspot-config.ts";
import { verifyHubSpotSignature } from "./hubspot-signature.ts";
import { dealTypeId } from "./read-journal.ts";

const id = z.union([z.int().min(1), z.string().regex(/^\d{1,20}$/)]).transform(String);

/** What is used of an event; nothing in it is believed but which deal to read again. */
const hubspotEvent = z.looseObject({
  /** Older examples call it `eventType`. */
  subscriptionType: z.string().min(1).max(100).optional(),
  eventType: z.string().min(1).max(100).optional(),
  occurredAt: z.int(),
  portalId: id.optional(),
  objectId: id.optional(),
  objectTypeId: z.string().max(40).optional(),
  propertyName: z.string().max(200).optional(),
  /** Of an association's change. */
  associationType: z.string().max(200).optional(),
  fromObjectId: id.optional(),
  toObjectId: id.optional(),
  /** Of a merge. */
  primaryObjectId: id.optional(),
  newObjectId: id.optional(),
  mergedObjectIds: z.array(id).optional(),
});
type HubSpotEvent = z.output<typeof hubspotEvent>;

/**
 * Arrays of up to 100 events, in any order and sometimes twice. Hints only: polling makes up for one
 * that never comes. `refusalStatus` is none of those HubSpot takes for final (400, 401, 403, 404,
 * 405): what is refused for a secret that is not entered yet comes again for a day.
 */
export function createHubSpotWebhooks(
  config: Pick<HubSpotConfig, "webhookUri" | "propertyPrefix">,
): WebhookReceiver {
  return {
    refusalStatus: 503,
    verify({ request, secrets, nowMs }): WebhookVerdict {
      const uri = config.webhookUri ?? request.url;
      if (uri === undefined) {
        return {
          verified: false,
          because: "invalid",
          detail:
            "HubSpot signs the address it calls, and this hub does not know its own: set webhookUri of the connection.",
        };
      }
      const signature = verifyHubSpotSignature({ request, uri, secrets, nowMs });
      if (!signature.verified) return signature;
      const body = readJson(request.rawBody);
      if (!Array.isArray(body)) {
        return {
          verified: false,
          because: "malformed",
          detail: "The signature holds, but the body is no JSON array of events.",
        };
      }
      return { verified: true, ...sorted(body, config.propertyPrefix) };
    },
  };
}

/** One bad element does not hold up the others of its array. */
function sorted(
  elements: readonly unknown[],
  prefix: string,
): { readonly events: readonly InboundEvent[]; readonly unreadable: readonly UnreadableEvent[] } {
  const events: InboundEvent[] = [];
  const unreadable: UnreadableEvent[] = [];
  for (const body of elements) {
    const parsed = hubspotEvent.safeParse(body);
    const type = parsed.success
      ? (parsed.data.subscriptionType ?? parsed.data.eventType)
      : undefined;
    if (!parsed.success || type === undefined) {
      const faults = parsed.success
        ? "subscriptionType: expected text"
        : parsed.error.issues.map((one) => `${one.path.join(".") || "(event)"}: ${one.message}`);
      unreadable.push({ detail: String(faults), body });
    } else if (!isEcho(parsed.data, prefix)) {
      events.push(...toEvents({ event: parsed.data, type, body }));
    }
  }
  return { events, unreadable };
}

/** Our own write-back, come around. */
function isEcho(event: HubSpotEvent, prefix: string): boolean {
  return event.propertyName?.startsWith(`${prefix}_`) ?? false;
}

/** Usually one; a merge concerns each of its deals. */
function toEvents(input: {
  readonly event: HubSpotEvent;
  readonly type: string;
  readonly body: unknown;
}): InboundEvent[] {
  const { event, type, body } = input;
  const eventId = identityOf({ event, type });
  const dealIds = dealsOf(event, type);
  if (dealIds.length === 0) return [{ eventId, type, dealId: null, body }];
  return dealIds.map((dealId, at) => ({
    eventId: at === 0 ? eventId : `${eventId}:${dealId}`,
    type,
    dealId,
    body,
  }));
}

function dealsOf(event: HubSpotEvent, type: string): readonly string[] {
  const isDeal =
    type.startsWith("deal.") || (type.startsWith("object.") && event.objectTypeId === dealTypeId);
  if (event.associationType !== undefined) {
    const [from = "", to = ""] = event.associationType.split("_TO_");
    const ids = [
      from === "DEAL" ? event.fromObjectId : null,
      to === "DEAL" ? event.toObjectId : null,
    ];
    return ids.filter((one) => one !== null && one !== undefined);
  }
  if (!isDeal) return [];
  const all = [
    event.objectId,
    event.primaryObjectId,
    event.newObjectId,
    ...(event.mergedObjectIds ?? []),
  ];
  return [...new Set(all.filter((one) => one !== undefined))];
}

/**
 * What happened, to what and when. HubSpot's `eventId` "is not guaranteed to be unique", a second
 * subscription says the same under another id, and `attemptNumber` grows: none of them is part of it.
 */
function identityOf(input: { readonly event: HubSpotEvent; readonly type: string }): string {
  const { event, type } = input;
  const parts = [
    event.portalId,
    type,
    event.objectTypeId,
    event.objectId,
    event.propertyName,
    event["propertyValue"],
    event.associationType,
    event.fromObjectId,
    event.toObjectId,
    event["associationRemoved"],
    event.primaryObjectId,
    event.newObjectId,
    event.mergedObjectIds,
    event.occurredAt,
  ];
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return `hs_${createHash("sha256").update(text).digest("base64url").slice(0, 32)}`;
}

function readJson(rawBody: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
  } catch {
    // Not JSON or not UTF-8; it is then said what was expected.
    return undefined;
  }
}
