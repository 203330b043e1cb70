import { readFileSync } from "node:fs";
import type Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { fromStripeInvoice, fromStripeSubscription } from "./read-stripe-change.ts";

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8"));
const anInvoice = (change: object) => ({ ...read("invoice"), ...change }) as Stripe.Invoice;
const aSubscription = (change: object) =>
  ({ ...read("subscription"), ...change }) as Stripe.Subscription;

const ours = { usher_order_id: "ord_1" };

describe("what an invoice means, in Stripe's current shape", () => {
  it("belongs to the order of its own metadata", () => {
    const invoice = anInvoice({ id: "in_1", status: "paid", metadata: ours, parent: null });
    expect(fromStripeInvoice(invoice)).toEqual({
      kind: "payment",
      orderId: "ord_1",
      recordId: "in_1",
      outcome: "paid",
    });
  });

  it("or to that of the subscription it bills, which stands under parent since 2025", () => {
    const parent = {
      type: "subscription_details",
      quote_details: null,
      subscription_details: { subscription: "sub_1", metadata: ours },
    };
    const invoice = anInvoice({ status: "paid", metadata: {}, parent, subscription: "sub_other" });
    expect(fromStripeInvoice(invoice)).toMatchObject({ orderId: "ord_1" });
  });

  it.each([
    [{ status: "paid" }, "paid"],
    [{ status: "open", attempted: true }, "failed"],
    [{ status: "uncollectible" }, "failed"],
  ])("%o has come out as %s", (change, outcome) => {
    expect(fromStripeInvoice(anInvoice({ metadata: ours, ...change }))).toMatchObject({ outcome });
  });

  it.each([{ status: "open", attempted: false }, { status: "draft" }, { status: "void" }])(
    "%o has not come out yet, or no longer",
    (change) => {
      expect(fromStripeInvoice(anInvoice({ metadata: ours, ...change })).kind).toBe("irrelevant");
    },
  );

  it("leaves other people's invoices alone", () => {
    expect(fromStripeInvoice(anInvoice({ status: "paid", metadata: {}, parent: null })).kind).toBe(
      "irrelevant",
    );
  });
});

describe("what a subscription means", () => {
  it.each([
    ["active", "active"],
    ["trialing", "active"],
    ["past_due", "past_due"],
    ["unpaid", "past_due"],
    ["paused", "past_due"],
    ["canceled", "canceled"],
    ["incomplete_expired", "canceled"],
  ])("%s is %s", (status, state) => {
    const subscription = aSubscription({ id: "sub_1", status, metadata: ours });
    expect(fromStripeSubscription(subscription)).toEqual({
      kind: "subscription",
      orderId: "ord_1",
      recordId: "sub_1",
      state,
    });
  });

  it.each(["incomplete", "a_status_of_next_year"])("%s says nothing yet", (status) => {
    expect(fromStripeSubscription(aSubscription({ status, metadata: ours })).kind).toBe(
      "irrelevant",
    );
  });
});
