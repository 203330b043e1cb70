import { randomUUID } from "node:crypto";
import type { Portal } from "../hubspot/portal.ts";
import { notificationBody } from "../salesforce/notification.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { showEvent } from "../stripe/emit-event.ts";
import type { Vendor } from "../vendor.ts";
import { ControlError } from "./control-error.ts";
import type { FORGERIES } from "./control-input.ts";

/** How far off a stale or future timestamp is. */
const OFF_MS = 3_600_000;

/** Sends the newest endpoint a notification that it must refuse (or, for `replay`, take without effect). The status it answered. */
export async function forgeWebhook(
  parts: SimulatorParts,
  input: {
    readonly vendor: Vendor;
    readonly kind: (typeof FORGERIES)[number];
    readonly recordId?: string | undefined;
  },
): Promise<{ readonly status: number; readonly body: string }> {
  const { webhooks, now } = parts;
  const endpoint = webhooks.endpoints.where("vendor", input.vendor).at(-1);
  if (endpoint === undefined) {
    throw new ControlError(
      409,
      `No webhook endpoint of ${input.vendor} is registered: POST /control/webhooks first.`,
    );
  }
  const body = input.kind === "malformed_body" ? "{ not json" : honestBody(parts, input);
  const off = input.kind === "stale" ? -OFF_MS : input.kind === "future" ? OFF_MS : 0;
  const timestampMs = now() + off;
  const secret = input.kind === "bad_signature" ? `${endpoint.secret}x` : endpoint.secret;
  const headers =
    input.kind === "no_signature"
      ? {}
      : webhooks.signatureOf(input.vendor, { url: endpoint.url, body, secret, timestampMs });
  const sent = input.kind === "altered_body" ? body.replace(/"(?=[^"]*$)/, ' "') : body;
  const status = await webhooks.sendRaw({ vendor: input.vendor, body: sent, headers });
  return { status, body: sent };
}

function honestBody(
  parts: SimulatorParts,
  input: { vendor: Vendor; kind: (typeof FORGERIES)[number]; recordId?: string | undefined },
): string {
  const { org, account, portal, now } = parts;
  if (input.vendor === "salesforce") {
    const latest = [...org.notifications.all()].at(-1);
    if (input.kind === "replay" && latest !== undefined)
      return JSON.stringify(notificationBody(latest));
    const recordId =
      input.recordId ?? [...org.table("Opportunity").descending()][0]?.id ?? "006000000000001AAA";
    const { organizationId } = org.settings();
    return JSON.stringify(
      notificationBody({ id: randomUUID(), organizationId, recordId, occurredMs: now() }),
    );
  }
  if (input.vendor === "hubspot") return JSON.stringify([forgedEvent(portal, input.recordId)]);
  const [newest] = account.events.descending();
  if (newest === undefined) throw new ControlError(409, "The Stripe account has no event yet.");
  return JSON.stringify(showEvent(account, newest), null, 2);
}

/** A change of stage of the newest deal, with the same ids each time: sent twice it is a replay. */
function forgedEvent(portal: Portal, recordId: string | undefined) {
  const [newest] = portal.table("deals").descending();
  const { portalId, appId } = portal.settings();
  return {
    eventId: 1,
    subscriptionId: 1,
    portalId,
    appId,
    occurredAt: newest?.updatedMs ?? portal.now(),
    subscriptionType: "deal.propertyChange",
    attemptNumber: 0,
    objectId: Number(recordId ?? newest?.id ?? 1),
    propertyName: "dealstage",
    propertyValue: newest?.properties["dealstage"] ?? "",
    changeSource: "CRM_UI",
  };
}
