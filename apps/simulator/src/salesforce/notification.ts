import { randomUUID } from "node:crypto";
import type { WebhookVoice } from "../webhook/delivery-runner.ts";
import { signedUnder } from "../webhook/sign-webhook.ts";
import type { DealNotification, Org } from "./org.ts";

/** Signed with the shared secret over the raw body, in the manner of Stripe: `t=…,v1=…`. */
const NOTIFICATION_HEADER = "X-Usher-Signature";

/**
 * Announces a change of a deal. A change that an API client made to nothing but the status fields
 * is left out unless the org asks for echoes: a Flow would have that entry condition.
 */
export function announceChange(input: {
  readonly org: Org;
  readonly id: string;
  readonly author: { readonly isApi: boolean; readonly isSilent?: boolean };
  readonly changed: readonly string[];
}): void {
  const { org, id, author, changed } = input;
  if (author.isSilent === true || org.webhooks.endpoints.countWhere("vendor", "salesforce") === 0)
    return;
  const { fieldPrefix, echoNotifications, organizationId } = org.settings();
  const isEcho = author.isApi && changed.every((name) => name.startsWith(`${fieldPrefix}_`));
  if (isEcho && !echoNotifications) return;
  const transaction = org.store.currentTransaction();
  const earlier = org.notifications.where("record", id);
  if (earlier.some((one) => one.transaction === transaction)) return;
  // Only the newest notification of a record can still be of use: one says no more than another.
  for (const one of earlier) if (!isUnderway(org, one)) org.store.remove(org.notifications, one.id);
  const event = {
    id: randomUUID(),
    organizationId,
    recordId: id,
    occurredMs: org.now(),
    transaction,
  };
  org.store.put(org.notifications, event);
  org.webhooks.announce({ vendor: "salesforce", id: event.id, type: "opportunity.changed" });
}

export function createNotificationVoice(org: Org): WebhookVoice {
  return {
    sign: signedUnder(NOTIFICATION_HEADER),
    bodyOf(eventId) {
      const event = org.notifications.get(eventId);
      return event && JSON.stringify(notificationBody(event));
    },
  };
}

export function notificationBody(event: Omit<DealNotification, "transaction">) {
  return {
    event_id: event.id,
    organization_id: event.organizationId,
    object: "Opportunity",
    record_id: event.recordId,
    occurred_at: new Date(event.occurredMs).toISOString(),
  };
}

function isUnderway(org: Org, event: DealNotification): boolean {
  return org.webhooks.deliveries.countWhere("event", event.id) > 0;
}
