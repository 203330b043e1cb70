import { generateKeyPairSync } from "node:crypto";
import type { ErpOrder } from "@usher/connector-sdk/spec";
import {
  aCallContext,
  createVirtualClock,
  type FaultProxy,
  outcomeOf,
  startFaultProxy,
} from "@usher/connector-sdk/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anErpLine, anErpOrder } from "./an-erp-order.ts";
import {
  connectNetsuite,
  mapCertificate,
  type NetsuiteWorld,
  startNetsuiteWorld,
} from "./netsuite-world.ts";

let world: NetsuiteWorld;
let proxy: FaultProxy;

beforeAll(async () => {
  world = await startNetsuiteWorld();
  proxy = await startFaultProxy({ peerUrl: world.url });
});
afterAll(async () => {
  await proxy?.close();
  await world?.stop();
});
beforeEach(() => {
  proxy.calm();
  world.simulator.parts.faults.removeAll();
});

const connect = (change: Readonly<Record<string, unknown>> = {}) =>
  connectNetsuite({ config: world.config(proxy.url, change) });
const book = (order: ErpOrder, by = connect()) => by.bookOrder(order, contextOf(order));
const cancel = (order: ErpOrder, by = connect()) =>
  by.cancelOrder(
    { orderId: order.orderId, revision: order.revision, reason: "changed their mind" },
    contextOf(order),
  );
const contextOf = ({ orderId, revision }: ErpOrder) =>
  aCallContext({ idempotencyKey: `book:${orderId}:${revision}` });
const seen = ({ orderId }: ErpOrder) => world.order(`usher-${orderId}`);
const bill = ({ orderId }: ErpOrder) => world.bill(`usher-${orderId}`);
const settings = (change: object) => world.control("PATCH", "/settings", change);
const isWrite = ({ method }: { readonly method: string }) => method === "PUT";
const ordersWritten = () =>
  proxy.requests.filter(({ method, path }) => method === "PUT" && path.includes("/salesOrder/"));

describe("an order", () => {
  it("of a new customer and item is booked to the cent, and billed as accounting wants", async () => {
    const order = anErpOrder({ lines: [anErpLine({ sku: "NEW-ITEM" })] });
    const { records } = await book(order);
    expect(records).toMatchObject([{ lineIds: ["line_1"], totalMinor: 24_975 }]);
    expect(await seen(order)).toMatchObject({
      status: "F",
      subtotal: "249.75",
      revision: "1",
      lines: [{ item: "NEW-ITEM", quantity: "3", rate: "83.25", usher_line: "line_1" }],
    });
    const erp = connect();
    const status = () => erp.readInvoices({ orderId: order.orderId }, aCallContext());
    expect(await status()).toEqual({ state: "none", invoices: [] });
    const invoice = await bill(order);
    expect(await status()).toMatchObject({
      state: "awaiting_payment",
      invoices: [{ state: "posted", untaxedMinor: 24_975, currency: "USD" }],
    });
    await world.control("POST", `/transactions/${invoice.id}/standing`, { standing: "settled" });
    expect(await status()).toMatchObject({ state: "paid" });
  });

  it("costs five requests for a new customer and a known item, three for a known customer", async () => {
    const erp = connect();
    await book(anErpOrder(), erp);
    proxy.calm();
    const order = anErpOrder();
    const { remoteCustomerId } = await book(order, erp);
    const first = proxy.requests.length;
    proxy.calm();
    const next = anErpOrder({ customer: { ...order.customer, remoteCustomerId } });
    await book(next, erp);
    expect([first, proxy.requests.length]).toEqual([5, 3]);
  });

  it.each([
    ["JPY", 500, "1500"],
    // NetSuite has two decimals for it.
    ["KWD", 1_230, "3.69"],
    ["EUR", 1, "0.03"],
  ])("in %s is booked to its last digit", async (currency, unitAmountMinor, subtotal) => {
    const order = anErpOrder({ currency, lines: [anErpLine({ unitAmountMinor })] });
    const { records } = await book(order);
    expect(records[0]?.totalMinor).toBe(3 * unitAmountMinor);
    expect((await seen(order))?.subtotal).toBe(subtotal);
  });

  it.each([
    ["that NetSuite does not have", "CHF", "no currency CHF"],
    ["with three decimals, of which NetSuite keeps two", "KWD", "with 2 decimals"],
  ])("in a currency %s is refused before anything is made", async (_name, currency, message) => {
    const order = anErpOrder({ currency, lines: [anErpLine({ unitAmountMinor: 1_001 })] });
    expect(await outcomeOf(book(order))).toMatchObject({
      category: "validation",
      message: expect.stringContaining(message),
    });
    expect(await seen(order)).toBeNull();
  });

  it("an earlier revision that comes late is refused, and changes nothing", async () => {
    const order = anErpOrder();
    await book({ ...order, revision: 2 });
    expect(await outcomeOf(book(order))).toMatchObject({ category: "conflict_stale" });
    expect(await seen(order)).toMatchObject({ revision: "2" });
  });

  it("a customer who was in NetSuite before is linked by the CRM's id, and kept as it is", async () => {
    const order = anErpOrder();
    const { netsuite } = world.simulator.parts;
    const id = netsuite.newId();
    netsuite.store.transact(() =>
      netsuite.store.put(netsuite.tables.customer, {
        id,
        externalId: order.customer.externalId,
        entityId: "Old & Known",
        companyName: "Old & Known",
        subsidiary: null,
        country: null,
        currencies: ["1"],
        lastModifiedMs: 0,
      }),
    );
    expect((await book(order)).remoteCustomerId).toBe(id);
    expect(netsuite.tables.customer.get(id)?.companyName).toBe("Old & Known");
  });

  it("an item that neither NetSuite has nor Usher may make is named with the fix", async () => {
    const order = anErpOrder({ lines: [anErpLine({ sku: "UNKNOWN" })] });
    expect(await outcomeOf(book(order, connect({ incomeAccount: null })))).toMatchObject({
      category: "validation",
      where: { record: "NetSuite item UNKNOWN", field: "itemId" },
    });
  });

  it("a rule of the account is told in its own words, and the fixed order goes on", async () => {
    const order = anErpOrder();
    await settings({ is_one_world: true });
    expect(await outcomeOf(book(order))).toMatchObject({
      category: "validation",
      vendorCode: "USER_ERROR",
      message: expect.stringContaining("Primary Subsidiary"),
    });
    await book(order, connect({ subsidiary: "1" }));
    await settings({ is_one_world: false });
    expect(await seen(order)).toMatchObject({ status: "F" });
  });
});

describe("what was billed", () => {
  it("and is wanted no more is credited, once, whoever asks again", async () => {
    const order = anErpOrder();
    await book(order);
    await bill(order);
    const fewer = { ...order, revision: 2, lines: [anErpLine({ quantity: 1 })] };
    for (let times = 0; times < 2; times += 1) {
      const { records } = await connect().amendOrder(fewer, contextOf(fewer));
      expect(records).toMatchObject([{ totalMinor: 8_325, lineIds: ["line_1"] }]);
    }
    expect((await seen(order))?.following).toMatchObject([
      { type: "invoice", subtotal: "249.75" },
      { type: "creditMemo", subtotal: "166.50", external_id: `usher-${order.orderId}--credit-1` },
    ]);
    const { invoices } = await connect().readInvoices({ orderId: order.orderId }, aCallContext());
    expect(invoices.map(({ untaxedMinor }) => untaxedMinor)).toEqual([24_975, -16_650]);
  });

  it("at another price is credited and sold anew, and an added line is added", async () => {
    const order = anErpOrder();
    await book(order);
    await bill(order);
    const lines = [
      anErpLine({ unitAmountMinor: 8_000 }),
      anErpLine({ lineId: "line_2", sku: "SETUP", quantity: 1, unitAmountMinor: 4_999 }),
    ];
    const { records } = await book({ ...order, revision: 2, lines });
    expect(records).toMatchObject([{ totalMinor: 28_999 }]);
    expect(await bill(order)).toMatchObject({ subtotal: "289.99" });
    // Three documents and no more: 249.75 billed, 249.75 credited, 289.99 billed.
    expect((await seen(order))?.following).toHaveLength(3);
  });

  it("is credited when the order is taken back; what was not is closed", async () => {
    const order = anErpOrder();
    await book(order);
    await bill(order);
    const more = {
      ...order,
      revision: 2,
      lines: [anErpLine(), anErpLine({ lineId: "line_2", unitAmountMinor: 100 })],
    };
    await book(more);
    for (let times = 0; times < 2; times += 1) await cancel(more);
    const after = await seen(order);
    expect(after).toMatchObject({ status: "G", revision: "2 taken back" });
    expect(after?.lines.map((line) => line.is_closed)).toEqual([true, true]);
    expect(after?.following).toMatchObject([
      { type: "invoice", subtotal: "249.75" },
      { type: "creditMemo", subtotal: "249.75" },
    ]);
    const amend = connect().amendOrder({ ...more, revision: 3 }, contextOf(more));
    expect(await outcomeOf(amend)).toMatchObject({ category: "not_found" });
  });

  it("every write of an amendment cut off, before or after it was carried out: one credit, one order", async () => {
    for (const kind of ["reset-before-commit", "reset-after-commit"] as const) {
      for (const nth of [1, 2]) {
        const order = anErpOrder();
        await book(order);
        await bill(order);
        const fewer = { ...order, revision: 2, lines: [anErpLine({ quantity: 2 })] };
        let writes = 0;
        const when = (request: { readonly method: string }) => {
          if (isWrite(request)) writes += 1;
          return isWrite(request) && writes === nth;
        };
        proxy.strike({ when, fault: { kind }, times: 1 });
        expect(await outcomeOf(book(fewer))).toMatchObject({ category: "outcome_unknown" });
        expect((await book(fewer)).records).toMatchObject([{ totalMinor: 16_650 }]);
        expect((await seen(order))?.following).toHaveLength(2);
      }
    }
  });
});

describe("400 means done: asynchronous requests under an idempotency key", () => {
  const async = () => connect({ orderWrites: "async" });

  it("an order is put into the queue under a UUID, and its job is followed to the record", async () => {
    const order = anErpOrder();
    await settings({ async_delay_ms: 150 });
    const { records } = await book(order, async());
    await settings({ async_delay_ms: 0 });
    expect(records).toMatchObject([{ totalMinor: 24_975 }]);
    expect(ordersWritten()[0]?.headers).toMatchObject({
      prefer: "respond-async",
      "x-netsuite-idempotency-key": expect.stringMatching(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      ),
    });
  });

  it("a second request of the key is a 400 with the first one's job, and is success", async () => {
    const order = anErpOrder();
    await settings({ async_delay_ms: 60_000 });
    const deadline = Date.now() + 3_500;
    const early = { ...contextOf(order), deadline };
    // The first attempt gives up while the job waits.
    expect(await outcomeOf(async().bookOrder(order, early))).toMatchObject({
      category: "outcome_unknown",
      retryAfterMs: 5_000,
    });
    const { netsuite } = world.simulator.parts;
    netsuite.store.transact(() => {
      for (const job of netsuite.tables.job.all())
        netsuite.store.put(netsuite.tables.job, {
          ...job,
          dueMs: Math.min(job.dueMs, Date.now() + 300),
        });
    });
    proxy.calm();
    // The second one comes before the job was carried out: there is no order to be found yet.
    expect((await book(order, async())).records).toMatchObject([{ totalMinor: 24_975 }]);
    await settings({ async_delay_ms: 0 });
    expect(ordersWritten().map(({ status }) => status)).toEqual([400]);
    expect(ordersWritten()[0]?.answer?.body).toContain("IDEMPOTENCY_ERROR");
  });

  it("a key that was spent on a job that failed does not keep the fixed order out", async () => {
    const order = anErpOrder();
    const refuse = {
      vendor: "netsuite",
      kind: "refuse_write",
      operation: "*",
      object: "salesOrder",
    } as const;
    world.simulator.parts.faults.add({
      ...refuse,
      recordId: null,
      remaining: 1,
      message: "The period is closed.",
      delayMs: 0,
      status: 400,
      retryAfterSeconds: null,
    });
    expect(await outcomeOf(book(order, async()))).toMatchObject({
      category: "validation",
      message: expect.stringContaining("The period is closed."),
    });
    await book(order, async());
    expect(await seen(order)).toMatchObject({ status: "F" });
  });
});

describe("401 as overload", () => {
  it("a 401 that comes after a long wait is no matter of the credentials: no token is asked for, nothing is repeated", async () => {
    const clock = createVirtualClock({ startMs: Date.now() });
    const erp = connectNetsuite({
      config: world.config(proxy.url),
      now: clock.now,
      fetch: async (...request) => {
        const answer = await fetch(...request);
        if (answer.status === 401) clock.advance(60_000);
        return answer;
      },
    });
    const read = () =>
      erp.readInvoices(
        { orderId: "none" },
        aCallContext({ now: clock.now, deadline: clock.now() + 90_000 }),
      );
    await read();
    proxy.calm();
    await settings({ concurrent_requests_max: 1, overload_looks_like: "invalid_login" });
    await hold("suiteql", 300);
    const refused = await Promise.all([outcomeOf(read()), outcomeOf(read())]);
    await settings({ concurrent_requests_max: 5, overload_looks_like: "too_many_requests" });
    expect(refused).toContainEqual(
      expect.objectContaining({ category: "rate_limited", vendorCode: "INVALID_LOGIN" }),
    );
    expect(proxy.requests.filter(({ path }) => path.includes("oauth2"))).toEqual([]);
    expect(proxy.requests).toHaveLength(2);
    world.simulator.parts.faults.removeAll();
    await read();
  });
});

/** The simulator holds requests of this operation back, so that they are under way at once. */
async function hold(operation: string, delayMs: number) {
  world.simulator.parts.faults.add({
    vendor: "netsuite",
    kind: "slow",
    operation,
    object: null,
    recordId: null,
    remaining: null,
    message: null,
    delayMs,
    status: 503,
    retryAfterSeconds: null,
  });
}

describe("concurrency", () => {
  it("400 as concurrency limit: SSS_REQUEST_LIMIT_EXCEEDED is worth waiting for, not a fault of the order", async () => {
    const erp = connect();
    const read = () => outcomeOf(erp.readInvoices({ orderId: "none" }, aCallContext()));
    await read();
    await settings({ concurrent_requests_max: 1, overload_looks_like: "restlet" });
    await hold("suiteql", 200);
    const outcomes = await Promise.all([read(), read()]);
    await settings({ concurrent_requests_max: 5, overload_looks_like: "too_many_requests" });
    expect(outcomes.map(({ category }) => category).toSorted()).toEqual(["ok", "rate_limited"]);
    expect(outcomes).toContainEqual(
      expect.objectContaining({ vendorCode: "SSS_REQUEST_LIMIT_EXCEEDED" }),
    );
  });

  it("account-wide concurrency: two connections of one account, each within its own limit, are refused together and go on after", async () => {
    const connections = [connect({ concurrentCallsMax: 3 }), connect({ concurrentCallsMax: 3 })];
    const readAll = () =>
      Promise.all(
        connections.flatMap((erp) =>
          Array.from({ length: 3 }, () =>
            outcomeOf(erp.readInvoices({ orderId: "none" }, aCallContext())),
          ),
        ),
      );
    await readAll();
    await hold("suiteql", 200);
    const outcomes = (await readAll()).map(({ category }) => category);
    expect(outcomes.filter((one) => one === "rate_limited")).toHaveLength(1);
    expect(outcomes.filter((one) => one === "ok")).toHaveLength(5);
    world.simulator.parts.faults.removeAll();
    expect((await readAll()).every(({ category }) => category === "ok")).toBe(true);
  });
});

describe("SuiteQL", () => {
  it("unique ORDER BY: an order with more documents than fit on a page shows each once", async () => {
    const order = anErpOrder();
    await book(order);
    await bill(order);
    const { netsuite } = world.simulator.parts;
    const invoice = [...netsuite.tables.transaction.all()].find(
      (row) => row.type === "invoice" && row.custom["custbody_usher_order"] === order.orderId,
    );
    if (invoice === undefined) throw new Error("it was billed");
    const [pages, invoicesWanted] = [2, 60];
    netsuite.store.transact(() => {
      for (let at = 0; at < pages * 1_000 - 100; at += 1) {
        const type = at % 32 === 0 ? "invoice" : "salesOrder";
        // All alike, so that only the id tells them apart.
        const id = netsuite.newId();
        netsuite.store.put(netsuite.tables.transaction, { ...invoice, id, type });
      }
    });
    const { invoices } = await connect().readInvoices({ orderId: order.orderId }, aCallContext());
    expect(invoices).toHaveLength(invoicesWanted + 1);
    expect(new Set(invoices.map(({ id }) => id)).size).toBe(invoicesWanted + 1);
    const queries = proxy.requests.filter(({ path }) => path.includes("/suiteql"));
    expect(queries.filter(({ body }) => body.includes("FROM transaction"))).toHaveLength(pages);
    for (const { body, headers } of queries) {
      expect(body).toMatch(/ORDER BY (id|scriptid)"\}$/);
      expect(headers).toMatchObject({ prefer: "transient" });
    }
  });

  it("endless paging ends in schema_drift, not in a loop", async () => {
    const erp = connect();
    await erp.readInvoices({ orderId: "none" }, aCallContext());
    proxy.strike({
      when: ({ path }) => path.includes("/suiteql"),
      fault: { kind: "answer", status: 200, body: '{"items":[],"hasMore":true}' },
    });
    const reading = erp.readInvoices({ orderId: "none" }, aCallContext());
    expect(await outcomeOf(reading)).toMatchObject({ category: "schema_drift" });
  });
});

describe("writing", () => {
  it("eid encoding: what an external id cannot hold is written in hex, and found again by another process", async () => {
    const plain = anErpOrder();
    const order = { ...plain, orderId: `${plain.orderId}/?#%|' \u00e9` };
    const first = await book(order);
    expect((await book(order)).records).toEqual(first.records);
    const hex = Buffer.from(order.orderId, "utf8").toString("hex");
    expect(await world.order(`usher-x-${hex}`)).toMatchObject({ subtotal: "249.75" });
  });

  it("X-NetSuite-PropertyNameValidation: a custom field that is not there is told, not dropped", async () => {
    const { customFields } = world.simulator.parts.netsuite.settings();
    const custom_fields = customFields.filter((name) => name !== "custcol_usher_line");
    await settings({ custom_fields });
    const order = anErpOrder();
    const outcomes = [
      await outcomeOf(book(order)),
      await outcomeOf(connect().check(aCallContext())),
    ];
    await settings({ custom_fields: customFields });
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        category: "config",
        message: expect.stringContaining("custcol_usher_line"),
      });
    }
    expect(await seen(order)).toBeNull();
  });

  it("replace=item: two workers that make the same order at once leave one set of lines", async () => {
    const order = anErpOrder();
    proxy.strike({ when: isWrite, fault: { kind: "delay", ms: 40 } });
    await Promise.all([book(order, connect()), book(order, connect())]);
    expect((await seen(order))?.lines).toHaveLength(1);
    expect(ordersWritten().every(({ path }) => path.endsWith("?replace=item"))).toBe(true);
  });

  it("what a person changed stays until a later revision; a line of their own stays with it", async () => {
    const order = anErpOrder();
    await book(order);
    const { netsuite } = world.simulator.parts;
    const [row] = netsuite.tables.transaction.where("externalId", `usher-${order.orderId}`);
    const [line] = row?.lines ?? [];
    if (row === undefined || line === undefined) throw new Error("it was booked");
    const own = { ...line, line: 2, rate: "5", amount: "15.00", custom: {} };
    const changed = {
      ...row,
      nextLine: 3,
      lines: [{ ...line, quantity: "4", amount: "333.00" }, own],
    };
    netsuite.store.transact(() => netsuite.store.put(netsuite.tables.transaction, changed));
    expect((await book(order)).records).toMatchObject([{ totalMinor: 33_300 }]);
    const next = { ...order, revision: 2 };
    expect((await book(next)).records).toMatchObject([{ totalMinor: 24_975 }]);
    expect((await seen(order))?.lines).toMatchObject([
      { line: 1, quantity: "3" },
      { line: 2, rate: "5", usher_line: null },
    ]);
  });
});

describe("an answer that is not as documented", () => {
  it.each([
    [
      "a quantity that is no number",
      (text: string) => text.replace('"quantity":3', '"quantity":"many"'),
    ],
    [
      "an amount with more digits than money",
      (text: string) => text.replace('"amount":249.75', '"amount":249.751'),
    ],
    ["an order without currency", (text: string) => text.replace('"currency"', '"money"')],
    [
      "lines that are no list",
      (text: string) =>
        text
          .replace('"items":[', '"items":{"0":[')
          .replace('],"totalResults"', ']},"totalResults"'),
    ],
    [
      "some of the lines",
      (text: string) => text.replace('"totalResults"', '"hasMore":true,"totalResults"'),
    ],
  ])("%s is schema_drift, and names the record", async (_name, rewrite) => {
    const order = anErpOrder();
    await book(order);
    proxy.strike({
      when: ({ method, path }) => method === "GET" && path.includes("/salesOrder/"),
      fault: { kind: "rewrite", rewrite },
    });
    const outcome = await outcomeOf(book(order));
    expect(outcome).toMatchObject({ category: "schema_drift" });
    expect("message" in outcome ? outcome.message : "").toMatch(/sales order|Sales order/);
  });

  it("a 200 that is an error is an error", async () => {
    const body = JSON.stringify({
      "o:errorDetails": [
        { detail: "Please enter value(s) for: Location.", "o:errorCode": "USER_ERROR" },
      ],
    });
    proxy.strike({ when: isWrite, fault: { kind: "answer", status: 200, body } });
    expect(await outcomeOf(book(anErpOrder()))).toMatchObject({
      category: "validation",
      vendorCode: "USER_ERROR",
    });
  });

  it("a foreign URL in Location is not called: only the id is taken from it", async () => {
    const called: string[] = [];
    const erp = connectNetsuite({
      config: world.config(proxy.url, { orderWrites: "async" }),
      fetch: (input, init) => {
        called.push(String(input));
        return fetch(input, init);
      },
    });
    const location = "https://attacker.example/services/rest/async/v1/job/999999";
    proxy.strike({
      when: ({ method, path }) => method === "PUT" && path.includes("/salesOrder/"),
      fault: { kind: "answer", status: 202, headers: { location } },
    });
    expect(await outcomeOf(book(anErpOrder(), erp))).toMatchObject({
      category: "outcome_unknown",
    });
    expect(called.at(-1)).toBe(`${proxy.url}/services/rest/async/v1/job/999999`);
    expect(called.filter((url) => !url.startsWith(`${proxy.url}/`))).toEqual([]);
  });
});

describe("logging in", () => {
  it("a token is renewed a minute before it ends, so that no 401 has to be understood", async () => {
    const clock = createVirtualClock({ startMs: Date.now() });
    const erp = connectNetsuite({ config: world.config(proxy.url), now: clock.now });
    const read = () => erp.readInvoices({ orderId: "none" }, aCallContext({ now: clock.now }));
    await read();
    clock.advance(58 * 60_000);
    await read();
    const tokens = () => proxy.requests.filter(({ path }) => path.includes("oauth2")).length;
    expect(tokens()).toBe(1);
    clock.advance(61_000);
    await read();
    expect(tokens()).toBe(2);
    expect(proxy.requests.every(({ status }) => status === 200)).toBe(true);
  });

  it("the refresh of a sandbox forgets the mapping: auth_invalid with what to do, after one try", async () => {
    const own = await startNetsuiteWorld();
    try {
      const erp = connectNetsuite({ config: own.config(own.url) });
      await erp.check(aCallContext());
      await own.control("POST", "/refresh_sandbox");
      expect(await outcomeOf(erp.check(aCallContext()))).toMatchObject({
        category: "auth_invalid",
        vendorCode: "invalid_grant",
        message: expect.stringContaining("the refresh of a sandbox forgets it"),
      });
    } finally {
      await own.stop();
    }
  });

  it("an EC key logs in as well, with ES256", async () => {
    const pair = generateKeyPairSync("ec", {
      namedCurve: "P-256",
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const certificateId = await mapCertificate({
      simulatorUrl: world.simulator.url,
      publicKey: pair.publicKey,
    });
    await connect({ certificateId, privateKey: pair.privateKey }).check(aCallContext());
  });

  it.each([
    ["transactions", "permission"],
    ["suiteql", "permission"],
  ])("a role without %s is told by check", async (missing, category) => {
    await settings({ missing_permissions: [missing] });
    const outcome = await outcomeOf(connect().check(aCallContext()));
    await settings({ missing_permissions: [] });
    expect(outcome).toMatchObject({ category, vendorCode: "INSUFFICIENT_PERMISSION" });
  });
});
