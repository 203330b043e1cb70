import { randomUUID } from "node:crypto";
import type { WebhookVerdict } from "../../spec/index.ts";
import type { Mutant } from "./mutant.ts";
import { tamperPort } from "./tamper.ts";

const refused = (detail: string): WebhookVerdict => ({
  verified: false,
  because: "malformed",
  detail,
});

export const webhookMutants: readonly Mutant[] = [
  {
    check: 39,
    fault: "a timestamp ahead of the clock is accepted",
    system: tamperPort("webhooks", (webhooks) => ({
      verify(input) {
        const verdict = webhooks.verify(input);
        if (verdict.verified || verdict.because !== "future") return verdict;
        const [, signedAt = "0"] =
          /t=(\d+)/.exec(input.request.headers["x-acme-signature"] ?? "") ?? [];
        return webhooks.verify({ ...input, nowMs: Number(signedAt) * 1000 });
      },
    })),
  },
  {
    check: 40,
    fault: "an event's id is made up on arrival",
    system: tamperPort("webhooks", (webhooks) => ({
      verify(input) {
        const verdict = webhooks.verify(input);
        // Every ordinary event: those of the recorded sequences keep theirs.
        if (!verdict.verified) return verdict;
        return {
          ...verdict,
          events: verdict.events.map((event) =>
            event.eventId === "evt_1" ? { ...event, eventId: randomUUID() } : event,
          ),
        };
      },
    })),
  },
  {
    check: 41,
    fault: "an event older than the newest one seen is dropped",
    system(system) {
      const { webhooks } = system;
      if (webhooks === null) return system;
      let newest = "";
      return {
        ...system,
        webhooks: {
          ...webhooks,
          verify(input) {
            const verdict = webhooks.verify(input);
            if (!verdict.verified) return verdict;
            const events = verdict.events.filter(({ body }) => {
              const { occurred_at: at } = body as { readonly occurred_at: string };
              if (at < newest) return false;
              newest = at;
              return true;
            });
            return { ...verdict, events };
          },
        },
      };
    },
  },
  {
    check: 42,
    fault: "one broken event refuses the whole delivery",
    system: tamperPort("webhooks", (webhooks) => ({
      verify(input) {
        const verdict = webhooks.verify(input);
        const isBroken = verdict.verified && (verdict.unreadable ?? []).length > 0;
        return isBroken ? refused("an event has no id") : verdict;
      },
    })),
  },
  {
    check: 43,
    fault: "a refusal is answered with a status that the vendor reads otherwise",
    system: tamperPort("webhooks", () => ({ refusalStatus: 400 as const })),
  },
  {
    check: 44,
    fault: "a type that is not known is refused",
    system: tamperPort("webhooks", (webhooks) => ({
      verify(input) {
        const verdict = webhooks.verify(input);
        const isUnknown =
          verdict.verified && verdict.events.some(({ type }) => type === "something.nobody.knows");
        return isUnknown ? refused("unknown type") : verdict;
      },
    })),
  },
  {
    check: 45,
    fault: "a subscription once made is believed to live for good",
    system: tamperPort("subscriptions", (subscriptions) => ({
      keep: async (input, context) =>
        input.subscriptionId === null
          ? subscriptions.keep(input, context)
          : { subscriptionId: input.subscriptionId, expiresAtMs: null, wasMissing: false },
    })),
  },
];
