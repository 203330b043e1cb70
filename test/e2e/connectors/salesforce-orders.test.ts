import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { ErpConnector } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf, startFaultProxy } from "@usher/connector-sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { anErpLine, anErpOrder } from "./an-erp-order.ts";
import { salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function aWorld(config: Readonly<Record<string, unknown>> = { orders: {} }) {
  const world = await startSalesforceWorld();
  stops.push(() => world.stop());
  const proxy = await startFaultProxy({ peerUrl: world.url });
  stops.push(() => proxy.close());
  function connect(): ErpConnector {
    const { erp = null } = createSalesforceConnector().connect(
      { connectionId: "con_orders", config: salesforceConfigFor(proxy.url, config) },
      { fetch, now: Date.now },
    );
    if (erp === null) throw new Error("it books orders");
    return erp;
  }
  const fault = (change: object) =>
    world.simulator.parts.faults.add({
      vendor: "salesforce",
      kind: "refuse_write",
      operation: "*",
      object: "OrderItem",
      recordId: null,
      remaining: 1,
      message: null,
      delayMs: 0,
      status: 400,
      retryAfterSeconds: null,
      ...change,
    });
  return { world, proxy, connect, erp: connect(), fault };
}

const sums = (order: { readonly OrderItems: { readonly records: readonly unknown[] } | null }) =>
  (order.OrderItems?.records ?? []) as readonly {
    readonly Quantity: number;
    readonly UnitPrice: number;
    readonly EndDate: string;
    readonly Usher_Line_Id__c: string;
  }[];

describe("booking orders in Salesforce", () => {
  it("an order with its products is one graph, activated, with its sum to the cent", async () => {
    const { world, proxy, erp } = await aWorld();
    const order = anErpOrder({
      lines: [
        anErpLine({ lineId: "l1", unitAmountMinor: 8_333 }),
        anErpLine({ lineId: "l2", sku: "GTX-SUPPORT", name: "Support", unitAmountMinor: 10 }),
      ],
    });
    const booking = await erp.bookOrder(order, aCallContext());
    expect(booking.records).toEqual([
      expect.objectContaining({
        kind: "sales_order",
        number: expect.stringMatching(/^\d{8}$/),
        lineIds: ["l1", "l2"],
        totalMinor: 3 * 8_333 + 3 * 10,
      }),
    ]);
    const [held] = await world.ordersOf(order.orderId);
    expect(held).toMatchObject({ Status: "Activated", TotalAmount: 250.29 });
    expect(sums(held as never)[0]).toMatchObject({ UnitPrice: 83.33, EndDate: "2027-11-30" });
    expect(proxy.requests.filter(({ path }) => path.endsWith("/composite/graph"))).toHaveLength(1);
  });

  it("an order of a product that was sold before is four calls, one of which writes", async () => {
    const { erp, proxy } = await aWorld();
    await erp.bookOrder(anErpOrder(), aCallContext());
    const { customer } = anErpOrder();
    await erp.upsertCustomer(customer, aCallContext());
    proxy.calm();
    await erp.bookOrder(anErpOrder({ customer }), aCallContext());
    expect(proxy.requests.map(({ method }) => method)).toEqual(["GET", "GET", "POST", "GET"]);
  });

  it("a price book entry that was remembered and is gone is looked for again", async () => {
    const { world, erp } = await aWorld();
    await erp.bookOrder(anErpOrder(), aCallContext());
    const [entry] = await world.select("SELECT Id FROM PricebookEntry");
    await world.api("DELETE", `/sobjects/PricebookEntry/${String(entry?.["Id"])}`);
    expect((await erp.bookOrder(anErpOrder(), aCallContext())).records).toHaveLength(1);
  });

  it("graph all-or-nothing: one refused product leaves no order, and the reason names it", async () => {
    const { world, erp, fault } = await aWorld();
    fault({ message: "Support needs a contract." });
    const order = anErpOrder();
    const outcome = await outcomeOf(erp.bookOrder(order, aCallContext()));
    expect(outcome).toMatchObject({
      category: "validation",
      message: expect.stringContaining("Support needs a contract."),
      where: { record: "order product GTX-PRO (line_1)" },
    });
    expect(await world.ordersOf(order.orderId)).toEqual([]);
    expect((await erp.bookOrder(order, aCallContext())).records).toHaveLength(1);
  });

  it("a later revision changes, adds and drops lines, and is activated again", async () => {
    const { world, erp } = await aWorld();
    const lines = ["keep", "drop", "swap"].map((lineId) => anErpLine({ lineId }));
    const order = anErpOrder({ lines });
    await erp.bookOrder(order, aCallContext());
    const amended = await erp.amendOrder(
      {
        ...order,
        revision: 2,
        lines: [
          anErpLine({ lineId: "keep", quantity: 7 }),
          anErpLine({ lineId: "swap", sku: "GTX-MAX", name: "GTX Max", unitAmountMinor: 1 }),
          anErpLine({ lineId: "new" }),
        ],
      },
      aCallContext(),
    );
    expect(amended.records[0]?.totalMinor).toBe(7 * 8_325 + 3 + 3 * 8_325);
    const held = await world.ordersOf(order.orderId);
    expect(held).toHaveLength(1);
    expect(held[0]).toMatchObject({ Status: "Activated", Usher_Revision__c: 2 });
    expect(sums(held[0] as never).map((item) => item.Usher_Line_Id__c.split(":")[1])).toEqual(
      expect.arrayContaining(["keep", "swap", "new"]),
    );
  });

  it("a late attempt at an earlier revision, or at one taken back, is conflict_stale", async () => {
    const { world, erp } = await aWorld();
    const order = anErpOrder();
    await erp.bookOrder({ ...order, revision: 2 }, aCallContext());
    expect((await outcomeOf(erp.bookOrder(order, aCallContext()))).category).toBe("conflict_stale");
    await erp.cancelOrder({ ...order, revision: 2, reason: "lost" }, aCallContext());
    expect(await world.ordersOf(order.orderId)).toMatchObject([
      { Status: "Draft", Usher_Canceled__c: true },
    ]);
    const late = erp.bookOrder({ ...order, revision: 2 }, aCallContext());
    expect((await outcomeOf(late)).category).toBe("conflict_stale");
    await erp.bookOrder({ ...order, revision: 3 }, aCallContext());
    expect(await world.ordersOf(order.orderId)).toMatchObject([
      { Status: "Activated", Usher_Canceled__c: false },
    ]);
  });

  it("external ids such as A/1?x#y are kept as they are, in paths and in queries", async () => {
    const { world, erp, connect } = await aWorld();
    for (const id of ["A/1?x#y", "50% off & more", "o'neil\\", "ü 😀", "../../x"]) {
      const order = anErpOrder({
        orderId: id,
        lines: [anErpLine({ sku: `SKU ${id}`, lineId: id })],
      });
      const one = { ...order, customer: { ...order.customer, customerId: `cus ${id}` } };
      const first = await erp.bookOrder(one, aCallContext());
      expect(await connect().bookOrder(one, aCallContext())).toEqual(first);
      const [held, ...more] = await world.ordersOf(id);
      expect(more).toEqual([]);
      expect(sums(held as never).map((item) => item.Usher_Line_Id__c)).toEqual([`${id}:${id}`]);
    }
    const accounts = await world.select(
      "SELECT Usher_Customer_Id__c FROM Account WHERE Usher_Customer_Id__c != null",
    );
    expect(accounts.map((row) => row["Usher_Customer_Id__c"])).toContain("cus A/1?x#y");
  });

  it("an id that a URL takes for a step is refused before anything is sent", async () => {
    const { erp, proxy } = await aWorld();
    const { customer } = anErpOrder();
    await erp.check(aCallContext());
    proxy.calm();
    const outcome = await outcomeOf(
      erp.upsertCustomer({ ...customer, customerId: ".." }, aCallContext()),
    );
    expect(outcome.category).toBe("validation");
    expect(proxy.requests.filter(({ method }) => method === "PATCH")).toEqual([]);
  });

  it("300: an external id that several records carry is a person's to put right", async () => {
    const { erp, proxy } = await aWorld();
    const answer = (ids: readonly string[]) => ({
      kind: "answer" as const,
      status: 300,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ids.map((id) => `/services/data/v67.0/sobjects/Account/${id}`)),
    });
    proxy.strike({
      when: ({ path }) => path.includes("/sobjects/Account/Usher_Customer_Id__c/"),
      fault: answer(["001000000000001AAA", "001000000000002AAA"]),
    });
    const outcome = await outcomeOf(erp.bookOrder(anErpOrder(), aCallContext()));
    expect(outcome).toMatchObject({
      category: "validation",
      vendorCode: "MULTIPLE_CHOICES",
      message: expect.stringMatching(/Account 001000000000001AAA, Account 001000000000002AAA/),
    });
  });

  it("UNABLE_TO_LOCK_ROW in a graph is a lock; orders of one account are written one by one", async () => {
    const { world, proxy, erp, fault } = await aWorld();
    fault({ kind: "lock", object: "Order" });
    const { customer } = anErpOrder();
    const locked = anErpOrder({ customer });
    expect((await outcomeOf(erp.bookOrder(locked, aCallContext()))).category).toBe(
      "conflict_locked",
    );
    let running = 0;
    let most = 0;
    proxy.strike({
      when: ({ path }) => {
        if (path.endsWith("/composite/graph")) {
          running += 1;
          most = Math.max(most, running);
          setTimeout(() => {
            running -= 1;
          }, 20);
        }
        return path.endsWith("/composite/graph");
      },
      fault: { kind: "delay", ms: 30 },
      times: 5,
    });
    const orders = Array.from({ length: 5 }, () => anErpOrder({ customer }));
    await Promise.all(orders.map((order) => erp.bookOrder(order, aCallContext())));
    expect(most).toBe(1);
    const booked = await world.ordersOf(orders[0]?.orderId ?? "");
    expect(booked).toHaveLength(1);
  });

  it("a customer of this very org is its own account, which is left as it is", async () => {
    const { world, erp } = await aWorld();
    const [account] = await world.select("SELECT Id, Name, SystemModstamp FROM Account LIMIT 1");
    const externalId = String(account?.["Id"]);
    const order = anErpOrder();
    const booking = await erp.bookOrder(
      { ...order, customer: { ...order.customer, externalId, name: "Another name" } },
      aCallContext(),
    );
    expect(booking.remoteCustomerId).toBe(externalId);
    expect(await world.select("SELECT Id, Name, SystemModstamp FROM Account")).toEqual([account]);
  });

  it("currencies without and with three decimals come to the same sum", async () => {
    const { erp } = await aWorld();
    for (const [currency, unitAmountMinor] of [
      ["JPY", 1_250],
      ["KWD", 12_345],
    ] as const) {
      const order = anErpOrder({ currency, lines: [anErpLine({ unitAmountMinor })] });
      const { records } = await erp.bookOrder(order, aCallContext());
      expect(records[0]?.totalMinor).toBe(3 * unitAmountMinor);
    }
  });

  it("an order of too many lines for one graph is refused, not split", async () => {
    const { erp } = await aWorld();
    const lines = Array.from({ length: 249 }, (_, at) => anErpLine({ lineId: `l${at}` }));
    const outcome = await outcomeOf(erp.bookOrder(anErpOrder({ lines }), aCallContext()));
    expect(outcome).toMatchObject({
      category: "validation",
      message: expect.stringContaining("248"),
    });
    const most = anErpOrder({ lines: lines.slice(1) });
    expect((await erp.bookOrder(most, aCallContext())).records[0]?.lineIds).toHaveLength(248);
  });

  it("a connection without the setting refuses by its name instead of booking nothing", async () => {
    const { connect } = await aWorld({});
    const outcome = await outcomeOf(connect().bookOrder(anErpOrder(), aCallContext()));
    expect(outcome).toMatchObject({
      category: "config",
      message: expect.stringContaining("`orders`"),
    });
  });

  it("check names the fields that booking needs", async () => {
    const { world, connect } = await aWorld();
    world.simulator.parts.org.changeSettings({ fieldsDeployed: false });
    expect(await outcomeOf(connect().check(aCallContext()))).toMatchObject({
      category: "config",
      message: expect.stringMatching(/Account\.Usher_Customer_Id__c.*OrderItem\.Usher_Line_Id__c/s),
    });
  });
});
