import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type {
  AnnouncementPage,
  BillingConnector,
  Checkpoint,
  InboundRequest,
} from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { aLine, anOrder, aWorld, hour, once } from "./stripe-world.ts";

const day = 24 * hour;

type World = Awaited<ReturnType<typeof aWorld>>;

async function page(
  world: World,
  checkpoint: Checkpoint | null,
  by: BillingConnector = world.billing,
): Promise<AnnouncementPage> {
  const read = by.readAnnouncements?.({ checkpoint }, aCallContext({ now: world.now }));
  if (read === undefined) throw new Error("Stripe announces");
  return read;
}

/** Reads to the end, with a new connector for each page: as a worker that dies after every one. */
async function readAll(world: World, from: Checkpoint | null) {
  const pages: AnnouncementPage[] = [];
  let checkpoint = from;
  for (let count = 0; count < 50; count += 1) {
    const read = await page(world, checkpoint, world.connect());
    pages.push(read);
    checkpoint = read.checkpoint;
    if (!read.hasMore) break;
  }
  return { pages, checkpoint, events: pages.flatMap(({ events }) => events) };
}

/** Ids of all events that Stripe knows, of the types a webhook would bring. */
async function announced({ stripe }: World): Promise<string[]> {
  const all = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return all
    .filter(({ type }) => /^(invoice\.(paid|payment_failed)|customer\.subscription\.)/.test(type))
    .map(({ id }) => id);
}

async function paidInvoices(world: World, count: number) {
  for (let n = 0; n < count; n += 1) {
    const order = anOrder({ lines: [aLine({ ...once, quantity: 1 })] });
    const { records } = await world.bill(order);
    await world.stripe.invoices.pay(records[0]?.id ?? "", { paid_out_of_band: true });
  }
}

describe("events after an outage", () => {
  it("are all read, over page boundaries and restarts at each, under the ids a webhook would bring", async () => {
    const world = await aWorld();
    const start = (await readAll(world, null)).checkpoint;
    world.wait(hour);
    const customer = await world.stripe.customers.create({ metadata: { usher_customer_id: "c" } });
    for (let n = 0; n < 120; n += 1) {
      const invoice = await world.stripe.invoices.create({ customer: customer.id });
      await world.stripe.invoices.finalizeInvoice(invoice.id);
    }
    world.wait(2 * day);
    const { pages, events } = await readAll(world, start);
    expect(pages.length).toBeGreaterThan(1);
    const ids = events.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.sort()).toEqual((await announced(world)).sort());
  });

  it("are not announced again once the overlap has passed", async () => {
    const world = await aWorld({ overlapSeconds: 60 });
    const start = (await readAll(world, null)).checkpoint;
    await paidInvoices(world, 1);
    world.wait(1_000);
    const first = await readAll(world, start);
    expect(first.events.length).toBeGreaterThan(0);
    world.wait(2 * 60_000);
    const second = await readAll(world, first.checkpoint);
    world.wait(2 * 60_000);
    expect((await readAll(world, second.checkpoint)).events).toEqual([]);
  });

  it("of the very second in which the last read ended are found by the next", async () => {
    const world = await aWorld();
    const start = (await readAll(world, null)).checkpoint;
    const before = (await readAll(world, start)).checkpoint;
    await paidInvoices(world, 1);
    world.wait(1_000);
    const { events } = await readAll(world, before);
    expect(events.map(({ type }) => type)).toContain("invoice.paid");
  });

  it("that happen while a long read is under way come with the next one", async () => {
    const world = await aWorld();
    const start = (await readAll(world, null)).checkpoint;
    const customer = await world.stripe.customers.create({});
    for (let n = 0; n < 101; n += 1) {
      const invoice = await world.stripe.invoices.create({ customer: customer.id });
      await world.stripe.invoices.finalizeInvoice(invoice.id);
    }
    world.wait(1_000);
    const first = await page(world, start);
    expect(first.hasMore).toBe(true);
    world.wait(5_000);
    await paidInvoices(world, 1);
    world.wait(1_000);
    const rest = await readAll(world, first.checkpoint);
    const next = await readAll(world, rest.checkpoint);
    const ids = [...first.events, ...rest.events, ...next.events].map(({ eventId }) => eventId);
    expect([...new Set(ids)].sort()).toEqual((await announced(world)).sort());
  });

  it("carry which object they are about, and nothing of its contents", async () => {
    const world = await aWorld();
    const start = (await readAll(world, null)).checkpoint;
    await paidInvoices(world, 1);
    world.wait(1_000);
    const { events } = await readAll(world, start);
    const paid = events.find(({ type }) => type === "invoice.paid");
    expect(paid?.body).toEqual({
      id: paid?.eventId,
      object: "event",
      type: "invoice.paid",
      created: expect.any(Number),
      data: { object: { id: expect.stringMatching(/^in_/), object: "invoice" } },
    });
    const change = await world.billing.readChange(
      { eventId: paid?.eventId ?? "", body: paid?.body },
      aCallContext({ now: world.now }),
    );
    expect(change).toMatchObject({ kind: "payment", outcome: "paid" });
  });

  it("that Stripe no longer keeps: what stands is read instead, and said to be", async () => {
    const world = await aWorld();
    const start = (await readAll(world, null)).checkpoint;
    const order = anOrder({ lines: [aLine(), aLine({ ...once, lineId: "line_2", quantity: 1 })] });
    const { records } = await world.bill(order);
    await world.stripe.invoices.pay(records[1]?.id ?? "", { paid_out_of_band: true });
    const foreign = await world.stripe.customers.create({});
    await world.stripe.invoices.create({ customer: foreign.id });
    world.wait(31 * day);
    const said: string[] = [];
    const first = await world.billing.readAnnouncements?.(
      { checkpoint: start },
      { ...aCallContext({ now: world.now }), log: ({ message }) => said.push(message) },
    );
    expect(first).toMatchObject({ isFullRead: true, hasMore: true, events: [] });
    expect(said.join()).toContain("30 days");
    const { events, checkpoint } = await readAll(world, first?.checkpoint ?? null);
    const changes = await Promise.all(
      events.map(({ eventId, body }) =>
        world.billing.readChange({ eventId, body }, aCallContext({ now: world.now })),
      ),
    );
    expect(changes).toContainEqual({
      kind: "payment",
      orderId: order.orderId,
      recordId: records[1]?.id,
      outcome: "paid",
    });
    expect(changes).toContainEqual({
      kind: "subscription",
      orderId: order.orderId,
      recordId: records[0]?.id,
      state: "active",
    });
    expect(changes.every((one) => one.kind === "irrelevant" || one.orderId === order.orderId)).toBe(
      true,
    );
    expect(checkpoint).toMatchObject({ phase: "events", until: null });
    expect((await readAll(world, checkpoint)).pages[0]?.isFullRead).toBeUndefined();
  });

  it("that Stripe no longer keeps: a checkout that was paid meanwhile is among what stands", async () => {
    const world = await aWorld({ checkout: true });
    const start = (await readAll(world, null)).checkpoint;
    const order = anOrder({ lines: [aLine(once)] });
    const page = await world.billing.startCheckout?.(
      { order, successUrl: "https://seller.example/ok", cancelUrl: "https://seller.example/no" },
      world.contextOf(order),
    );
    const paid = await fetch(
      `${world.simulator.url}/control/stripe/checkout_sessions/${page?.recordId}/complete`,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ outcome: "paid" }),
      },
    );
    expect(paid.ok).toBe(true);
    world.wait(31 * day);
    const { events } = await readAll(world, start);
    const changes = await Promise.all(
      events.map(({ eventId, body }) =>
        world.billing.readChange({ eventId, body }, aCallContext({ now: world.now })),
      ),
    );
    expect(changes).toContainEqual({
      kind: "checkout",
      orderId: order.orderId,
      recordId: page?.recordId,
      outcome: "paid",
    });
  });

  it("whose last page ended with one that is gone are read from the top again", async () => {
    const world = await aWorld();
    const start = (await readAll(world, null)).checkpoint ?? {};
    await paidInvoices(world, 1);
    world.wait(1_000);
    const until = Math.floor(world.now() / 1000);
    const { events } = await readAll(world, { ...start, until, lastId: "evt_gone" });
    expect(events.map(({ type }) => type)).toContain("invoice.paid");
  });

  it.each([
    { from: "yesterday" },
    { from: 1, until: null, phase: "events", lastId: "../x" },
    { from: 9_999_999_999, until: null, phase: "events", lastId: "" },
  ])("are not guessed from the checkpoint %j", async (checkpoint) => {
    const world = await aWorld();
    expect((await outcomeOf(page(world, checkpoint as Checkpoint))).category).toBe("config");
  });
});

describe("thin events", () => {
  it("are taken beside snapshots: one change in both forms has one id, and its object is read again", async () => {
    const world = await aWorld();
    const order = anOrder({ lines: [aLine({ ...once, quantity: 1 })] });
    const { records } = await world.bill(order);
    const received: InboundRequest[] = [];
    const receiver = await aReceiver(received);
    const { parts } = world.simulator;
    await world.stripe.webhookEndpoints.create({ url: receiver, enabled_events: ["invoice.paid"] });
    parts.account.changeSettings({ thinEvents: true });
    await world.stripe.invoices.pay(records[0]?.id ?? "", { paid_out_of_band: true });
    await expect.poll(() => received.length, { timeout: 5_000, interval: 20 }).toBeGreaterThan(0);
    const verdict = world.webhooks?.verify({
      request: received[0] as InboundRequest,
      secrets: parts.webhooks.endpoints.where("vendor", "stripe").map(({ secret }) => secret),
      nowMs: world.now(),
    });
    if (verdict?.verified !== true) throw new Error(`not verified: ${JSON.stringify(verdict)}`);
    const [event] = verdict.events;
    expect(event?.type).toBe("v1.invoice.paid");
    const [snapshot] = (await world.stripe.events.list({ type: "invoice.paid" })).data;
    expect(event?.eventId).toBe(snapshot?.id);
    const change = await world.billing.readChange(
      { eventId: event?.eventId ?? "", body: event?.body },
      aCallContext(),
    );
    expect(change).toEqual({
      kind: "payment",
      orderId: order.orderId,
      recordId: records[0]?.id,
      outcome: "paid",
    });
  });

  it.each([
    { related_object: { id: "mtr_1", type: "billing.meter" } },
    { related_object: { id: "../v1/customers", type: "invoice" } },
    { related_object: null },
    {},
  ])("about %j concern no order", async (about) => {
    const { billing, proxy } = await aWorld();
    const body = { object: "v2.core.event", id: "evt_1", type: "v1.any.thing", ...about };
    const change = await billing.readChange({ eventId: "evt_1", body }, aCallContext());
    expect(change.kind).toBe("irrelevant");
    expect(proxy.requests).toEqual([]);
  });
});

/** Keeps what is posted to it, bytes as they came. */
async function aReceiver(received: InboundRequest[]): Promise<string> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ headers, rawBody: new Uint8Array(Buffer.concat(parts)) });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
