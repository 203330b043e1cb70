import { Stripe } from "stripe";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningSimulator, startSimulator } from "../index.ts";
import {
  connectJsforce,
  connectStripe,
  control,
  type Received,
  startReceiver,
  until,
  type WebhookReceiver,
} from "../testing/vendor-clients.ts";

let simulator: RunningSimulator;
let stripe: Stripe;
let hub: WebhookReceiver;
const secret = "whsec_test";

beforeAll(async () => {
  simulator = await startSimulator({ seed: 11 });
  stripe = connectStripe(simulator);
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  simulator.parts.reset();
  hub = await startReceiver();
});
afterEach(() => hub.stop());

const register = (vendor: "salesforce" | "stripe", events = ["*"]) =>
  control(simulator, "POST", "/control/webhooks", { vendor, url: hub.url, secret, events });
const behave = (vendor: "salesforce" | "stripe", change: object) =>
  control(simulator, "PATCH", "/control/webhooks/behavior", { vendor, ...change });
const verified = ({ body, headers }: Received) =>
  stripe.webhooks.constructEvent(body, headers["stripe-signature"] ?? "", secret);
const received = (count: number) =>
  until(`${count} notifications, got ${hub.received.length}`, () => hub.received.length >= count);

describe("Stripe's webhooks", () => {
  it("verify with stripe-node's own constructEvent, over the raw body", async () => {
    await register("stripe");
    const customer = await stripe.customers.create({ name: "Zoë 🚀" });
    await received(1);
    const event = verified(hub.received[0] as Received);
    expect(event).toMatchObject({
      type: "customer.created",
      api_version: "2026-10-28.endive",
      data: { object: { id: customer.id, name: "Zoë 🚀" } },
    });
    expect(event.request?.id).toMatch(/^req_/);
  });

  it("go only to endpoints that asked for their type", async () => {
    await register("stripe", ["product.created"]);
    await stripe.customers.create({ name: "Acme" });
    await stripe.products.create({ name: "Pro" });
    await received(1);
    await until("nothing under way", () => simulator.parts.webhooks.pending("stripe") === 0);
    expect(hub.received.map((one) => verified(one).type)).toEqual(["product.created"]);
  });

  it("are sent again until they are taken, and are listed as undelivered until then", async () => {
    await register("stripe");
    await behave("stripe", { retry_delays_ms: [20] });
    hub.answers.push(500, 302, 404);
    await stripe.customers.create({ name: "Acme" });
    await received(1);
    expect((await stripe.events.list({ delivery_success: false })).data).toMatchObject([
      { type: "customer.created", pending_webhooks: 1 },
    ]);
    await received(4);
    const ids = hub.received.map((one) => verified(one).id);
    expect(new Set(ids).size).toBe(1);
    await until(
      "the event to be delivered",
      async () => (await stripe.events.list({ delivery_success: false })).data.length === 0,
    );
  });

  it("are given up after the most attempts, and then found by events.list", async () => {
    await register("stripe");
    await behave("stripe", { retry_delays_ms: [5], attempts_max: 2 });
    hub.answers.push(...Array<number>(9).fill(500));
    await stripe.customers.create({ name: "Acme" });
    await until(
      "the delivery to be given up",
      () => simulator.parts.webhooks.pending("stripe") === 0,
    );
    expect(hub.received).toHaveLength(2);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
  });

  it("are held, doubled, shuffled and let go on request, and none is lost", async () => {
    await register("stripe");
    await behave("stripe", { hold: true, duplicate: 2, shuffle: true, shuffle_window_ms: 200 });
    for (let number = 0; number < 10; number += 1)
      await stripe.customers.create({ name: `C${number}` });
    expect(hub.received).toEqual([]);
    expect(simulator.parts.webhooks.pending("stripe")).toBe(30);
    await control(simulator, "POST", "/control/webhooks/release", { vendor: "stripe" });
    await received(30);
    const names = hub.received.map(
      (one) => (verified(one).data.object as Stripe.Customer).name ?? "",
    );
    const inOrder = Array.from({ length: 10 }, (_, index) => [
      `C${index}`,
      `C${index}`,
      `C${index}`,
    ]).flat();
    expect([...names].sort()).toEqual(inOrder);
    expect(names).not.toEqual(inOrder);
  });

  it("tell the story of a bill: finalized, failed, paid", async () => {
    await register("stripe", [
      "invoice.finalized",
      "invoice.payment_failed",
      "invoice.paid",
      "customer.subscription.created",
      "customer.subscription.updated",
    ]);
    const customer = await stripe.customers.create({ name: "Acme" });
    const product = await stripe.products.create({ name: "Pro" });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      collection_method: "send_invoice",
      days_until_due: 30,
      items: [
        {
          price_data: {
            currency: "usd",
            product: product.id,
            unit_amount: 100,
            recurring: { interval: "month" },
          },
        },
      ],
    });
    const invoice = String(subscription.latest_invoice);
    await control(simulator, "POST", `/control/stripe/invoices/${invoice}/fail`);
    await control(simulator, "POST", `/control/stripe/invoices/${invoice}/pay`);
    await received(6);
    const types = hub.received.map((one) => verified(one).type).sort();
    expect(types).toEqual([
      "customer.subscription.created",
      "customer.subscription.updated",
      "customer.subscription.updated",
      "invoice.finalized",
      "invoice.paid",
      "invoice.payment_failed",
    ]);
  });
});

describe("the CRM's notification", () => {
  const win = () =>
    control<{ deal_id: string }>(simulator, "POST", "/control/salesforce/deals", {
      account: { name: "Acme" },
      lines: [
        { product: "A", quantity: 1, unit_price: "1" },
        { product: "B", quantity: 1, unit_price: "2" },
      ],
    });

  it("is one a change, signed over the raw body, and holds nothing but what to re-read", async () => {
    await register("salesforce");
    const { deal_id } = await win();
    await received(1);
    await until("nothing under way", () => simulator.parts.webhooks.pending("salesforce") === 0);
    expect(hub.received).toHaveLength(1);
    const { body, headers } = hub.received[0] as Received;
    // The scheme is Stripe's, so Stripe's own verification is the judge.
    stripe.webhooks.signature?.verifyHeader(body, headers["x-usher-signature"] ?? "", secret, 300);
    expect(JSON.parse(body)).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      organization_id: simulator.parts.org.settings().organizationId,
      object: "Opportunity",
      record_id: deal_id,
      occurred_at: expect.stringMatching(/Z$/),
    });
  });

  it("follows an edit, not our own write-back of status fields; with echoes on, both", async () => {
    await register("salesforce");
    const { deal_id } = await win();
    await received(1);
    const crm = await connectJsforce(simulator);
    await crm.sobject("Opportunity").update({ Id: deal_id, Usher_Status__c: "Active" });
    await control(simulator, "PATCH", `/control/salesforce/deals/${deal_id}`, {
      edit_lines: [{ product: "A", quantity: 0 }],
    });
    await received(2);
    await control(simulator, "PATCH", "/control/salesforce/settings", { echo_notifications: true });
    await crm.sobject("Opportunity").update({ Id: deal_id, Usher_Status__c: "Ended" });
    await received(3);
    await until("nothing under way", () => simulator.parts.webhooks.pending("salesforce") === 0);
    expect(hub.received).toHaveLength(3);
  });
});

describe("forged notifications", () => {
  it.each([
    ["bad_signature", false],
    ["altered_body", false],
    ["stale", false],
    ["replay", true],
  ])("of kind %s: stripe-node accepts it: %s", async (kind, accepted) => {
    await register("stripe");
    await stripe.customers.create({ name: "Acme" });
    await received(1);
    const answer = await control<{ status: number }>(simulator, "POST", "/control/webhooks/forge", {
      vendor: "stripe",
      kind,
    });
    expect(answer.status).toBe(200);
    await received(2);
    const verify = () => verified(hub.received[1] as Received);
    if (accepted) expect(verify().id).toBe(verified(hub.received[0] as Received).id);
    else expect(verify).toThrow(Stripe.errors.StripeSignatureVerificationError);
  });
});
