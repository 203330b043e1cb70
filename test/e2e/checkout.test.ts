import type { WireCheckoutSession } from "@usher/api-contract";
import { createDatabase, type TenantTransaction } from "@usher/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, orderWhen } from "./orders-of.ts";
import { runUsher } from "./run-usher.ts";
import { until } from "./until.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

describe("a customer who buys by themselves", () => {
  it("pays on the billing system's page, and what is paid is an order: granted, and billed once", async () => {
    const session = await open("upgrade-1", { quantity: 10 });
    expect(session).toMatchObject({
      status: "open",
      order_id: null,
      total: { amount: "4800.00", currency: "USD" },
      lines: [{ sku: "PRO", quantity: 10, unit_price: { amount: "480.00" } }],
    });
    await pay(session);
    const { order_id } = await completed(session.id);
    const order = await active(order_id);
    expect(order).toMatchObject({ source: { system: "checkout", id: session.id } });
    expect(await checkSeats("upgrade-1")).toMatchObject({ allowed: true, limit: 10 });
    const standing = (await billsOf(order.id)).filter(({ status }) => status !== "canceled");
    expect(standing).toHaveLength(1);
    await until({
      what: "the payment on the order's timeline",
      ask: async () => (await typesOf(order.id)).includes("payment_recorded") || undefined,
    });
    expect((await typesOf(order.id)).filter((type) => type === "order_billed")).toHaveLength(1);
  });

  it("is listed and shown on the command line, as it stands", async () => {
    const session = await open("by hand", { quantity: 2 });
    const listed = await runUsher(hub, ["checkout", "list", "--status", "open", "--limit", "1"]);
    expect(listed).toMatchObject({ code: 0, json: { data: [session] } });
    const shown = await runUsher(hub, ["checkout", "show", session.id]);
    expect(shown).toMatchObject({ code: 0, json: session });
    for (const [args, words] of [
      [["list", "--status", "opening"], "--status expects one of open"],
      [["list", "--limit", "none"], "--limit expects a whole number"],
      [["show", "chk_01h455vb4pex5vsknk084sn02q"], "no checkout session with this id"],
    ] as const) {
      const refused = await runUsher(hub, ["checkout", ...args]);
      expect(refused.code, refused.text).not.toBe(0);
      expect(refused.text).toContain(words);
    }
  });

  it("is the same session for the same key, and another body under it is refused", async () => {
    const first = await open("same", { quantity: 1 });
    expect(await open("same", { quantity: 1 })).toEqual(first);
    const other = await ask("same", { quantity: 2 });
    expect(other).toMatchObject({ ok: false, problem: { code: "idempotency_key_reused" } });
    await pay(first);
    const { order_id } = await completed(first.id);
    expect(await open("same", { quantity: 1 })).toMatchObject({ status: "completed", order_id });
  });

  it("is granted once, however often and in whichever order it is announced, the worker killed meanwhile", async () => {
    await control("PATCH", "webhooks/behavior", { vendor: "stripe", duplicate: 2, shuffle: true });
    const session = await open("twice", { quantity: 3 });
    await pay(session);
    await hub.killAndRestart("worker");
    const order = await active((await completed(session.id)).order_id);
    expect((await typesOf(order.id)).filter((type) => type === "order_received")).toHaveLength(1);
    expect(await checkSeats("twice")).toMatchObject({ limit: 3 });
    await control("PATCH", "webhooks/behavior", { vendor: "stripe", duplicate: 0, shuffle: false });
  });

  it("shows among the orders, whose list says when there are more than it shows", async () => {
    const session = await open("listed", { quantity: 1 });
    await pay(session);
    const { order_id } = await completed(session.id);
    const idsOf = async (limit: number) => {
      const { json } = await runUsher(hub, ["order", "list", "--limit", String(limit)]);
      const { data, has_more } = json as { data: { id: string }[]; has_more: boolean };
      return { ids: data.map(({ id }) => id), has_more };
    };
    const { ids, has_more } = await idsOf(50);
    expect({ first: ids[0], has_more }).toEqual({ first: order_id, has_more: false });
    expect(ids.length).toBeGreaterThan(1);
    expect(await idsOf(ids.length)).toEqual({ ids, has_more: false });
    expect(await idsOf(1)).toEqual({ ids: [order_id], has_more: true });
  });

  it.each([
    ["a sku that is not sold", { sku: "NONESUCH" }, "/lines/0/sku"],
    ["a currency that it has no price in", { currency: "JPY" }, "/lines/0/sku"],
  ])("is refused %s, at its place", async (name, wish, pointer) => {
    const refused = await ask(name, { quantity: 1, ...wish });
    expect(refused).toMatchObject({
      ok: false,
      problem: { code: "checkout_refused", errors: [{ pointer }] },
    });
  });

  it("that this hub has opened no page for ends in quarantine with payload, reason and replay command, while others go on", async () => {
    const session = await open("lost", { quantity: 1 });
    // As after a restored backup that is older than the page.
    const found = await changeSessions((tx) =>
      tx.db.deleteFrom("checkout_sessions").where("id", "=", session.id).returningAll().execute(),
    );
    await pay(session);
    const tried = await until({
      what: "the announcement to be tried",
      ask: async () => (await inbox()).find((one) => sentenceOf(one).includes("opened no page")),
    });
    // Its pauses grow to minutes; instead of sleeping through them, most attempts are counted as made.
    await changeSessions((tx) =>
      tx.db
        .updateTable("inbox")
        .set({ attempts: 7, next_attempt_at: new Date() })
        .where("id", "=", tried.id)
        .execute(),
    );
    const message = await until({
      what: "quarantine",
      ask: async () => {
        const one = await dataOf(hub.operator.call("getInboxMessage", { path: { id: tried.id } }));
        return one.status === "quarantined" ? one : undefined;
      },
    });
    expect(sentenceOf(message)).toContain("refund it");
    expect(message.payload).toMatchObject({ type: "checkout.session.completed" });
    expect(message.replay).toBe(`usher inbox replay ${tried.id}`);

    const other = await open("other", { quantity: 1 });
    await pay(other);
    await active((await completed(other.id)).order_id);

    await changeSessions((tx) =>
      tx.db.insertInto("checkout_sessions").values(found.map(storable)).execute(),
    );
    await dataOf(hub.operator.call("replayInboxMessage", { path: { id: tried.id } }));
    await active((await completed(session.id)).order_id);
  });

  it("is found in what the billing system keeps, when no webhook told of it", async () => {
    const { data } = (await control("GET", "webhooks")) as { data: { id: string }[] };
    for (const { id } of data) await control("DELETE", `webhooks/${id}`);
    const session = await open("unheard", { quantity: 2 });
    await pay(session);
    await active((await completed(session.id)).order_id);
    expect(await checkSeats("unheard")).toMatchObject({ limit: 2 });
  });
});

interface Wish {
  readonly quantity: number;
  readonly sku?: string;
  readonly currency?: string;
}

const ask = (key: string, { quantity, sku = "PRO", currency = "USD" }: Wish) =>
  hub.operator.call("createCheckoutSession", {
    idempotencyKey: encodeURIComponent(key),
    body: {
      customer: { external_id: key, name: `Customer ${key}`, country: "DE" },
      currency,
      lines: [{ sku, quantity, term: { months: 12 } }],
      success_url: "https://seller.example/ok",
      cancel_url: "https://seller.example/no",
    },
  });
const open = (key: string, wish: Wish): Promise<WireCheckoutSession> => dataOf(ask(key, wish));

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${hub.simulatorUrl}/control/${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer.status === 204 ? null : await answer.json();
}

/** The customer presses the button of the page. */
async function pay({ url }: WireCheckoutSession): Promise<void> {
  const page = await (await fetch(url ?? "")).text();
  const [, action] = /<form method="post" action="([^"]+)">/.exec(page) ?? [];
  expect(action, page).toBeDefined();
  const answer = await fetch(new URL(action ?? "", url ?? ""), { method: "POST" });
  expect(await answer.text()).toContain("Paid.");
}

const completed = (id: string) =>
  until({
    what: `checkout session ${id} to be an order`,
    ask: async () => {
      const session = await dataOf(
        hub.operator.call("getCheckoutSession", { path: { id: id as never } }),
      );
      const { status, order_id } = session;
      return status === "completed" && order_id !== null ? { order_id } : undefined;
    },
  });

const active = (id: string) =>
  orderWhen({
    hub: hub.operator,
    id,
    what: `order ${id} to be Active`,
    is: (order) => order.status === "Active",
  });

const checkSeats = (externalId: string) =>
  until({
    what: `the seats of ${externalId}`,
    ask: async () => {
      const customer = `ext:${externalId}`;
      const answer = await dataOf(
        hub.operator.call("check", { body: { customer, feature: "seats" } }),
      );
      return answer.allowed ? answer : undefined;
    },
  });

async function billsOf(orderId: string): Promise<readonly { readonly status: string }[]> {
  const { data } = (await control("GET", "stripe/subscriptions?limit=100")) as {
    data: { status: string; metadata: Record<string, string> }[];
  };
  return data.filter(({ metadata }) => metadata["usher_order_id"] === orderId);
}

async function typesOf(orderId: string): Promise<readonly string[]> {
  const { data } = await dataOf(
    hub.operator.call("listOrderEvents", { path: { id: orderId as never } }),
  );
  return data.map(({ type }) => type);
}

/** As whoever restores a backup may: past every route. */
async function changeSessions<Result>(
  change: (tx: TenantTransaction) => Promise<Result>,
): Promise<Result> {
  const owner = createDatabase({ url: hub.database.databaseUrl, poolSize: 1 });
  const [tenant] = await owner.directory.tenants();
  if (tenant === undefined) throw new Error("There is no tenant.");
  const result = await owner.withTenant({ tenantId: tenant.id }, change);
  await owner.close();
  return result;
}

/** The driver reads JSON and writes text. */
function storable<Row extends { readonly deal: unknown; readonly content: unknown }>(row: Row) {
  return { ...row, deal: JSON.stringify(row.deal), content: JSON.stringify(row.content) };
}

const inbox = async () => (await dataOf(hub.operator.call("listInboxMessages"))).data;

function sentenceOf({ last_error }: { readonly last_error?: unknown }): string {
  return JSON.stringify(last_error ?? "");
}
