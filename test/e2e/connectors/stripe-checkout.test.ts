import type { BillingOrder, CheckoutPage } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { aLine, anOrder, aWorld, hour, once } from "./stripe-world.ts";

async function aCheckoutWorld() {
  const world = await aWorld({ checkout: true });
  const start = (order: BillingOrder, by = world.billing): Promise<CheckoutPage> => {
    if (by.startCheckout === undefined) throw new Error("the connection has a checkout");
    return by.startCheckout(
      { order, successUrl: "https://seller.example/ok", cancelUrl: "https://seller.example/no" },
      aCallContext({
        now: world.now,
        idempotencyKey: `checkout:${order.orderId}:${order.revision}`,
      }),
    );
  };
  const complete = (id: string, outcome = "paid") =>
    fetch(`${world.simulator.url}/control/stripe/checkout_sessions/${id}/complete`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ outcome }),
    });
  const read = (type: string, id: string) =>
    world.billing.readChange(
      { eventId: "evt_1", body: { type, data: { object: { id } } } },
      aCallContext({ now: world.now }),
    );
  const sessions = async () => (await world.stripe.checkout.sessions.list({ limit: 100 })).data;
  return { ...world, start, complete, read, sessions };
}

describe("a checkout", () => {
  it("is one page for one revision, however often and from wherever it is asked for", async () => {
    const { start, connect, sessions, wait } = await aCheckoutWorld();
    const order = anOrder();
    const page = await start(order);
    expect(page).toEqual({
      remoteCustomerId: expect.stringMatching(/^cus_/),
      recordId: expect.stringMatching(/^cs_/),
      url: expect.stringMatching(/\/c\/pay\/cs_/),
      expiresAtMs: expect.any(Number),
    });
    wait(2 * hour);
    expect(await start(order, connect())).toEqual(page);
    expect(await sessions()).toHaveLength(1);
  });

  it("cut off after Stripe opened it is found by the next attempt", async () => {
    const { start, connect, proxy, sessions } = await aCheckoutWorld();
    const order = anOrder();
    proxy.strike({
      when: ({ method, path }) => method === "POST" && path === "/v1/checkout/sessions",
      fault: { kind: "reset-after-commit" },
      times: 1,
    });
    expect((await outcomeOf(start(order))).category).toBe("outcome_unknown");
    await start(order, connect());
    expect(await sessions()).toHaveLength(1);
  });

  it("of an earlier revision is closed: nobody pays the old price", async () => {
    const { start, complete, sessions } = await aCheckoutWorld();
    const order = anOrder();
    const old = await start(order);
    await start({ ...order, revision: 2, lines: [aLine({ quantity: 5 })] });
    expect(new Set((await sessions()).map(({ status }) => status))).toEqual(
      new Set(["expired", "open"]),
    );
    expect((await complete(old.recordId)).status).toBe(422);
  });

  it("that lapsed is followed by another", async () => {
    const { start, wait, sessions, read } = await aCheckoutWorld();
    const order = anOrder();
    const first = await start(order);
    wait(25 * hour);
    await expect
      .poll(async () => (await sessions()).map(({ status }) => status), {
        timeout: 8_000,
        interval: 20,
      })
      .toEqual(["expired"]);
    expect(await read("checkout.session.expired", first.recordId)).toMatchObject({
      kind: "checkout",
      outcome: "expired",
    });
    expect((await start(order)).recordId).not.toBe(first.recordId);
  });

  it("of a subscription is the order's bill: billing finds it, ends it with the term, and makes nothing beside", async () => {
    const { start, complete, read, bill, stripe, livingSubscriptions } = await aCheckoutWorld();
    const order = anOrder({ lines: [aLine({ unitAmountMinor: 10_000, quantity: 3 })] });
    const page = await start(order);
    await complete(page.recordId);
    expect(await read("checkout.session.completed", page.recordId)).toEqual({
      kind: "checkout",
      orderId: order.orderId,
      recordId: page.recordId,
      outcome: "paid",
    });
    const { records } = await bill(order);
    const [subscription] = await livingSubscriptions();
    expect(records).toMatchObject([{ kind: "subscription", id: subscription?.id }]);
    expect(await livingSubscriptions()).toHaveLength(1);
    expect(subscription?.cancel_at).toBe(Math.floor(Date.parse(aLine().endsAtIso) / 1000));
    const first = await stripe.invoices.retrieve(String(subscription?.latest_invoice));
    const perMonth = subscription?.items.data[0]?.price.unit_amount ?? 0;
    expect(first.total + 11 * 3 * perMonth).toBe(30_000);
    expect(await read("invoice.paid", first.id)).toMatchObject({ orderId: order.orderId });
    expect(await start(order)).toMatchObject({ recordId: page.recordId, url: null });
  });

  it("paid before Stripe's search shows its customer is found by a worker that did not open it", async () => {
    const { simulator, start, complete, bill, connect, livingSubscriptions } =
      await aCheckoutWorld();
    simulator.parts.account.changeSettings({ searchLagMs: 60_000 });
    const order = anOrder();
    await complete((await start(order)).recordId);
    const { records } = await bill(order, connect());
    const living = await livingSubscriptions();
    expect(living).toHaveLength(1);
    expect(records).toMatchObject([{ id: living[0]?.id }]);
  });

  it("paid before Stripe's search shows its customer is taken back by a worker that knows no id of theirs", async () => {
    const { simulator, start, complete, cancel, connect, livingSubscriptions, invoices } =
      await aCheckoutWorld();
    simulator.parts.account.changeSettings({ searchLagMs: 60_000 });
    const order = anOrder();
    await complete((await start(order)).recordId);
    expect(await livingSubscriptions()).toHaveLength(1);
    await cancel(order, connect());
    expect(await livingSubscriptions()).toEqual([]);
    expect((await invoices()).map(({ post_payment_credit_notes_amount: back }) => back)).toEqual([
      (await invoices())[0]?.total,
    ]);
  });

  it("of lines billed once leaves the order's invoice, paid", async () => {
    const { start, complete, bill, stripe, invoices } = await aCheckoutWorld();
    const order = anOrder({ lines: [aLine({ ...once, quantity: 2, unitAmountMinor: 4_999 })] });
    await complete((await start(order)).recordId);
    const { records } = await bill(order);
    expect(await invoices()).toHaveLength(1);
    expect(await stripe.invoices.retrieve(records[0]?.id ?? "")).toMatchObject({
      status: "paid",
      total: 9_998,
      metadata: { usher_order_id: order.orderId },
    });
  });

  it.each([
    ["paid", "checkout.session.async_payment_succeeded", "paid"],
    ["failed", "checkout.session.async_payment_failed", "failed"],
  ])("whose payment takes days is pending, and in the end %s", async (end, type, outcome) => {
    const { start, complete, read } = await aCheckoutWorld();
    const { recordId } = await start(anOrder({ lines: [aLine(once)] }));
    await complete(recordId, "pending");
    expect(await read("checkout.session.completed", recordId)).toMatchObject({
      outcome: "pending",
    });
    await complete(recordId, end);
    expect(await read(type, recordId)).toMatchObject({ outcome });
    // Late and out of order: what was paid stays paid.
    const late = await read("checkout.session.completed", recordId);
    expect(late).toMatchObject({ outcome: end === "paid" ? "paid" : "pending" });
  });

  it("is closed when the order is billed instead, and not opened for one that is", async () => {
    const { start, bill, complete, sessions, livingSubscriptions } = await aCheckoutWorld();
    const order = anOrder();
    const page = await start(order);
    await bill(order);
    expect((await sessions()).map(({ status }) => status)).toEqual(["expired"]);
    expect((await complete(page.recordId)).status).toBe(422);
    expect((await outcomeOf(start(order))).category).toBe("validation");
    expect(await livingSubscriptions()).toHaveLength(1);
  });

  it("is closed when the order is taken back", async () => {
    const { start, cancel, complete, sessions } = await aCheckoutWorld();
    const order = anOrder();
    const page = await start(order);
    await cancel(order);
    expect((await sessions()).map(({ status }) => status)).toEqual(["expired"]);
    expect((await complete(page.recordId)).status).toBe(422);
  });

  it.each([
    ["two rhythms", [aLine(), aLine({ billing: { kind: "subscription", interval: "year" } })]],
    ["a subscription and a payment", [aLine(), aLine({ ...once, lineId: "line_2" })]],
  ])("refuses %s, which one page cannot hold", async (_, lines) => {
    const { start, sessions } = await aCheckoutWorld();
    expect((await outcomeOf(start(anOrder({ lines })))).category).toBe("validation");
    expect(await sessions()).toEqual([]);
  });

  it("waits for a term in a trial, from 48 hours on, and refuses one that is nearer", async () => {
    const { start, complete, now, livingSubscriptions } = await aCheckoutWorld();
    const from = (hours: number) => new Date(now() + hours * hour).toISOString();
    await complete((await start(anOrder({ lines: [aLine({ startsAtIso: from(72) })] }))).recordId);
    expect((await livingSubscriptions()).map(({ status }) => status)).toEqual(["trialing"]);
    const near = anOrder({ lines: [aLine({ startsAtIso: from(24) })] });
    expect((await outcomeOf(start(near))).category).toBe("validation");
  });

  it.each([
    ["JPY", 500, 500],
    ["KWD", 1_230, 1_230],
    ["ISK", 5, 500],
    ["UGX", 5, 500],
    ["HUF", 12_345, 12_345],
    ["TWD", 12_345, 12_345],
  ])("in %s asks for the currency's own minor unit", async (currency, unitAmountMinor, total) => {
    const { start, sessions } = await aCheckoutWorld();
    await start(anOrder({ currency, lines: [aLine({ ...once, unitAmountMinor, quantity: 1 })] }));
    expect((await sessions())[0]).toMatchObject({
      currency: currency.toLowerCase(),
      amount_total: total,
    });
  });

  it("is not offered unless the connection says so", async () => {
    const { billing } = await aWorld();
    expect(billing.startCheckout).toBeUndefined();
  });
});
