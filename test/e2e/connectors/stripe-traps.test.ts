import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { aLine, anOrder, aWorld, hour, once } from "./stripe-world.ts";

describe("how many calls an order costs", () => {
  it("one, for a known customer and sku billed the day it came", async () => {
    const { bill, proxy, now } = await aWorld();
    const first = anOrder();
    const { remoteCustomerId } = await bill(first);
    proxy.calm();
    const customer = { ...first.customer, remoteCustomerId };
    await bill(anOrder({ customer, notBilledBeforeMs: now() }));
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v1/subscriptions",
    ]);
  });

  it("four, for a customer and a sku that are both new", async () => {
    const { bill, proxy } = await aWorld();
    await bill(anOrder());
    expect(proxy.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`)).toEqual([
      "GET /v1/customers/search",
      "POST /v1/customers",
      "POST /v1/products",
      "POST /v1/subscriptions",
    ]);
  });

  it("an invoice is three and one a further line", async () => {
    const { bill, proxy, now } = await aWorld();
    const first = anOrder();
    const { remoteCustomerId } = await bill(first);
    proxy.calm();
    const customer = { ...first.customer, remoteCustomerId };
    const lines = [aLine(once), aLine({ ...once, lineId: "line_2" })];
    await bill(anOrder({ customer, lines, notBilledBeforeMs: now() }));
    expect(proxy.requests.map(({ path }) => path.replace(/in_\w+/, "in"))).toEqual([
      "/v1/invoices",
      "/v1/invoiceitems",
      "/v1/invoiceitems",
      "/v1/invoices/in/finalize",
    ]);
  });
});

describe("what stripe-node does by itself", () => {
  const isSubscription = ({ path, method }: { readonly path: string; readonly method: string }) =>
    method === "POST" && path === "/v1/subscriptions";
  const refusal = (status: number, error: Readonly<Record<string, string>>) =>
    ({
      kind: "answer",
      status,
      headers: { "content-type": "application/json", "stripe-should-retry": "true" },
      body: JSON.stringify({ error: { message: "refused", ...error } }),
    }) as const;

  it("a closed connection is re-sent even at zero retries: here the write is sent once, and is of unknown outcome", async () => {
    const { bill, proxy } = await aWorld();
    proxy.strike({ when: isSubscription, fault: { kind: "reset-before-commit" } });
    expect((await outcomeOf(bill(anOrder()))).category).toBe("outcome_unknown");
    expect(proxy.requests.filter(isSubscription)).toHaveLength(1);
  });

  it.each([
    [429, { type: "invalid_request_error", code: "lock_timeout" }],
    [409, { type: "idempotency_error", code: "idempotency_key_in_use" }],
    [500, { type: "api_error" }],
  ])(
    "a write answered %i with stripe-should-retry is repeated: here it is sent once",
    async (status, error) => {
      const { bill, proxy } = await aWorld();
      proxy.strike({ when: isSubscription, fault: refusal(status, error) });
      expect((await outcomeOf(bill(anOrder()))).category).not.toBe("ok");
      expect(proxy.requests.filter(isSubscription)).toHaveLength(1);
    },
  );

  it("every POST gets an idempotency key of its own: here two attempts of one step carry one key", async () => {
    const { bill, connect, proxy } = await aWorld();
    const order = anOrder();
    proxy.strike({ when: isSubscription, fault: { kind: "reset-before-commit" }, times: 1 });
    await outcomeOf(bill(order));
    await bill(order, connect());
    const keys = proxy.requests
      .filter(isSubscription)
      .map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it.each(["42", '"ok"', "null"])(
    "the answer %s ends the process, outside of any promise: here it is told, and the write of unknown outcome",
    async (body) => {
      const { bill, proxy } = await aWorld();
      const headers = { "content-type": "application/json" };
      proxy.strike({ when: isSubscription, fault: { kind: "answer", status: 200, headers, body } });
      const outcome = await outcomeOf(bill(anOrder()));
      expect(outcome).toMatchObject({ category: "schema_drift" });
      expect(outcome).toMatchObject({ message: expect.stringContaining("it is no object") });
    },
  );
});

describe("what is billed", () => {
  it("carries order, revision and line in its metadata, and adds up to the price of the term", async () => {
    const { bill, stripe } = await aWorld();
    const order = anOrder({
      lines: [
        aLine({ unitAmountMinor: 10_000, quantity: 3 }),
        aLine({ ...once, lineId: "line_2", unitAmountMinor: 4_999, quantity: 2 }),
      ],
    });
    const { records } = await bill(order);
    expect(records).toEqual([
      {
        kind: "subscription",
        id: expect.stringMatching(/^sub_/),
        lineIds: ["line_1"],
        totalMinor: 30_000,
      },
      {
        kind: "invoice",
        id: expect.stringMatching(/^in_/),
        lineIds: ["line_2"],
        totalMinor: 9_998,
      },
    ]);
    const subscription = await stripe.subscriptions.retrieve(records[0]?.id ?? "");
    expect(subscription.metadata).toMatchObject({
      usher_order_id: order.orderId,
      usher_revision: "1",
    });
    expect(subscription.items.data[0]).toMatchObject({
      quantity: 3,
      metadata: { usher_line_id: "line_1" },
    });
    const perMonth = subscription.items.data[0]?.price.unit_amount ?? 0;
    const first = await stripe.invoices.retrieve(String(subscription.latest_invoice));
    expect(first.total + 11 * 3 * perMonth).toBe(30_000);
    const invoice = await stripe.invoices.retrieve(records[1]?.id ?? "");
    expect(invoice).toMatchObject({
      status: "open",
      total: 9_998,
      metadata: { usher_order_id: order.orderId },
    });
  });

  it.each([
    ["JPY", 500, 500],
    ["KWD", 1_230, 1_230],
    ["ISK", 5, 500],
  ])(
    "%s is billed by its own minor unit, never times 100",
    async (currency, unitAmountMinor, total) => {
      const { bill, stripe } = await aWorld();
      const { records } = await bill(
        anOrder({ currency, lines: [aLine({ ...once, unitAmountMinor, quantity: 1 })] }),
      );
      expect((await stripe.invoices.retrieve(records[0]?.id ?? "")).total).toBe(total);
    },
  );

  it("two orders of one customer at once make one customer", async () => {
    const { bill, stripe, connect } = await aWorld();
    const one = anOrder();
    const other = anOrder({ customer: one.customer });
    await Promise.all([bill(one, connect()), bill(other, connect())]);
    expect((await stripe.customers.list({ limit: 10 })).data).toHaveLength(1);
  });
});

describe("Stripe's idempotency keys", () => {
  it("a stored 500 is replayed for a day: the next attempt looks, finds nothing and takes the next key", async () => {
    const { bill, fault, livingSubscriptions, contextOf, billing } = await aWorld();
    const order = anOrder();
    fault("server_error_stored", "subscriptions.create");
    expect((await outcomeOf(billing.bill(order, contextOf(order)))).category).toBe(
      "outcome_unknown",
    );
    const { records } = await bill(order);
    expect(await livingSubscriptions()).toHaveLength(1);
    expect((await bill(order)).records).toEqual(records);
  });

  it("a 500 after the commit: the next attempt finds what was made", async () => {
    const { bill, fault, livingSubscriptions, contextOf, billing, connect } = await aWorld();
    const order = anOrder();
    fault("server_error_after_commit", "subscriptions.create");
    expect((await outcomeOf(billing.bill(order, contextOf(order)))).category).toBe(
      "outcome_unknown",
    );
    await bill(order, connect());
    expect(await livingSubscriptions()).toHaveLength(1);
  });

  it("a retry after the keys are forgotten is no second bill", async () => {
    const { bill, wait, livingSubscriptions, invoices, connect, stripe } = await aWorld();
    const order = anOrder({ lines: [aLine(), aLine({ ...once, lineId: "line_2" })] });
    const first = await bill(order);
    wait(49 * hour);
    expect(await bill(order, connect())).toEqual(first);
    expect(await livingSubscriptions()).toHaveLength(1);
    expect((await invoices()).filter((one) => one.parent === null)).toHaveLength(1);
    expect((await stripe.customers.list({ limit: 10 })).data).toHaveLength(1);
  });

  it("an invoice left half-made for longer than the keys last is finished, not doubled", async () => {
    const { bill, wait, proxy, contextOf, billing, connect, stripe } = await aWorld();
    const order = anOrder({
      lines: [1, 2, 3].map((n) =>
        aLine({ ...once, lineId: `line_${n}`, unitAmountMinor: 100, quantity: 1 }),
      ),
    });
    let items = 0;
    proxy.strike({
      when: ({ path }) => {
        if (path === "/v1/invoiceitems") items += 1;
        return path === "/v1/invoiceitems" && items === 3;
      },
      fault: { kind: "reset-before-commit" },
      times: 1,
    });
    expect((await outcomeOf(billing.bill(order, contextOf(order)))).category).toBe(
      "outcome_unknown",
    );
    wait(49 * hour);
    const { records } = await bill(order, connect());
    const invoice = await stripe.invoices.retrieve(records[0]?.id ?? "");
    expect(invoice).toMatchObject({ status: "open", total: 300 });
    expect((await stripe.invoices.list({ limit: 10 })).data).toHaveLength(1);
  });

  it("a customer whom the search does not show yet is not made twice", async () => {
    const { bill, simulator, connect, stripe } = await aWorld();
    simulator.parts.account.changeSettings({ searchLagMs: 60_000 });
    const first = anOrder();
    await bill(first);
    await bill(anOrder({ customer: first.customer }), connect());
    const renamed = { ...first.customer, name: "Renamed" };
    const order = anOrder({ customer: renamed });
    const outcome = await outcomeOf(connect().bill(order, aCallContext({ idempotencyKey: "k" })));
    expect(outcome).toMatchObject({ category: "conflict_locked", retryAfterMs: 60_000 });
    expect((await stripe.customers.list({ limit: 10 })).data).toHaveLength(1);
  });

  it("the bill of a customer whom the search does not show yet is taken back, also after a restart", async () => {
    const { bill, cancel, simulator, connect, livingSubscriptions } = await aWorld();
    simulator.parts.account.changeSettings({ searchLagMs: 60_000 });
    const order = anOrder();
    const other = anOrder();
    await bill(order);
    await bill(other);
    await cancel(order, connect());
    expect((await livingSubscriptions()).map((one) => one.metadata["usher_order_id"])).toEqual([
      other.orderId,
    ]);
  });

  it("billing again after it was taken back makes a new bill, not a replay of the canceled one", async () => {
    const { bill, cancel, livingSubscriptions } = await aWorld();
    const order = anOrder();
    const first = await bill(order);
    await cancel(order);
    const second = await bill(order);
    expect(second.records[0]?.id).not.toBe(first.records[0]?.id);
    expect(await livingSubscriptions()).toHaveLength(1);
  });
});

describe("a later revision", () => {
  it("changes the subscription's items by line: kept, changed, added and dropped", async () => {
    const { bill, stripe } = await aWorld();
    const order = anOrder({
      lines: [1, 2, 3].map((n) => aLine({ lineId: `line_${n}`, sku: `S${n}` })),
    });
    const first = await bill(order);
    const lines = [
      aLine({ lineId: "line_1", sku: "S1" }),
      aLine({ lineId: "line_2", sku: "S2", quantity: 9 }),
      aLine({ lineId: "line_4", sku: "S4" }),
    ];
    const second = await bill({ ...order, revision: 2, lines });
    expect(second.records[0]?.id).toBe(first.records[0]?.id);
    const subscription = await stripe.subscriptions.retrieve(first.records[0]?.id ?? "");
    expect(subscription.metadata["usher_revision"]).toBe("2");
    expect(
      subscription.items.data
        .map(({ metadata, quantity }) => `${metadata["usher_line_id"]} ${quantity}`)
        .sort(),
    ).toEqual(["line_1 3", "line_2 9", "line_4 3"]);
  });

  it.each(["none", "create_prorations", "always_invoice"] as const)(
    "says %s for proration, and never leaves it to the default",
    async (prorationBehavior) => {
      const { bill, proxy } = await aWorld({ prorationBehavior });
      const order = anOrder();
      await bill(order);
      proxy.calm();
      await bill({ ...order, revision: 2, lines: [aLine({ quantity: 5 })] });
      const update = proxy.requests.find(
        ({ method, path }) => method === "POST" && /subscriptions\/sub_/.test(path),
      );
      expect(update?.body).toContain(`proration_behavior=${prorationBehavior}`);
    },
  );

  it("replaces an open invoice: the old one is void, the new one has the new total", async () => {
    const { bill, stripe, invoices } = await aWorld();
    const order = anOrder({ lines: [aLine({ ...once, quantity: 1 })] });
    const first = await bill(order);
    const second = await bill({ ...order, revision: 2, lines: [aLine({ ...once, quantity: 2 })] });
    expect((await stripe.invoices.retrieve(first.records[0]?.id ?? "")).status).toBe("void");
    expect(await stripe.invoices.retrieve(second.records[0]?.id ?? "")).toMatchObject({
      status: "open",
      total: 20_000,
    });
    expect((await invoices()).filter(({ status }) => status === "open")).toHaveLength(1);
  });

  it("credits an invoice that was paid, and bills anew", async () => {
    const { bill, stripe } = await aWorld();
    const order = anOrder({ lines: [aLine({ ...once, quantity: 1 })] });
    const first = await bill(order);
    await stripe.invoices.pay(first.records[0]?.id ?? "", { paid_out_of_band: true });
    await bill({ ...order, revision: 2, lines: [aLine({ ...once, quantity: 2 })] });
    const notes = await stripe.creditNotes.list({ limit: 10 });
    expect(notes.data).toMatchObject([{ invoice: first.records[0]?.id, amount: 10_000 }]);
  });

  it("that has no subscription any more cancels it; one that has no invoice takes it back", async () => {
    const { bill, livingSubscriptions, invoices } = await aWorld();
    const order = anOrder({ lines: [aLine(), aLine({ ...once, lineId: "line_2" })] });
    await bill(order);
    await bill({ ...order, revision: 2, lines: [aLine({ ...once, lineId: "line_2" })] });
    expect(await livingSubscriptions()).toEqual([]);
    const third = await bill({ ...order, revision: 3, lines: [aLine()] });
    expect(third.records.map(({ kind }) => kind)).toEqual(["subscription"]);
    expect(
      (await invoices()).filter((one) => one.parent === null && one.status !== "void"),
    ).toEqual([]);
  });

  it("a late attempt at an older revision changes nothing", async () => {
    const { bill, billing, contextOf, stripe } = await aWorld();
    const order = anOrder();
    await bill(order);
    const newer = { ...order, revision: 3, lines: [aLine({ quantity: 7 })] };
    const { records } = await bill(newer);
    const late = { ...order, revision: 2, lines: [aLine({ quantity: 1 })] };
    expect((await outcomeOf(billing.bill(late, contextOf(late)))).category).toBe("conflict_stale");
    const subscription = await stripe.subscriptions.retrieve(records[0]?.id ?? "");
    expect(subscription.items.data[0]?.quantity).toBe(7);
  });
});

describe("taking bills back", () => {
  it("leaves nothing that asks for money, also from the subscription's own first invoice", async () => {
    const { bill, cancel, livingSubscriptions, invoices, connect } = await aWorld();
    const order = anOrder({ lines: [aLine(), aLine({ ...once, lineId: "line_2" })] });
    await bill(order);
    await cancel(order, connect());
    expect(await livingSubscriptions()).toEqual([]);
    expect(new Set((await invoices()).map(({ status }) => status))).toEqual(new Set(["void"]));
  });

  it("touches no other order of the same customer", async () => {
    const { bill, cancel, livingSubscriptions } = await aWorld();
    const one = anOrder();
    const other = anOrder({ customer: one.customer });
    await bill(one);
    const kept = await bill(other);
    await cancel(one);
    expect((await livingSubscriptions()).map(({ id }) => id)).toEqual([kept.records[0]?.id]);
  });

  it("of a customer Stripe never saw is nothing to do", async () => {
    const { cancel, proxy } = await aWorld();
    await cancel(anOrder());
    expect(proxy.requests.map(({ method }) => method)).toEqual(["GET", "GET"]);
  });
});

describe("what an event means", () => {
  it("is read from the object as it is now: a late payment_failed of a paid invoice is paid", async () => {
    const { bill, billing, contextOf, stripe } = await aWorld();
    const order = anOrder({ lines: [aLine({ ...once, quantity: 1 })] });
    const { records } = await bill(order);
    const id = records[0]?.id ?? "";
    await stripe.invoices.pay(id, { paid_out_of_band: true });
    const stalePayload = {
      id,
      object: "invoice",
      status: "open",
      attempted: true,
      metadata: { usher_order_id: "ord_forged" },
    };
    const change = await billing.readChange(
      {
        eventId: "evt_1",
        body: { type: "invoice.payment_failed", data: { object: stalePayload } },
      },
      contextOf(order),
    );
    expect(change).toEqual({
      kind: "payment",
      orderId: order.orderId,
      recordId: id,
      outcome: "paid",
    });
  });

  it("finds the order of a subscription's invoice, and of the subscription itself", async () => {
    const { bill, billing, contextOf, stripe } = await aWorld();
    const order = anOrder();
    const { records } = await bill(order);
    const subscription = await stripe.subscriptions.retrieve(records[0]?.id ?? "");
    const invoice = await stripe.invoices.finalizeInvoice(String(subscription.latest_invoice));
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    const read = (type: string, id: string) =>
      billing.readChange(
        { eventId: "evt_1", body: { type, data: { object: { id } } } },
        contextOf(order),
      );
    expect(await read("invoice.paid", invoice.id)).toMatchObject({
      orderId: order.orderId,
      outcome: "paid",
    });
    expect(await read("customer.subscription.updated", subscription.id)).toMatchObject({
      orderId: order.orderId,
      state: "active",
    });
    await stripe.subscriptions.cancel(subscription.id);
    expect(await read("customer.subscription.updated", subscription.id)).toMatchObject({
      state: "canceled",
    });
  });

  it.each([
    { type: "charge.refunded", data: { object: { id: "ch_1" } } },
    { type: "invoice.paid", data: { object: { id: "../../v1/customers" } } },
    { type: "invoice.paid", data: { object: { id: "in_gone" } } },
    { type: "v1.customer.created", related_object: { id: "cus_1" } },
    null,
    "text",
  ])("of %j is that it concerns no order", async (body) => {
    const { billing, contextOf } = await aWorld();
    const change = await billing.readChange({ eventId: "evt_1", body }, contextOf(anOrder()));
    expect(change.kind).toBe("irrelevant");
  });
});

describe("checking an account", () => {
  it("changes nothing, and tells a wrong key from a server that cannot be reached", async () => {
    const { billing, proxy, connect } = await aWorld();
    await billing.check(aCallContext());
    expect(new Set(proxy.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    const wrong = await aWorld({ apiKey: "sk_test_wrong_key" });
    const refused = await outcomeOf(wrong.billing.check(aCallContext()));
    expect(refused).toMatchObject({
      category: "auth_invalid",
      message: expect.not.stringContaining("wrong_key"),
    });
    await proxy.close();
    expect((await outcomeOf(connect().check(aCallContext()))).category).toBe("transient");
  });
});
