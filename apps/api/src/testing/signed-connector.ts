import { createHmac, timingSafeEqual } from "node:crypto";
import type {
  ConnectorDefinition,
  UnreadableEvent,
  WebhookReceiver,
} from "@usher/connector-sdk/spec";
import { z } from "zod";

/** The least a vendor can be: signed webhooks and nothing else. Tests of the door need no more. */
export const signedConnector: ConnectorDefinition = {
  manifest: {
    id: "signed",
    name: "Signed webhooks",
    version: "1.0.0",
    kinds: ["crm"],
    authKinds: ["none"],
    secretFields: ["clientSecret"],
    configSchema: z.unknown(),
    allowedHosts: [],
    scopes: [],
    limits: { concurrentCallsMax: 1, batchSizeMax: 1 },
    streams: [],
    webhookEvents: ["deal.won"],
  },
  connect: () => ({ crm: null, billing: null, webhooks: receiver, close: async () => undefined }),
};

const toleranceMs = 300_000;

const receiver: WebhookReceiver = {
  refusalStatus: 401,
  verify({ request, secrets, nowMs }) {
    const header = request.headers["x-test-signature"];
    if (header === undefined)
      return { verified: false, because: "missing", detail: "There is no X-Test-Signature." };
    const [stamp = "", signature = ""] = header.split(".");
    const isTrue = secrets.some((secret) =>
      equal(signature, sign({ secret, stamp, body: request.rawBody })),
    );
    if (!isTrue)
      return { verified: false, because: "invalid", detail: "The signature does not match." };
    const age = nowMs - Number(stamp);
    if (age > toleranceMs)
      return { verified: false, because: "stale", detail: "The signature is too old." };
    if (age < -toleranceMs)
      return { verified: false, because: "future", detail: "The signature is from the future." };
    const body = JSON.parse(Buffer.from(request.rawBody).toString("utf8")) as {
      id: string;
      deal: string;
      unreadable?: readonly UnreadableEvent[];
    };
    return {
      verified: true,
      events: [{ eventId: body.id, type: "deal.won", dealId: body.deal, body }],
      unreadable: body.unreadable ?? [],
    };
  },
};

/** The value of `X-Test-Signature` for a body sent at `stamp` (epoch milliseconds). */
export function signatureOf({
  secret,
  body,
  stamp,
}: {
  readonly secret: string;
  readonly body: string;
  readonly stamp: number;
}): string {
  return `${stamp}.${sign({ secret, stamp: String(stamp), body: Buffer.from(body) })}`;
}

function sign({
  secret,
  stamp,
  body,
}: {
  readonly secret: string;
  readonly stamp: string;
  readonly body: Uint8Array;
}): string {
  return createHmac("sha256", secret).update(`${stamp}.`).update(body).digest("hex");
}

function equal(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
