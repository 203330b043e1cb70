import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { ConnectionId, OrderId } from "@usher/entitlement-core/kernel";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveConnection } from "./connection-repository.ts";
import {
  appendOrderEvents,
  listOrderEvents,
  recordOrderCommand,
} from "./order-event-repository.ts";
import { receiveDeals } from "./order-intake-repository.ts";
import {
  countOrders,
  findOrdersOfDeals,
  listOrderRevisions,
  listOrders,
  loadOrder,
  type OrderFilter,
} from "./order-repository.ts";
import {
  recordRemoteState,
  remoteRecordsOfOrder,
  saveRemoteRecords,
} from "./remote-record-repository.ts";
import { aDeal, noon, received } from "./testing/a-deal.ts";
import { aHub, type TestHub, withCatalogAndPeople } from "./testing/a-hub.ts";
import { readyToGrant } from "./testing/an-order.ts";

let hub: TestHub;
let catalog: PublishedCatalog;
let ids: readonly OrderId[];

beforeAll(async () => {
  hub = await aHub({ poolSize: 30 });
  catalog = await hub.inTenant(withCatalogAndPeople);
  ids = await hub.inTenant(async (tx) => {
    const deals = Array.from({ length: 23 }, (_, index) =>
      received(
        catalog,
        aDeal({
          id: `deal-${index}`,
          kind: index % 2 === 0 ? "new" : "renew",
          account: { id: `acc-${index % 3}`, name: `Account ${index % 3}`, country: "DE" },
        }),
      ),
    );
    const outcomes = await receiveDeals(tx, deals);
    return outcomes.map((outcome) => outcome.orderId);
  });
});

afterAll(() => hub.close());

describe("a list of orders", () => {
  it("goes through every order once, newest first", async () => {
    expect(await allOrders({})).toEqual([...ids].reverse());
  });

  it("shows what a filter asks for and nothing else", async () => {
    const [first] = ids;
    const order = await hub.inTenant((tx) => loadOrder(tx, { id: first as OrderId }));
    if (!order?.customer) throw new Error("no order");
    expect(await allOrders({ number: order.number.toLowerCase() })).toEqual([first]);
    expect(await allOrders({ kind: "renew" })).toHaveLength(11);
    expect(await allOrders({ customerId: order.customer.id })).toHaveLength(8);
    expect(await allOrders({ sourceSystem: "hubspot" })).toEqual([]);
    expect(await allOrders({ statuses: ["Active", "Rejected"] })).toEqual([]);
    expect(await allOrders({ statuses: ["Active", "Received"] })).toHaveLength(23);
    expect(await hub.inTenant(countOrders)).toEqual({ Received: 23 });
  });

  it("is empty for another tenant, who finds none of them by id or deal either", async () => {
    await hub.inOtherTenant(async (tx) => {
      expect((await listOrders(tx, { limit: 10, cursor: null })).items).toEqual([]);
      expect(await loadOrder(tx, { id: ids[0] as OrderId })).toBeNull();
      const deal = { system: "salesforce", id: "deal-0" };
      expect(await findOrdersOfDeals(tx, [deal])).toEqual([]);
      expect(await loadOrder(tx, { source: deal })).toBeNull();
    });
  });

  it("finds the orders of deals, with the instant they were first taken", async () => {
    const found = await hub.inTenant((tx) =>
      findOrdersOfDeals(tx, [
        { system: "salesforce", id: "deal-0" },
        { system: "salesforce", id: "unknown" },
      ]),
    );
    expect(found).toEqual([
      { id: ids[0], source: { system: "salesforce", id: "deal-0" }, createdAt: noon },
    ]);
  });
});

describe("an order's events", () => {
  it("of twenty writers that start from the same sequence exactly one appends", async () => {
    const order = await hub.inTenant((tx) => loadOrder(tx, { id: ids[1] as OrderId }));
    if (order === null) throw new Error("no order");
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        hub.inTenant((tx) =>
          recordOrderCommand(tx, {
            order,
            command: { type: "start-provisioning" },
            actor: "usher",
            now: noon,
            outbox: [{ topic: "order.wake", key: order.id, payload: { orderId: order.id } }],
          }),
        ),
      ),
    );
    const kinds = outcomes.map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === "appended")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "conflict")).toHaveLength(19);
    await hub.inTenant(async (tx) => {
      const { items } = await listOrderEvents(tx, { orderId: order.id, limit: 50, cursor: null });
      expect(items.map((one) => one.sequence)).toEqual([1, 2, 3]);
      const messages = await tx.db
        .selectFrom("outbox")
        .select("id")
        .where("key", "=", order.id)
        .where("topic", "=", "order.wake")
        .execute();
      expect(messages).toHaveLength(1);
    });
  });

  it("are paged oldest first, and folded they are the row's state", async () => {
    const orderId = ids[2] as OrderId;
    await hub.inTenant((tx) => readyToGrant(tx, orderId));
    const page = (cursor: string | null) =>
      hub.inTenant((tx) => listOrderEvents(tx, { orderId, limit: 2, cursor }));
    const first = await page(null);
    const second = await page(first.nextCursor);
    expect([...first.items, ...second.items].map((one) => one.event.type)).toEqual([
      "order_received",
      "order_validated",
      "provisioning_started",
    ]);
    expect(second.nextCursor).toBeNull();
    const order = await hub.inTenant((tx) => loadOrder(tx, { id: orderId }));
    expect(order).toMatchObject({ status: "Provisioning", eventSequence: 3 });
  });

  it("are not written by a command that the rules refuse, nor by one that changes nothing", async () => {
    const order = await hub.inTenant((tx) => loadOrder(tx, { id: ids[3] as OrderId }));
    if (order === null) throw new Error("no order");
    const input = { order, actor: "usher", now: noon };
    await hub.inTenant(async (tx) => {
      const refused = await recordOrderCommand(tx, { ...input, command: { type: "end" } });
      expect(refused).toMatchObject({
        kind: "refused",
        reasons: [{ code: "order_phase_conflict" }],
      });
      expect(await appendOrderEvents(tx, { ...input, events: [] })).toEqual({
        kind: "appended",
        order,
      });
      expect((await loadOrder(tx, { id: order.id }))?.eventSequence).toBe(1);
    });
  });

  it.each([
    "update order_events set actor = 'x'",
    "delete from order_events",
    "update order_revisions set content_hash = 'x'",
    "delete from order_lines",
    "update offering_versions set sku = 'x'",
    "delete from catalog_versions",
  ])(
    "and all that is published or received is kept, also from the tables' owner: %s",
    async (statement) => {
      const owner = new pg.Client({ connectionString: hub.databaseUrl });
      await owner.connect();
      await expect(owner.query(statement)).rejects.toThrow(/append-only/);
      await owner.end();
    },
  );

  it("name each revision once", async () => {
    const revisions = await hub.inTenant((tx) => listOrderRevisions(tx, ids[4] as OrderId));
    expect(revisions).toMatchObject([
      { revision: 1, dealVersion: "1", receivedFrom: "inbox", receivedAt: noon, faults: [] },
    ]);
  });
});

describe("remote records", () => {
  it("are stored by their remote id, brought up to date, and found by it when the vendor calls", async () => {
    const orderId = ids[5] as OrderId;
    const connectionId = await aConnection();
    const record = {
      orderId,
      revision: 1,
      connectionId,
      kind: "subscription",
      remoteId: "sub_1",
      remoteCustomerId: "cus_1",
      lineIds: ["00kLine1"],
      totalMinor: 550_000,
      currency: "USD",
      state: "incomplete",
    };
    await hub.inTenant((tx) => saveRemoteRecords(tx, [record]));
    await hub.inTenant((tx) => saveRemoteRecords(tx, [{ ...record, totalMinor: 600_000 }]));
    const paid = { connectionId, remoteId: "sub_1", state: "active" };
    expect(await hub.inOtherTenant((tx) => recordRemoteState(tx, paid))).toBeNull();
    expect(await hub.inTenant((tx) => recordRemoteState(tx, paid))).toMatchObject({ orderId });
    expect(await hub.inTenant((tx) => remoteRecordsOfOrder(tx, orderId))).toEqual([
      { ...record, totalMinor: 600_000, state: "active" },
    ]);
  });
});

async function allOrders(filter: OrderFilter): Promise<readonly OrderId[]> {
  const seen: OrderId[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 50; page += 1) {
    const { items, nextCursor } = await hub.inTenant((tx) =>
      listOrders(tx, { ...filter, limit: 5, cursor }),
    );
    seen.push(...items.map((order) => order.id));
    cursor = nextCursor;
    if (cursor === null) break;
  }
  return seen;
}

async function aConnection(): Promise<ConnectionId> {
  const connection = await hub.inTenant((tx) =>
    saveConnection(tx, {
      vendor: "stripe",
      name: "Billing",
      kinds: ["billing"],
      config: {},
      sealedSecrets: new Uint8Array([1]),
    }),
  );
  return connection.id;
}
