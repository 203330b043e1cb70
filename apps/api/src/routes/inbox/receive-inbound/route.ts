import { createHash } from "node:crypto";
import type { InboundEvent, UnreadableEvent, WebhookVerdict } from "@usher/connector-sdk/spec";
import { storeInbound } from "@usher/database";
import type { ErrorCode } from "@usher/entitlement-core/errors";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { ApiProblem } from "../../../http/api-problem.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { WebhookConnections } from "../../../inbound/webhook-connections.ts";
import type { ApiMetrics } from "../../../observability/api-metrics.ts";

type Refusal = Extract<WebhookVerdict, { verified: false }>;

const codes: Record<Refusal["because"], ErrorCode> = {
  missing: "signature_missing",
  invalid: "signature_invalid",
  stale: "signature_stale",
  future: "signature_in_future",
  malformed: "invalid_request",
};

/** Headers worth keeping with a stored event. Signatures and secrets are not among them. */
const keptHeaders = ["content-type", "user-agent", "x-request-id", "stripe-version"];

/**
 * Verify over the raw bytes, store under the vendor's event id, then answer: in that order, and
 * nothing else here. What is stored is a hint; the worker re-reads the object from its source.
 */
export function receiveInboundRoute({
  database,
  publicUrl,
  webhooks,
  metrics,
}: Pick<ApiDependencies, "database" | "publicUrl"> & {
  readonly webhooks: WebhookConnections;
  readonly metrics: ApiMetrics;
}) {
  return plainRoute("receiveInbound", async ({ params, body, request }) => {
    const headers = request.headers();
    const connection = await webhooks.find(params.connection_id);
    if (connection === null) {
      throw new ApiProblem(
        "unknown_connection",
        "No connection that takes webhooks has this id. Copy the address from GET /v1/connections (inbound_url).",
      );
    }
    const { receiver, secrets, tenantId } = connection;
    const verdict = receiver.verify({
      request: { headers, rawBody: body, url: `${publicUrl}${request.path}` },
      secrets,
      nowMs: request.now,
    });
    if (!verdict.verified) {
      metrics.inboundEvents({ outcome: "refused", count: 1 });
      // Some vendors never send again what was refused with 4xx; their receiver says what to answer.
      if (receiver.refusalStatus === 200) return { body: { received: 0, duplicates: 0 } };
      if (receiver.refusalStatus === 503) throw new ApiProblem("not_ready", verdict.detail);
      throw new ApiProblem(codes[verdict.because], verdict.detail);
    }
    const stored = await database.withTenant({ tenantId }, (tx) =>
      storeInbound(tx, {
        connectionId: params.connection_id,
        events: [
          ...verdict.events.map((event) => toStore({ event, headers, rawBody: body })),
          // What cannot be read is kept with its reason; the rest of the batch goes on.
          ...(verdict.unreadable ?? []).map((one) => ({
            ...toStore({ event: unreadableEvent(one), headers, rawBody: body }),
            quarantinedBecause: one.detail,
          })),
        ],
      }),
    );
    const received = stored.filter((one) => one.outcome === "stored").length;
    metrics.inboundEvents({ outcome: "stored", count: received });
    metrics.inboundEvents({ outcome: "duplicate", count: stored.length - received });
    return { body: { received, duplicates: stored.length - received } };
  });
}

/** It has no id that could be trusted, so what it says is what tells it from another. */
function unreadableEvent({ body }: UnreadableEvent): InboundEvent {
  const digest = createHash("sha256")
    .update(JSON.stringify(body) ?? "")
    .digest("hex");
  return { eventId: `unreadable:${digest}`, type: "unreadable", dealId: null, body };
}

function toStore({
  event,
  headers,
  rawBody,
}: {
  readonly event: InboundEvent;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: Uint8Array;
}) {
  return {
    eventId: event.eventId,
    type: event.type,
    dealId: event.dealId,
    body: event.body,
    rawBody,
    headers: Object.fromEntries(
      keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
  };
}
