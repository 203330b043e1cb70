import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { stripeWebhooks } from "./stripe-webhook.ts";

const secret = "whsec_test";
const nowMs = 1_795_000_000_000;
const payload = JSON.stringify(
  { id: "evt_1", object: "event", type: "invoice.paid", data: { object: { id: "in_1" } } },
  null,
  2,
);

function signed(input: { readonly payload?: string; readonly timestamp?: number } = {}) {
  const { payload: body = payload, timestamp = nowMs / 1000 } = input;
  const stripe = new Stripe("sk_test_x");
  return {
    headers: {
      "stripe-signature": stripe.webhooks.generateTestHeaderString({
        payload: body,
        secret,
        timestamp,
      }),
    },
    rawBody: new TextEncoder().encode(body),
  };
}

const verify = (request: ReturnType<typeof signed>) =>
  stripeWebhooks.verify({ request, secrets: [secret], nowMs });

describe("stripeWebhooks", () => {
  it("takes what stripe-node itself signs", () => {
    expect(verify(signed())).toMatchObject({
      verified: true,
      events: [{ eventId: "evt_1", type: "invoice.paid", dealId: null }],
    });
  });

  it("refuses a future timestamp, which constructEvent accepts", async () => {
    const ahead = signed({ timestamp: nowMs / 1000 + 30 * 86_400 });
    const accepted = await new Stripe("sk_test_x").webhooks.constructEventAsync(
      payload,
      ahead.headers["stripe-signature"],
      secret,
    );
    expect(accepted.id).toBe("evt_1");
    expect(verify(ahead)).toMatchObject({ verified: false, because: "future" });
  });

  it("takes a thin event, on which constructEvent throws", () => {
    const thin = JSON.stringify({
      id: "evt_2",
      object: "v2.core.event",
      type: "v1.customer.created",
    });
    expect(verify(signed({ payload: thin }))).toMatchObject({
      verified: true,
      events: [{ eventId: "evt_2" }],
    });
  });

  it("knows a thin event by its snapshot's id, so that one change in both forms acts once", () => {
    const thin = JSON.stringify({
      id: "evt_test_65R9",
      object: "v2.core.event",
      snapshot_event: "evt_1",
      type: "v1.invoice.paid",
      related_object: { id: "in_1", type: "invoice", url: "/v1/invoices/in_1" },
    });
    expect(verify(signed({ payload: thin }))).toMatchObject({
      events: [{ eventId: "evt_1", type: "v1.invoice.paid" }],
    });
    expect(verify(signed())).toMatchObject({ events: [{ eventId: "evt_1" }] });
  });

  it.each(["not json", "[]", "{}", '{"id":"evt_1"}', '{"id":"../x","object":"event","type":"t"}'])(
    "calls a genuine body of %s malformed",
    (body) => {
      expect(verify(signed({ payload: body }))).toMatchObject({
        verified: false,
        because: "malformed",
      });
    },
  );
});
