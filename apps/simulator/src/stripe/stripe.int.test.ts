import { Stripe } from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningSimulator, startSimulator } from "../index.ts";
import { connectStripe, control } from "../testing/vendor-clients.ts";

let simulator: RunningSimulator;
let stripe: Stripe;

beforeAll(async () => {
  simulator = await startSimulator();
  stripe = connectStripe(simulator);
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.parts.reset());

async function refused(
  call: Promise<unknown>,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  return call.then(
    (value) => {
      throw new Error(`Expected a refusal, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => {
      if (error instanceof Stripe.errors.StripeError) return error;
      throw error;
    },
  );
}

const yearly = (product: string, unit_amount: number, currency = "usd") => ({
  currency,
  product,
  unit_amount,
  recurring: { interval: "year" as const },
});

async function aCustomerAndProduct() {
  const customer = await stripe.customers.create({
    name: "Acme",
    email: "ap@acme.example",
    metadata: { usher_customer_id: "c1" },
  });
  const product = await stripe.products.create({
    id: "usher_PRO",
    name: "Pro",
    metadata: { usher_sku: "PRO" },
  });
  return { customer, product };
}

async function aSubscription(more: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const { customer, product } = await aCustomerAndProduct();
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [
      { price_data: yearly(product.id, 10_000), quantity: 5, metadata: { usher_line_id: "l1" } },
    ],
    collection_method: "send_invoice",
    days_until_due: 30,
    metadata: { usher_order_id: "o1" },
    expand: ["latest_invoice"],
    ...more,
  });
  return { customer, product, subscription };
}

const firstItem = (subscription: Stripe.Subscription) =>
  subscription.items.data[0] as Stripe.SubscriptionItem;

describe("customers, products and prices with stripe-node", () => {
  it("makes, reads, changes, lists, finds and deletes a customer", async () => {
    const made = await stripe.customers.create({
      name: "Zoë",
      address: { country: "AT" },
      metadata: { a: "1", b: "2" },
    });
    const changed = await stripe.customers.update(made.id, {
      email: "zoe@example.org",
      metadata: { a: "3", b: "" },
    });
    expect(changed).toMatchObject({ email: "zoe@example.org", name: "Zoë", metadata: { a: "3" } });
    expect(changed.metadata).not.toHaveProperty("b");
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ address: { country: "AT" } });
    expect(
      (await stripe.customers.list({ email: "zoe@example.org" })).data.map((one) => one.id),
    ).toEqual([made.id]);
    expect(
      (await stripe.customers.search({ query: "metadata['a']:'3'" })).data.map((one) => one.id),
    ).toEqual([made.id]);
    expect(
      (await stripe.customers.search({ query: 'name~"zo" AND -metadata["a"]:"1"' })).data,
    ).toHaveLength(1);
    expect(await stripe.customers.del(made.id)).toEqual(expect.objectContaining({ deleted: true }));
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true });
    expect((await stripe.customers.list()).data).toEqual([]);
  });

  it("does not find by search what was written within the account's search lag", async () => {
    await control(simulator, "PATCH", "/control/stripe/settings", { search_lag_ms: 60_000 });
    await stripe.customers.create({ metadata: { a: "1" } });
    expect((await stripe.customers.search({ query: "metadata['a']:'1'" })).data).toEqual([]);
  });

  it("keeps prices by lookup key, and moves the key only when asked", async () => {
    const product = await stripe.products.create({ name: "Pro" });
    const first = await stripe.prices.create({
      product: product.id,
      currency: "usd",
      unit_amount: 100,
      lookup_key: "pro",
      recurring: { interval: "month" },
    });
    expect((await stripe.prices.list({ lookup_keys: ["pro"] })).data.map((one) => one.id)).toEqual([
      first.id,
    ]);
    expect(
      (
        await refused(
          stripe.prices.create({
            product: product.id,
            currency: "usd",
            unit_amount: 200,
            lookup_key: "pro",
          }),
        )
      ).message,
    ).toContain("already uses that lookup key");
    const second = await stripe.prices.create({
      product: product.id,
      currency: "usd",
      unit_amount: 200,
      lookup_key: "pro",
      transfer_lookup_key: true,
    });
    expect((await stripe.prices.list({ lookup_keys: ["pro"] })).data.map((one) => one.id)).toEqual([
      second.id,
    ]);
    expect(await stripe.prices.update(first.id, { active: false })).toMatchObject({
      active: false,
      lookup_key: null,
    });
  });

  it("keeps fractions of a minor unit", async () => {
    const product = await stripe.products.create({ name: "Pro" });
    const price = await stripe.prices.create({
      product: product.id,
      currency: "usd",
      unit_amount_decimal: Stripe.Decimal.from("12.345"),
    });
    expect(price.unit_amount).toBeNull();
    expect(price.unit_amount_decimal?.toString()).toBe("12.345");
  });

  it("refuses a second product of one id as one that exists", async () => {
    await stripe.products.create({ id: "usher_PRO", name: "Pro" });
    expect(await refused(stripe.products.create({ id: "usher_PRO", name: "Pro" }))).toMatchObject({
      code: "resource_already_exists",
      statusCode: 400,
    });
  });

  it("pages lists newest first, both ways, and to the end by itself", async () => {
    for (let number = 1; number <= 12; number += 1)
      await stripe.customers.create({ name: `C${number}` });
    const first = await stripe.customers.list({ limit: 5 });
    expect([first.has_more, first.data.map((one) => one.name)]).toEqual([
      true,
      ["C12", "C11", "C10", "C9", "C8"],
    ]);
    const back = await stripe.customers.list({ limit: 2, ending_before: first.data[3]?.id ?? "" });
    expect(back.data.map((one) => one.name)).toEqual(["C11", "C10"]);
    const all = await stripe.customers.list({ limit: 5 }).autoPagingToArray({ limit: 100 });
    expect(all).toHaveLength(12);
  });
});

describe("subscriptions with stripe-node", () => {
  it("sent by invoice: active at once, its first invoice a draft for an hour", async () => {
    const { subscription } = await aSubscription();
    const invoice = subscription.latest_invoice as Stripe.Invoice;
    expect(subscription).toMatchObject({
      status: "active",
      currency: "usd",
      days_until_due: 30,
      metadata: { usher_order_id: "o1" },
    });
    expect(subscription).not.toHaveProperty("current_period_end");
    expect(firstItem(subscription)).toMatchObject({
      quantity: 5,
      metadata: { usher_line_id: "l1" },
      price: { unit_amount: 10_000 },
    });
    expect(
      firstItem(subscription).current_period_end - firstItem(subscription).current_period_start,
    ).toBeGreaterThanOrEqual(365 * 86_400);
    expect(invoice).toMatchObject({
      status: "draft",
      total: 50_000,
      amount_due: 50_000,
      billing_reason: "subscription_create",
      auto_advance: true,
    });
    expect(invoice).not.toHaveProperty("current_period_end");
    expect(invoice.parent?.subscription_details).toMatchObject({
      subscription: subscription.id,
      metadata: { usher_order_id: "o1" },
    });
    expect((invoice.automatically_finalizes_at ?? 0) - invoice.created).toBe(3600);
  });

  it("charged automatically: paid and active at once; declined: incomplete, and active once paid", async () => {
    const { subscription } = await aSubscription({
      collection_method: "charge_automatically",
      days_until_due: undefined,
    } as never);
    expect([subscription.status, (subscription.latest_invoice as Stripe.Invoice).status]).toEqual([
      "active",
      "paid",
    ]);
    const broke = await stripe.customers.create({
      name: "Broke",
      payment_method: "pm_card_chargeCustomerFail",
    });
    const failed = await stripe.subscriptions
      .create({ customer: broke.id, items: [{ price: firstItem(subscription).price.id }] })
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ message: expect.stringContaining("inactive") });
    const price = await stripe.prices.create({
      product: "usher_PRO",
      currency: "usd",
      unit_amount: 500,
      recurring: { interval: "month" },
    });
    const incomplete = await stripe.subscriptions.create({
      customer: broke.id,
      items: [{ price: price.id }],
    });
    expect(incomplete.status).toBe("incomplete");
    const invoice = await stripe.invoices.retrieve(incomplete.latest_invoice as string);
    expect(invoice).toMatchObject({ status: "open", attempted: true, attempt_count: 1 });
    await stripe.invoices.pay(invoice.id, { payment_method: "pm_card_visa" });
    expect((await stripe.subscriptions.retrieve(incomplete.id)).status).toBe("active");
    const refusal = await refused(
      stripe.subscriptions.create({
        customer: broke.id,
        items: [{ price: price.id }],
        payment_behavior: "error_if_incomplete",
      }),
    );
    expect(refusal).toMatchObject({
      type: "StripeCardError",
      code: "card_declined",
      statusCode: 402,
    });
  });

  it("that start later are in trial over nothing until then", async () => {
    const trial_end = Math.floor(Date.now() / 1000) + 30 * 86_400;
    const { subscription } = await aSubscription({ trial_end });
    expect(subscription).toMatchObject({
      status: "trialing",
      trial_end,
      billing_cycle_anchor: trial_end,
    });
    expect(firstItem(subscription).current_period_end).toBe(trial_end);
    expect(subscription.latest_invoice).toMatchObject({ total: 0, status: "paid" });
  });

  it("prorate a changed quantity to the second: as pending items, on an invoice, or not at all", async () => {
    const { subscription, customer } = await aSubscription();
    const item = firstItem(subscription);
    const middle =
      item.current_period_start + (item.current_period_end - item.current_period_start) / 2;
    const change = (
      quantity: number,
      proration_behavior: "none" | "create_prorations" | "always_invoice",
    ) =>
      stripe.subscriptions.update(subscription.id, {
        items: [{ id: item.id, quantity }],
        proration_behavior,
        proration_date: Math.round(middle),
        expand: ["latest_invoice"],
      });
    expect(firstItem(await change(6, "none")).quantity).toBe(6);
    expect((await stripe.invoiceItems.list({ customer: customer.id, pending: true })).data).toEqual(
      [],
    );
    await change(10, "create_prorations");
    const pending = await stripe.invoiceItems.list({ customer: customer.id, pending: true });
    expect(pending.data.map((one) => one.amount).sort((left, right) => left - right)).toEqual([
      -30_000, 50_000,
    ]);
    const invoiced = await change(12, "always_invoice");
    expect(invoiced.latest_invoice).toMatchObject({
      billing_reason: "subscription_update",
      total: -30_000 + 50_000 - 50_000 + 60_000,
    });
    expect((await stripe.invoiceItems.list({ customer: customer.id, pending: true })).data).toEqual(
      [],
    );
  });

  it("add, remove and re-price items by their id", async () => {
    const { subscription, product } = await aSubscription();
    const added = await stripe.subscriptions.update(subscription.id, {
      items: [
        { id: firstItem(subscription).id, price_data: yearly(product.id, 12_000), quantity: 4 },
        { price_data: yearly(product.id, 100), quantity: 1 },
      ],
      proration_behavior: "none",
      metadata: { usher_revision: "2" },
    });
    expect(added.items.data.map((one) => [one.quantity, one.price.unit_amount])).toEqual([
      [4, 12_000],
      [1, 100],
    ]);
    expect(added.metadata).toEqual({ usher_order_id: "o1", usher_revision: "2" });
    const removed = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: added.items.data[1]?.id ?? "", deleted: true }],
      proration_behavior: "none",
    });
    expect(removed.items.data).toHaveLength(1);
    const wrong = await refused(
      stripe.subscriptions.update(subscription.id, { items: [{ id: "si_none", quantity: 1 }] }),
    );
    expect(wrong).toMatchObject({ code: "resource_missing", param: "items[0][id]" });
  });

  it("end when canceled, and are then gone for a second cancelation and for the list", async () => {
    const { subscription, customer } = await aSubscription();
    expect(await stripe.subscriptions.cancel(subscription.id)).toMatchObject({
      status: "canceled",
      cancellation_details: { reason: "cancellation_requested" },
    });
    expect(await refused(stripe.subscriptions.cancel(subscription.id))).toMatchObject({
      code: "resource_missing",
      statusCode: 404,
    });
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
    expect(
      (await stripe.subscriptions.list({ customer: customer.id, status: "all" })).data,
    ).toHaveLength(1);
    expect(
      (await stripe.invoices.retrieve((subscription.latest_invoice as Stripe.Invoice).id))
        .auto_advance,
    ).toBe(false);
  });

  it("end, renew and leave their trial by the clock", async () => {
    const { advanceSubscriptions } = await import("./advance-subscriptions.ts");
    const { NOBODY } = await import("./stripe-account.ts");
    const { subscription } = await aSubscription({
      trial_end: Math.floor(Date.now() / 1000) + 100,
      cancel_at: Math.floor(Date.now() / 1000) + 3 * 366 * 86_400,
    });
    const { account } = simulator.parts;
    const later = (days: number) => ({
      ...account,
      now: () => Date.now() + days * 86_400_000,
      nowSeconds: () => Math.floor(Date.now() / 1000) + days * 86_400,
    });
    advanceSubscriptions({ account: later(1), caller: NOBODY });
    const active = await stripe.subscriptions.retrieve(subscription.id, {
      expand: ["latest_invoice"],
    });
    expect([active.status, active.latest_invoice]).toEqual([
      "active",
      expect.objectContaining({ total: 50_000, billing_reason: "subscription_cycle" }),
    ]);
    advanceSubscriptions({ account: later(2 * 366), caller: NOBODY });
    expect((await stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(4);
    advanceSubscriptions({ account: later(4 * 366), caller: NOBODY });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
  });

  it("refuse mixed currencies, mixed rhythms, one-time prices and a missing due date", async () => {
    const { customer, product } = await aCustomerAndProduct();
    const create = (more: object) =>
      refused(
        stripe.subscriptions.create({
          customer: customer.id,
          collection_method: "send_invoice",
          days_until_due: 1,
          ...more,
        } as Stripe.SubscriptionCreateParams),
      );
    expect(
      (
        await create({
          items: [
            { price_data: yearly(product.id, 1) },
            { price_data: yearly(product.id, 1, "eur") },
          ],
        })
      ).message,
    ).toContain("same currency");
    expect(
      (
        await create({
          items: [
            { price_data: yearly(product.id, 1) },
            { price_data: { ...yearly(product.id, 1), recurring: { interval: "month" } } },
          ],
        })
      ).message,
    ).toContain("same billing interval");
    expect(
      (
        await create({
          items: [{ price_data: { ...yearly(product.id, 1), recurring: undefined } }],
        })
      ).message,
    ).toContain("type=one_time");
    expect(
      (await create({ items: [{ price_data: yearly(product.id, 1) }], days_until_due: "" })).param,
    ).toBe("days_until_due");
  });
});

describe("subscription schedules with stripe-node", () => {
  it("manage a subscription: it is canceled by the schedule alone, and goes on by itself when released", async () => {
    const end = Math.floor(Date.now() / 1000) + 400 * 86_400;
    const { subscription } = await aSubscription({ cancel_at: end });
    const from_subscription = subscription.id;
    expect(
      (
        await refused(
          stripe.subscriptionSchedules.create({ from_subscription, end_behavior: "cancel" }),
        )
      ).code,
    ).toBe("parameter_unknown");
    const schedule = await stripe.subscriptionSchedules.create({ from_subscription });
    expect(schedule).toMatchObject({
      status: "active",
      end_behavior: "cancel",
      metadata: {},
      phases: [{ end_date: end, items: [{ quantity: 5, metadata: { usher_line_id: "l1" } }] }],
    });
    const behind = await refused(
      stripe.subscriptions.update(subscription.id, { cancel_at: end - 1 }),
    );
    expect(behind.message).toContain("managed by the subscription schedule");
    const moved = await refused(
      stripe.subscriptionSchedules.update(schedule.id, {
        phases: [
          { start_date: end - 100, end_date: end, items: [{ price_data: yearly("usher_PRO", 1) }] },
        ],
      }),
    );
    expect(moved.message).toContain("current phase");
    await stripe.subscriptionSchedules.release(schedule.id, { preserve_cancel_date: true });
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      schedule: null,
      cancel_at: end,
    });
    expect((await refused(stripe.subscriptionSchedules.cancel(schedule.id))).message).toContain(
      "`released` status",
    );
  });
});

describe("invoices with stripe-node", () => {
  async function anInvoice(more: Partial<Stripe.InvoiceCreateParams> = {}) {
    const { customer, product } = await aCustomerAndProduct();
    const invoice = await stripe.invoices.create({
      customer: customer.id,
      collection_method: "send_invoice",
      days_until_due: 30,
      pending_invoice_items_behavior: "exclude",
      metadata: { usher_order_id: "o1" },
      ...more,
    });
    await stripe.invoiceItems.create({
      customer: customer.id,
      invoice: invoice.id,
      price_data: { currency: "usd", product: product.id, unit_amount: 1_999 },
      quantity: 3,
      description: "Set-up",
      metadata: { usher_line_id: "l1" },
    });
    return { customer, product, invoice };
  }

  it("go from draft to open to paid, with a number, and are paid only once", async () => {
    const { invoice } = await anInvoice();
    const open = await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: true });
    expect(open).toMatchObject({
      status: "open",
      total: 5_997,
      amount_remaining: 5_997,
      number: expect.stringMatching(/-0001$/),
    });
    expect(open.lines.data[0]).toMatchObject({
      amount: 5_997,
      quantity: 3,
      metadata: { usher_line_id: "l1" },
      pricing: { price_details: { product: "usher_PRO" } },
    });
    const paid = await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    expect(paid).toMatchObject({ status: "paid", amount_paid: 5_997, amount_remaining: 0 });
    expect((await refused(stripe.invoices.pay(invoice.id))).message).toContain("already paid");
    expect((await refused(stripe.invoices.finalizeInvoice(invoice.id))).statusCode).toBe(400);
  });

  it("count a declined payment although they refuse it", async () => {
    const { invoice } = await anInvoice();
    await stripe.invoices.finalizeInvoice(invoice.id);
    const declined = await refused(
      stripe.invoices.pay(invoice.id, { payment_method: "pm_card_chargeCustomerFail" }),
    );
    expect(declined).toMatchObject({
      type: "StripeCardError",
      statusCode: 402,
      code: "card_declined",
    });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: "open",
      attempted: true,
      attempt_count: 1,
    });
  });

  it("can be voided when open, deleted when draft, and not the other way round", async () => {
    const { invoice, customer } = await anInvoice();
    expect((await refused(stripe.invoices.voidInvoice(invoice.id))).statusCode).toBe(400);
    await stripe.invoices.finalizeInvoice(invoice.id, { auto_advance: false });
    expect((await refused(stripe.invoices.del(invoice.id))).statusCode).toBe(400);
    expect(await stripe.invoices.voidInvoice(invoice.id)).toMatchObject({
      status: "void",
      amount_remaining: 0,
    });
    const draft = await stripe.invoices.create({ customer: customer.id });
    expect(await stripe.invoices.del(draft.id)).toMatchObject({ deleted: true });
    expect(await refused(stripe.invoices.retrieve(draft.id))).toMatchObject({
      code: "resource_missing",
      statusCode: 404,
    });
  });

  it("show ten lines and the rest behind the list of lines", async () => {
    const { invoice } = await anInvoice();
    await stripe.invoices.addLines(invoice.id, {
      lines: Array.from({ length: 14 }, (_, index) => ({
        amount: 100 + index,
        description: `L${index}`,
      })),
    });
    const shown = await stripe.invoices.retrieve(invoice.id);
    expect([shown.lines.data.length, shown.lines.has_more]).toEqual([10, true]);
    expect(
      await stripe.invoices
        .listLineItems(invoice.id, { limit: 5 })
        .autoPagingToArray({ limit: 100 }),
    ).toHaveLength(15);
    expect(
      (await stripe.invoices.list({ customer: shown.customer as string, status: "draft" })).data,
    ).toHaveLength(1);
  });

  it("are credited: an open one owes less, a paid one gives credit that the next invoice uses up", async () => {
    const { invoice, customer } = await anInvoice();
    await stripe.invoices.finalizeInvoice(invoice.id);
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 997, memo: "late" });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      amount_remaining: 5_000,
      pre_payment_credit_notes_amount: 997,
    });
    await stripe.invoices.pay(invoice.id);
    expect(
      (await refused(stripe.creditNotes.create({ invoice: invoice.id, amount: 5_000 }))).message,
    ).toContain("must equal");
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 5_000,
      credit_amount: 5_000,
    });
    expect(note).toMatchObject({
      total: 5_000,
      type: "post_payment",
      number: expect.stringMatching(/-CN-02$/),
    });
    expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -5_000 });
    const next = await stripe.invoices.create({
      customer: customer.id,
      collection_method: "send_invoice",
      days_until_due: 1,
    });
    await stripe.invoiceItems.create({ customer: customer.id, invoice: next.id, amount: 7_000 });
    expect(await stripe.invoices.finalizeInvoice(next.id)).toMatchObject({
      total: 7_000,
      amount_due: 2_000,
      starting_balance: -5_000,
      ending_balance: 0,
    });
    expect((await stripe.creditNotes.list({ invoice: invoice.id })).data).toHaveLength(2);
  });

  it("of three-decimal and zero-decimal currencies keep whole minor units", async () => {
    const { customer, product } = await aCustomerAndProduct();
    for (const [currency, unit_amount] of [
      ["kwd", 12_345],
      ["jpy", 500],
    ] as const) {
      const invoice = await stripe.invoices.create({ customer: customer.id, currency });
      await stripe.invoiceItems.create({
        customer: customer.id,
        invoice: invoice.id,
        price_data: { currency, product: product.id, unit_amount },
        quantity: 2,
      });
      expect(await stripe.invoices.finalizeInvoice(invoice.id)).toMatchObject({
        currency,
        total: unit_amount * 2,
      });
    }
  });

  it("that advance by themselves are finalized when their hour has come", async () => {
    await control(simulator, "PATCH", "/control/stripe/settings", { auto_finalize_after_ms: 0 });
    const { subscription } = await aSubscription();
    const { finalizeDueInvoices } = await import("./finalize-due-invoices.ts");
    const { NOBODY } = await import("./stripe-account.ts");
    finalizeDueInvoices({ account: simulator.parts.account, caller: NOBODY });
    expect(
      (await stripe.invoices.retrieve((subscription.latest_invoice as Stripe.Invoice).id)).status,
    ).toBe("open");
  });
});

describe("the API's manners", () => {
  it("give the first result of an idempotency key again, and nothing new", async () => {
    const options = { idempotencyKey: "order-1" };
    const first = await stripe.customers.create({ name: "Acme" }, options);
    const second = await stripe.customers.create({ name: "Acme" }, options);
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect(second.lastResponse.headers["original-request"]).toBe(first.lastResponse.requestId);
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });

  it("refuse a key with other parameters", async () => {
    await stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" });
    expect(
      await refused(stripe.customers.create({ name: "Other" }, { idempotencyKey: "k" })),
    ).toMatchObject({ type: "StripeIdempotencyError", statusCode: 400 });
    expect(
      await refused(stripe.products.create({ name: "Acme" }, { idempotencyKey: "k" })),
    ).toMatchObject({ type: "StripeIdempotencyError" });
  });

  it("keep nothing of a request that was refused for its parameters", async () => {
    await refused(stripe.customers.create({ balance: "x" as never }, { idempotencyKey: "k" }));
    expect(
      await stripe.customers
        .create({ balance: "x" as never }, { idempotencyKey: "k" })
        .catch(
          (error: { headers: Record<string, string> }) => error.headers["idempotent-replayed"],
        ),
    ).toBeUndefined();
  });

  it("answer 409 while the first request of a key is being carried out", async () => {
    await control(simulator, "POST", "/control/faults", {
      vendor: "stripe",
      kind: "slow",
      operation: "customers.create",
      delay_ms: 300,
      times: 1,
    });
    const slow = stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" });
    const { until } = await import("../testing/vendor-clients.ts");
    await until("the first request to wait", () => simulator.parts.faults.list().length === 0);
    expect(
      await refused(stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" })),
    ).toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
    expect((await slow).name).toBe("Acme");
  });

  it("refuse a wrong key, a wrong version, an unknown parameter, object and URL", async () => {
    expect(await refused(connectStripe(simulator, "sk_test_wrong").customers.list())).toMatchObject(
      { type: "StripeAuthenticationError", statusCode: 401 },
    );
    expect(await refused(stripe.customers.create({ nope: "1" } as never))).toMatchObject({
      code: "parameter_unknown",
      param: "nope",
    });
    expect(await refused(stripe.customers.retrieve("cus_none"))).toMatchObject({
      code: "resource_missing",
      statusCode: 404,
      requestId: expect.stringMatching(/^req_/),
    });
    expect(
      await refused(stripe.subscriptions.create({ customer: "cus_none", items: [] })),
    ).toMatchObject({ code: "resource_missing", statusCode: 400, param: "customer" });
    expect(await refused(stripe.coupons.list())).toMatchObject({ statusCode: 404 });
    const old = await fetch(`${simulator.url}/v1/customers`, {
      headers: {
        authorization: `Bearer ${simulator.parts.account.settings().secretKey}`,
        "stripe-version": "2020-08-27",
      },
    });
    expect(old.status).toBe(400);
  });

  it("expand what they are asked to, and refuse what cannot be", async () => {
    const { subscription } = await aSubscription({
      expand: ["customer", "latest_invoice", "items.data.price.product"],
    });
    expect(subscription.customer).toMatchObject({ object: "customer", name: "Acme" });
    expect(firstItem(subscription).price.product).toMatchObject({ object: "product", name: "Pro" });
    const list = await stripe.subscriptions.list({ expand: ["data.customer"] });
    expect(list.data[0]?.customer).toMatchObject({ object: "customer" });
    expect(
      (await refused(stripe.subscriptions.retrieve(subscription.id, { expand: ["nope"] }))).message,
    ).toContain("cannot be expanded");
  });

  it("remember events, whole and by type, for who missed them", async () => {
    const { subscription } = await aSubscription();
    const all = await stripe.events.list({ limit: 100 });
    expect(all.data.map((one) => one.type)).toEqual([
      "invoice.created",
      "customer.subscription.created",
      "price.created",
      "product.created",
      "customer.created",
    ]);
    const [created] = (
      await stripe.events.list({ types: ["customer.subscription.created"], delivery_success: true })
    ).data;
    expect(await stripe.events.retrieve(created?.id ?? "")).toMatchObject({
      api_version: "2026-10-28.endive",
      data: { object: { id: subscription.id } },
    });
    await stripe.subscriptions.update(subscription.id, { metadata: { x: "1" } });
    const [updated] = (await stripe.events.list({ type: "customer.subscription.updated" })).data;
    expect(updated?.data.previous_attributes).toEqual({ metadata: { usher_order_id: "o1" } });
  });

  it("make, change and delete webhook endpoints; the secret is shown once", async () => {
    const made = await stripe.webhookEndpoints.create({
      url: "http://127.0.0.1:9/x",
      enabled_events: ["invoice.paid"],
    });
    expect(made.secret).toMatch(/^whsec_/);
    expect(await stripe.webhookEndpoints.retrieve(made.id)).not.toHaveProperty("secret");
    expect(await stripe.webhookEndpoints.update(made.id, { disabled: true })).toMatchObject({
      status: "disabled",
    });
    await stripe.webhookEndpoints.del(made.id);
    expect((await stripe.webhookEndpoints.list()).data).toEqual([]);
  });
});
