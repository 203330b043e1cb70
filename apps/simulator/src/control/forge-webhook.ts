import { randomUUID } from "node:crypto";
import { notificationBody } from "../salesforce/notification.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { showEvent } from "../stripe/emit-event.ts";
import type { Vendor } from "../vendor.ts";
import { signWebhook } from "../webhook/sign-webhook.ts";
import { ControlError } from "./control-error.ts";
import type { FORGERIES } from "./control-input.ts";

/** How far off a stale or future timestamp is. */
const OFF_SECONDS = 3_600;

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
  const seconds = Math.floor(now() / 1000);
  const timestamp =
    input.kind === "stale"
      ? seconds - OFF_SECONDS
      : input.kind === "future"
        ? seconds + OFF_SECONDS
        : seconds;
  const secret = input.kind === "bad_signature" ? `${endpoint.secret}x` : endpoint.secret;
  const signature =
    input.kind === "no_signature" ? undefined : signWebhook({ body, secret, timestamp });
  const sent = input.kind === "altered_body" ? body.replace(/"(?=[^"]*$)/, ' "') : body;
  const status = await webhooks.sendRaw({ vendor: input.vendor, body: sent, signature });
  return { status, body: sent };
}

function honestBody(
  parts: SimulatorParts,
  input: { vendor: Vendor; kind: (typeof FORGERIES)[number]; recordId?: string | undefined },
): string {
  const { org, account, now } = parts;
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
  const [newest] = account.events.descending();
  if (newest === undefined) throw new ControlError(409, "The Stripe account has no event yet.");
  return JSON.stringify(showEvent(account, newest), null, 2);
}
