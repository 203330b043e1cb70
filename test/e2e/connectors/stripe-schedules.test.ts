import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { describe, expect, it } from "vitest";
import { aLine, anOrder, aWorld, hour } from "./stripe-world.ts";

const day = 24 * hour;
const shortly = { timeout: 8_000, interval: 20 };

type World = Awaited<ReturnType<typeof aWorld>>;

const isoIn = ({ now }: World, ms: number) => new Date(now() + ms).toISOString();

/** A line whose term begins in 90 days and runs for a year. */
const laterLine = (world: World, change: Parameters<typeof aLine>[0] = {}) =>
  aLine({ startsAtIso: isoIn(world, 90 * day), endsAtIso: isoIn(world, 455 * day), ...change });

const schedulesOf = async ({ stripe }: World) =>
  (await stripe.subscriptionSchedules.list({ limit: 100 })).data;
const openSchedules = async (world: World) =>
  (await schedulesOf(world)).filter((one) => ["not_started", "active"].includes(one.status));

describe("a term that starts later", () => {
  it("is a schedule, and nothing is charged before", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    const { records } = await world.bill(order);
    expect(records).toEqual([
      {
        kind: "subscription",
        id: expect.stringMatching(/^sub_sched_/),
        lineIds: ["line_1"],
        totalMinor: 30_000,
      },
    ]);
    const schedule = await world.stripe.subscriptionSchedules.retrieve(records[0]?.id ?? "");
    expect(schedule).toMatchObject({
      status: "not_started",
      subscription: null,
      end_behavior: "cancel",
      metadata: { usher_order_id: order.orderId, usher_revision: "1" },
      default_settings: {
        collection_method: "send_invoice",
        invoice_settings: { days_until_due: 30 },
      },
    });
    expect(schedule.phases).toMatchObject([
      {
        proration_behavior: "none",
        items: [{ quantity: 3, metadata: { usher_line_id: "line_1" } }],
      },
    ]);
    expect(await world.livingSubscriptions()).toEqual([]);
    expect(await world.invoices()).toEqual([]);
  });

  it("costs one call, for a known customer and sku billed the day it came", async () => {
    const world = await aWorld();
    const first = anOrder();
    const { remoteCustomerId } = await world.bill(first);
    world.proxy.calm();
    const customer = { ...first.customer, remoteCustomerId };
    await world.bill(
      anOrder({ customer, lines: [laterLine(world)], notBilledBeforeMs: world.now() }),
    );
    expect(world.proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /v1/subscription_schedules",
    ]);
  });

  it("begins by itself, with the order in the subscription's metadata, and ends with the term", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    await world.bill(order);
    world.wait(91 * day);
    await expect.poll(() => world.livingSubscriptions(), shortly).toHaveLength(1);
    const [subscription] = await world.livingSubscriptions();
    expect(subscription?.metadata).toMatchObject({ usher_order_id: order.orderId });
    const first = await world.stripe.invoices.retrieve(String(subscription?.latest_invoice));
    const perMonth = subscription?.items.data[0]?.price.unit_amount ?? 0;
    expect(first.total + 11 * 3 * perMonth).toBe(30_000);
    world.wait(370 * day);
    await expect.poll(() => world.livingSubscriptions(), shortly).toEqual([]);
    expect((await schedulesOf(world)).map(({ status }) => status)).toEqual(["completed"]);
    const [over] = await schedulesOf(world);
    const change = await world.billing.readChange(
      {
        eventId: "evt_1",
        body: { type: "subscription_schedule.completed", data: { object: { id: over?.id } } },
      },
      aCallContext({ now: world.now }),
    );
    expect(change).toMatchObject({ orderId: order.orderId, state: "canceled" });
    const bills = (await world.invoices()).filter(({ total }) => total > 0);
    expect(bills.reduce((sum, { total }) => sum + total, 0)).toBe(30_000);
  });

  it("is scheduled once, however often and late it is billed again", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    const first = await world.bill(order);
    expect(await world.bill(order)).toEqual(first);
    world.wait(49 * hour);
    expect(await world.bill(order, world.connect())).toEqual(first);
    expect(await schedulesOf(world)).toHaveLength(1);
  });

  it("that begins between two attempts is billed once", async () => {
    const world = await aWorld();
    const startsAtIso = isoIn(world, 10 * 60_000);
    const order = anOrder({ lines: [aLine({ startsAtIso })], notBilledBeforeMs: world.now() });
    world.fault("server_error_after_commit", "subscription_schedules.create");
    const { billing, contextOf } = world;
    expect((await outcomeOf(billing.bill(order, contextOf(order)))).category).toBe(
      "outcome_unknown",
    );
    world.wait(hour);
    await world.bill(order, world.connect());
    await expect.poll(() => world.livingSubscriptions(), shortly).toHaveLength(1);
    expect(await schedulesOf(world)).toHaveLength(1);
  });

  it.each([
    ["JPY", 12_345],
    ["KWD", 12_340],
    ["ISK", 1_001],
    ["UGX", 77],
    ["HUF", 99_999],
    ["TWD", 99_999],
  ])(
    "in %s adds up to the price at Stripe, by the currency's own minor unit",
    async (currency, unitAmountMinor) => {
      const world = await aWorld();
      const line = laterLine(world, { unitAmountMinor, quantity: 1 });
      const { records } = await world.bill(anOrder({ currency, lines: [line] }));
      const schedule = await world.stripe.subscriptionSchedules.retrieve(records[0]?.id ?? "");
      const [phase] = schedule.phases;
      const amountOf = async (price: unknown) =>
        (await world.stripe.prices.retrieve(String(price))).unit_amount ?? 0;
      const perMonth = await amountOf(phase?.items[0]?.price);
      const rest = await Promise.all(
        (phase?.add_invoice_items ?? []).map((one) => amountOf(one.price)),
      );
      const factor = currency === "ISK" || currency === "UGX" ? 100 : 1;
      expect(12 * perMonth + rest.reduce((sum, one) => sum + one, 0)).toBe(
        unitAmountMinor * factor,
      );
      if (currency === "KWD") expect(perMonth % 10).toBe(0);
      if (factor === 100) expect(perMonth % 100).toBe(0);
    },
  );
});

describe("a later revision of what has not begun", () => {
  it("changes the schedule: its start, its quantity and its lines", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    const first = await world.bill(order);
    const startsAtIso = isoIn(world, 30 * day);
    const lines = [laterLine(world, { startsAtIso, quantity: 7 })];
    const second = await world.bill({ ...order, revision: 2, lines });
    expect(second.records[0]?.id).toBe(first.records[0]?.id);
    const schedule = await world.stripe.subscriptionSchedules.retrieve(first.records[0]?.id ?? "");
    expect(schedule.metadata).toMatchObject({ usher_revision: "2" });
    expect(schedule.phases).toMatchObject([
      { start_date: Math.floor(Date.parse(startsAtIso) / 1000), items: [{ quantity: 7 }] },
    ]);
    world.proxy.calm();
    await world.bill({ ...order, revision: 2, lines }, world.connect());
    expect(world.proxy.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("that begins at once replaces the schedule by a subscription", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    await world.bill(order);
    const second = await world.bill({ ...order, revision: 2, lines: [aLine()] });
    expect(second.records[0]?.id).toMatch(/^sub_(?!sched)/);
    expect(await openSchedules(world)).toEqual([]);
    expect(await world.livingSubscriptions()).toHaveLength(1);
  });

  it("that drops the line cancels the schedule", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [aLine({ lineId: "line_0" }), laterLine(world)] });
    await world.bill(order);
    await world.bill({ ...order, revision: 2, lines: [aLine({ lineId: "line_0" })] });
    expect((await schedulesOf(world)).map(({ status }) => status)).toEqual(["canceled"]);
    expect(await world.livingSubscriptions()).toHaveLength(1);
  });

  it("is refused when it is late and a newer one was scheduled", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    await world.bill({ ...order, revision: 3 });
    const late = { ...order, revision: 2 };
    const { billing, contextOf } = world;
    expect((await outcomeOf(billing.bill(late, contextOf(late)))).category).toBe("conflict_stale");
  });
});

describe("a later revision of what runs, whose term is still to come", () => {
  async function aScheduledChange(prorationBehavior: string) {
    const world = await aWorld({ prorationBehavior });
    const order = anOrder({ lines: [aLine({ quantity: 3 })] });
    const first = await world.bill(order);
    world.proxy.calm();
    const lines = [laterLine(world, { quantity: 5 })];
    const changed = { ...order, revision: 2, lines };
    const second = await world.bill(changed);
    expect(second.records[0]?.id).toBe(first.records[0]?.id);
    return { world, order, changed, id: first.records[0]?.id ?? "" };
  }

  it.each(["none", "create_prorations", "always_invoice"])(
    "is a phase of its own that says %s for proration; what runs is left as it is until then",
    async (prorationBehavior) => {
      const { world, order, id } = await aScheduledChange(prorationBehavior);
      const [schedule] = await openSchedules(world);
      expect(schedule?.phases).toMatchObject([
        { proration_behavior: "none", items: [{ quantity: 3 }] },
        {
          proration_behavior: prorationBehavior,
          billing_cycle_anchor: "phase_start",
          items: [{ quantity: 5 }],
          metadata: { usher_order_id: order.orderId, usher_revision: "2" },
        },
      ]);
      for (const { method, path, body } of world.proxy.requests) {
        if (method === "POST" && /subscription_schedules\/sub_sched/.test(path)) {
          expect(body).toContain("proration_behavior=none");
        }
      }
      expect((await world.stripe.subscriptions.retrieve(id)).items.data[0]?.quantity).toBe(3);
      world.wait(91 * day);
      await expect
        .poll(
          async () => (await world.stripe.subscriptions.retrieve(id)).items.data[0]?.quantity,
          shortly,
        )
        .toBe(5);
      expect((await world.stripe.subscriptions.retrieve(id)).metadata["usher_revision"]).toBe("2");
    },
  );

  it("cut off after the schedule was put over the subscription is finished by the next attempt", async () => {
    const world = await aWorld();
    const order = anOrder();
    await world.bill(order);
    const changed = { ...order, revision: 2, lines: [laterLine(world, { quantity: 5 })] };
    world.proxy.strike({
      when: ({ path }) => path.includes("/subscription_schedules/sub_sched"),
      fault: { kind: "reset-before-commit" },
      times: 1,
    });
    const { billing, contextOf } = world;
    expect((await outcomeOf(billing.bill(changed, contextOf(changed)))).category).toBe(
      "outcome_unknown",
    );
    world.wait(49 * hour);
    await world.bill(changed, world.connect());
    const open = await openSchedules(world);
    expect(open.map(({ phases }) => phases.length)).toEqual([2]);
  });

  it("is undone by a revision that takes effect now: the schedule is released, the end of the term stays", async () => {
    const { world, order, id } = await aScheduledChange("none");
    const endsAtIso = isoIn(world, 400 * day);
    await world.bill({ ...order, revision: 3, lines: [aLine({ quantity: 4, endsAtIso })] });
    expect(await openSchedules(world)).toEqual([]);
    const subscription = await world.stripe.subscriptions.retrieve(id);
    expect(subscription.items.data[0]?.quantity).toBe(4);
    expect(subscription.cancel_at).toBe(Math.floor(Date.parse(endsAtIso) / 1000));
  });
});

describe("taking back what is scheduled", () => {
  it("cancels what has not begun, twice as well as once", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    await world.bill(order);
    await world.cancel(order);
    await world.cancel(order, world.connect());
    expect((await schedulesOf(world)).map(({ status }) => status)).toEqual(["canceled"]);
    world.wait(120 * day);
    expect(await world.livingSubscriptions()).toEqual([]);
  });

  it("ends the subscription together with the change that was scheduled for it", async () => {
    const world = await aWorld();
    const order = anOrder();
    await world.bill(order);
    await world.bill({ ...order, revision: 2, lines: [laterLine(world)] });
    await world.cancel(order);
    expect(await openSchedules(world)).toEqual([]);
    expect(await world.livingSubscriptions()).toEqual([]);
  });

  it("touches no other order's schedule of the same customer", async () => {
    const world = await aWorld();
    const one = anOrder({ lines: [laterLine(world)] });
    const other = anOrder({ customer: one.customer, lines: [laterLine(world)] });
    await world.bill(one);
    const kept = await world.bill(other);
    await world.cancel(one);
    expect((await openSchedules(world)).map(({ id }) => id)).toEqual([kept.records[0]?.id]);
  });

  it("billed again after that makes a new schedule, not a replay of the canceled one", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    const first = await world.bill(order);
    await world.cancel(order);
    const second = await world.bill(order);
    expect(second.records[0]?.id).not.toBe(first.records[0]?.id);
    expect(await openSchedules(world)).toHaveLength(1);
  });
});

describe("what a schedule's event means", () => {
  it("is read from the schedule as it is now", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [laterLine(world)] });
    const { records } = await world.bill(order);
    const id = records[0]?.id ?? "";
    const read = (type: string) =>
      world.billing.readChange(
        { eventId: "evt_1", body: { type, data: { object: { id } } } },
        aCallContext(),
      );
    expect(await read("subscription_schedule.created")).toEqual({
      kind: "subscription",
      orderId: order.orderId,
      recordId: id,
      state: "active",
    });
    await world.cancel(order);
    expect(await read("subscription_schedule.updated")).toMatchObject({ state: "canceled" });
  });
});
