import { z } from "zod";
import { guarded } from "../../http/index.ts";
import { isConnectorError, type WebhookSubscriptions } from "../../spec/index.ts";
import type { AcmeClient } from "./acme-client.ts";

const subscription = z.looseObject({ id: z.string(), expires_at: z.iso.datetime() });

/** Acme's webhooks are subscriptions of three days: renewed in time, made again when they are gone. */
export function createAcmeSubscriptions({
  client,
}: {
  readonly client: AcmeClient;
}): WebhookSubscriptions {
  return {
    keep: ({ receiverUrl, secret, subscriptionId }, context) =>
      guarded({ what: "Keeping the subscription", isWrite: true }, async () => {
        const send = (path: string, body: unknown) =>
          client.send(
            {
              method: "POST",
              path,
              body,
              what: "Keeping the subscription",
              schema: subscription,
            },
            context,
          );
        const renewed =
          subscriptionId === null
            ? null
            : await send(`/v1/subscriptions/${encodeURIComponent(subscriptionId)}/renew`, {}).catch(
                (error: unknown) => {
                  if (isConnectorError(error) && error.detail.category === "not_found") return null;
                  throw error;
                },
              );
        const kept = renewed ?? (await send("/v1/subscriptions", { url: receiverUrl, secret }));
        return {
          subscriptionId: kept.id,
          expiresAtMs: Date.parse(kept.expires_at),
          wasMissing: renewed === null,
        };
      }),
    answerHandshake({ query }) {
      const challenge = new URLSearchParams(query).get("challenge");
      return challenge === null ? null : { status: 200, body: challenge };
    },
  };
}
