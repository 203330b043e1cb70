import { describe, expect, it } from "vitest";
import { createSimulator } from "../create-simulator.ts";
import type { Call, CallResult } from "./call.ts";
import { createCheckoutSession } from "./checkout-calls.ts";
import { createCreditNote } from "./credit-note-calls.ts";
import { createCustomer } from "./customer-calls.ts";
import { showSnapshotEvent } from "./emit-event.ts";
import { attachFeature, createFeature } from "./feature-calls.ts";
import checkoutSession from "./fixtures/checkout_session.json" with { type: "json" };
import creditNote from "./fixtures/credit_note.json" with { type: "json" };
import customer from "./fixtures/customer.json" with { type: "json" };
import feature from "./fixtures/entitlements_feature.json" with { type: "json" };
import event from "./fixtures/event.json" with { type: "json" };
import invoice from "./fixtures/invoice.json" with { type: "json" };
import invoiceItem from "./fixtures/invoiceitem.json" with { type: "json" };
import lineItem from "./fixtures/line_item.json" with { type: "json" };
import price from "./fixtures/price.json" with { type: "json" };
import product from "./fixtures/product.json" with { type: "json" };
import productFeature from "./fixtures/product_feature.json" with { type: "json" };
import subscription from "./fixtures/subscription.json" with { type: "json" };
import subscriptionItem from "./fixtures/subscription_item.json" with { type: "json" };
import subscriptionSchedule from "./fixtures/subscription_schedule.json" with { type: "json" };
import webhookEndpoint from "./fixtures/webhook_endpoint.json" with { type: "json" };
import { parseFormTree } from "./form-tree.ts";
import { finalizeInvoiceCall, retrieveInvoice } from "./invoice-calls.ts";
import { createInvoiceItem } from "./invoice-item-calls.ts";
import { createParams } from "./params.ts";
import { createPrice } from "./price-calls.ts";
import { createProduct } from "./product-calls.ts";
import { NOBODY } from "./stripe-account.ts";
import { createSubscription } from "./subscription-calls.ts";
import { createSubscriptionSchedule } from "./subscription-schedule-calls.ts";
import { createWebhookEndpoint } from "./webhook-endpoint-calls.ts";

/**
 * Our resources against those Stripe published: the same keys, and where both say something the
 * same kind of value. What the fixtures lack or have too much by their age is named here.
 */
const NEWER_THAN_THE_FIXTURES = [
  "tax_details",
  "current_trial",
  "feedback_option",
  "secret",
  "subtotal",
  "pause_schedules",
  "allowed_payment_method_types",
];

describe("a resource of the simulator has the keys of the one Stripe published", () => {
  const made = makeOneOfEach();
  it.each([
    ["customer", customer, made.customer],
    ["product", product, made.product],
    ["price", price, made.price],
    ["subscription", subscription, made.subscription],
    ["subscription item", subscriptionItem, made.subscriptionItem],
    ["subscription schedule", subscriptionSchedule, made.subscriptionSchedule],
    ["invoice", invoice, made.invoice],
    ["line item", lineItem, made.lineItem],
    ["invoice item", invoiceItem, made.invoiceItem],
    ["credit note", creditNote, made.creditNote],
    ["checkout session", checkoutSession, made.checkoutSession],
    ["feature", feature, made.feature],
    ["product feature", productFeature, made.productFeature],
    ["event", event, made.event],
    ["webhook endpoint", webhookEndpoint, made.webhookEndpoint],
  ])("%s", (_, published, ours) => {
    const keys = Object.keys(ours).filter((key) => !NEWER_THAN_THE_FIXTURES.includes(key));
    const older = Object.keys(published).filter(
      (key) => NEWER_THAN_THE_FIXTURES.includes(key) === false,
    );
    expect(keys.sort()).toEqual(older.sort());
    for (const [key, value] of Object.entries(published)) {
      const own = (ours as Record<string, unknown>)[key];
      if (value === null || own === null || own === undefined) continue;
      expect([key, kindOf(own)]).toEqual([key, kindOf(value)]);
    }
  });
});

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

function makeOneOfEach() {
  const { parts } = createSimulator({ seed: 1 });
  const { account } = parts;
  const call = (run: (call: Call) => CallResult, form: string, path: Record<string, string> = {}) =>
    account.store.transact(() =>
      run({ account, params: createParams(parseFormTree(form)), path, caller: NOBODY }),
    ) as Record<string, unknown> & { readonly id: string };
  const oneCustomer = call(createCustomer, "name=Acme");
  const oneProduct = call(createProduct, "name=Pro");
  const onePrice = call(
    createPrice,
    `product=${oneProduct.id}&currency=usd&unit_amount=100&recurring[interval]=month`,
  );
  const oneSubscription = call(
    createSubscription,
    `customer=${oneCustomer.id}&items[0][price]=${onePrice.id}&collection_method=send_invoice&days_until_due=3`,
  );
  const id = String(oneSubscription["latest_invoice"]);
  call(finalizeInvoiceCall, "", { id });
  const note = call(createCreditNote, `invoice=${id}&amount=10`);
  const oneFeature = call(createFeature, "lookup_key=sso&name=SSO");
  const oneInvoice = call(retrieveInvoice, "", { id });
  const [newest] = account.events.descending();
  return {
    customer: oneCustomer,
    product: oneProduct,
    price: onePrice,
    subscription: oneSubscription,
    subscriptionItem: (oneSubscription["items"] as { data: object[] }).data[0] as object,
    subscriptionSchedule: call(
      createSubscriptionSchedule,
      `customer=${oneCustomer.id}&start_date=4000000000&phases[0][items][0][price]=${onePrice.id}&phases[0][end_date]=4100000000`,
    ),
    invoice: oneInvoice,
    lineItem: (oneInvoice["lines"] as { data: object[] }).data[0] as object,
    invoiceItem: call(createInvoiceItem, `customer=${oneCustomer.id}&amount=5`),
    creditNote: note,
    checkoutSession: call(
      createCheckoutSession,
      `customer=${oneCustomer.id}&mode=payment&success_url=https://a.example&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=5&line_items[0][price_data][product]=${oneProduct.id}`,
    ),
    feature: oneFeature,
    productFeature: call(attachFeature, `entitlement_feature=${oneFeature.id}`, {
      id: oneProduct.id,
    }),
    event: showSnapshotEvent(account, newest as never),
    webhookEndpoint: call(createWebhookEndpoint, "url=http://127.0.0.1:9&enabled_events[]=*"),
  };
}
