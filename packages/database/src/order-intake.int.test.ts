import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import type { Deal } from "@usher/entitlement-core/deal";
import { instantFromMs, type OrderId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publishCatalog } from "./catalog-repository.ts";
import { createId } from "./ids.ts";
import { listOrderEvents, recordOrderCommand } from "./order-event-repository.ts";
import { receiveDeal, receiveDeals } from "./order-intake-repository.ts";
import { loadOrder, ordersBlockedOn } from "./order-repository.ts";
import { aCatalog } from "./testing/a-catalog.ts";
import { aDeal, aDealLine, noon, received } from "./testing/a-deal.ts";
import { aHub, type TestHub, withCatalogAndPeople } from "./testing/a-hub.ts";
import { readyToGrant } from "./testing/an-order.ts";
import { countStatements } from "./testing/count-statements.ts";

let hub: TestHub;
let catalog: PublishedCatalog;

beforeAll(async () => {
  hub = await aHub({ poolSize: 50 });
  catalog = await hub.inTenant(withCatalogAndPeople);
});

afterAll(() => hub.close());

it("a new deal becomes one order with revision, lines, customer, event and a message that starts its run", async () => {
  const deal = aDeal({ id: "new" });
  const outcome = await hub.inTenant((tx) =>
    receiveDeal(tx, received(catalog, deal, { traceparent: "00-1-2-01" })),
  );
  if (outcome.kind !== "created") throw new Error(`expected created, got ${outcome.kind}`);
  await hub.inTenant(async (tx) => {
    const order = await loadOrder(tx, { id: outcome.orderId });
    expect(order).toMatchObject({
      source: { system: "salesforce", id: "new" },
      status: "Received",
      revision: 1,
      eventSequence: 1,
      currency: "USD",
      customer: { externalId: "001Acme", name: "Acme", country: "DE" },
      owner: { email: "olga@seller.example" },
      createdAt: noon,
      traceparent: "00-1-2-01",
      waitingOn: null,
      problem: null,
    });
    expect(order?.number).toMatch(/^[0-9A-Z]{8}$/);
    expect(order?.content?.lines).toHaveLength(1);
    const lines = await tx.db
      .selectFrom("order_lines")
      .selectAll()
      .where("order_id", "=", outcome.orderId)
      .execute();
    expect(lines).toMatchObject([
      { sku: "GTX-PRO", quantity: 10, unit_price_minor: 55_000, starts_on: "2027-01-01" },
    ]);
    expect(lines[0]?.active_from.toISOString()).toBe("2026-12-31T23:00:00.000Z");
    const events = await listOrderEvents(tx, { orderId: outcome.orderId, limit: 10, cursor: null });
    expect(events.items).toMatchObject([
      { sequence: 1, event: { type: "order_received", revision: 1 }, actor: "salesforce" },
    ]);
    const messages = await tx.db
      .selectFrom("outbox")
      .select(["id", "topic", "payload"])
      .where("key", "=", outcome.orderId)
      .execute();
    expect(messages).toEqual([
      {
        id: outcome.outboxId,
        topic: "order.start",
        payload: { orderId: outcome.orderId, traceparent: "00-1-2-01" },
      },
    ]);
  });
});

it("one deal announced fifty times at once makes one order with one revision", async () => {
  const one = received(catalog, aDeal({ id: "fifty" }));
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => hub.inTenant((tx) => receiveDeal(tx, one))),
  );
  expect(outcomes.filter((outcome) => outcome.kind === "created")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome.kind === "unchanged")).toHaveLength(49);
  expect(new Set(outcomes.map((outcome) => outcome.orderId)).size).toBe(1);
  expect(await countRevisions("fifty")).toBe(1);
});

it("two batches with common deals in opposite order make each order once", async () => {
  const deals = Array.from({ length: 40 }, (_, index) =>
    received(
      catalog,
      aDeal({
        id: `batch-${index}`,
        account: { id: `acc-${index}`, name: "Account", country: null },
      }),
    ),
  );
  const [one, other] = await Promise.all([
    hub.inTenant((tx) => receiveDeals(tx, deals)),
    hub.inTenant((tx) => receiveDeals(tx, deals.toReversed())),
  ]);
  const created = [...one, ...other].filter((outcome) => outcome.kind === "created");
  expect(new Set(created.map((outcome) => outcome.orderId)).size).toBe(40);
  expect(created).toHaveLength(40);
  expect(one.map((outcome) => outcome.orderId)).toEqual(
    other.toReversed().map((outcome) => outcome.orderId),
  );
});

it("hundreds of deals cost as many statements as one", async () => {
  const countOf = (deals: readonly ReturnType<typeof received>[]) =>
    hub.inTenant((tx) => countStatements(tx, (counted) => receiveDeals(counted, deals)));
  const many = Array.from({ length: 300 }, (_, index) =>
    received(catalog, aDeal({ id: `many-${index}` })),
  );
  const ofOne = await countOf([received(catalog, aDeal({ id: "alone" }))]);
  expect(ofOne).toBeGreaterThan(0);
  expect(await countOf(many)).toBe(ofOne);
  expect(ofOne).toBeLessThanOrEqual(3);
});

describe("a deal that is known", () => {
  it("makes no second revision of a version that is known", async () => {
    const one = received(catalog, aDeal({ id: "again" }));
    await hub.inTenant((tx) => receiveDeal(tx, one));
    const outcome = await hub.inTenant((tx) => receiveDeal(tx, one));
    expect(outcome).toMatchObject({ kind: "unchanged", because: "version", revision: 1 });
  });

  it("makes no revision when it was saved without a change for us", async () => {
    await receive(aDeal({ id: "echo" }));
    const outcome = await receive(aDeal({ id: "echo", version: "2", lastEditor: null }));
    expect(outcome).toMatchObject({ kind: "unchanged", because: "content", revision: 1 });
    expect(await countRevisions("echo")).toBe(1);
  });

  it("makes the next revision when what was sold changed, and wakes the run", async () => {
    await receive(aDeal({ id: "changed" }));
    const outcome = await receive(
      aDeal({ id: "changed", version: "2", lines: [aDealLine({ quantity: "25" })] }),
    );
    if (outcome.kind !== "revised") throw new Error(`expected revised, got ${outcome.kind}`);
    expect(outcome.revision).toBe(2);
    await hub.inTenant(async (tx) => {
      const order = await loadOrder(tx, { id: outcome.orderId });
      expect(order).toMatchObject({ revision: 2, eventSequence: 2, dealVersion: "2" });
      expect(order?.content?.lines[0]?.quantity).toBe(25);
      const message = await tx.db
        .selectFrom("outbox")
        .select(["topic", "payload"])
        .where("id", "=", outcome.outboxId)
        .executeTakeFirstOrThrow();
      expect(message).toMatchObject({ topic: "order.wake", payload: { because: "revision" } });
    });
  });

  it("is not taken back by an older reading that arrives late", async () => {
    const later = instantFromMs(noon + 60_000);
    const newer = aDeal({ id: "late", version: "3", lines: [aDealLine({ quantity: "30" })] });
    await hub.inTenant((tx) => receiveDeal(tx, received(catalog, newer, { readAt: later })));
    const outcome = await receive(aDeal({ id: "late", version: "2" }));
    expect(outcome).toMatchObject({ kind: "unchanged", because: "overtaken" });
  });

  const connectionId = createId("connection");
  /** Read from the CRM so many seconds after noon. */
  const read = (deal: Deal, second: number) =>
    hub.inTenant((tx) =>
      receiveDeal(
        tx,
        received(catalog, deal, { connectionId, readAt: instantFromMs(noon + second * 1_000) }),
      ),
    );

  it("changed and changed back within one second of the CRM's clock is two revisions, however often it is read", async () => {
    await receive(aDeal({ id: "back", version: "12:00:00#won" }));
    const reopened = aDeal({ id: "back", version: "12:00:00#open", isWon: false });
    expect(await read(reopened, 1)).toMatchObject({ kind: "revised", revision: 2 });
    const wonAgain = aDeal({ id: "back", version: "12:00:00#won" });
    expect(await read(wonAgain, 2)).toMatchObject({ kind: "revised", revision: 3 });
    expect(await read(wonAgain, 3)).toMatchObject({ kind: "unchanged", because: "version" });
    expect(await read(reopened, 1)).toMatchObject({ kind: "unchanged", because: "overtaken" });
    expect(await countRevisions("back")).toBe(3);
  });

  it("is not taken back by a slow reading of an edit that was undone meanwhile", async () => {
    await receive(aDeal({ id: "undone" }));
    // Read as changed at second 1 by a worker that stalls, and as changed back at second 2.
    expect(await read(aDeal({ id: "undone", version: "3" }), 2)).toMatchObject({
      because: "content",
    });
    const stalled = aDeal({ id: "undone", version: "2", lines: [aDealLine({ quantity: "99" })] });
    expect(await read(stalled, 1)).toMatchObject({ kind: "unchanged", because: "overtaken" });
    expect(await read(stalled, 3)).toMatchObject({ kind: "revised", revision: 2 });
  });

  it("announced by REST under a known version with other content is refused", async () => {
    await receive(aDeal({ id: "rest-conflict" }));
    const other = aDeal({ id: "rest-conflict", lines: [aDealLine({ quantity: "11" })] });
    expect(await receive(other)).toMatchObject({
      kind: "refused",
      reasons: [{ code: "order_version_conflict" }],
    });
    await receive({ ...other, version: "2" });
    // An old message that comes late says what it said then.
    expect(await receive(aDeal({ id: "rest-conflict" }))).toMatchObject({
      kind: "unchanged",
      because: "version",
      revision: 2,
    });
    expect(await receive({ ...other, version: "1" })).toMatchObject({ kind: "refused" });
    expect(await countRevisions("rest-conflict")).toBe(2);
  });

  it("is refused once its order is canceled, and leaves nothing", async () => {
    const { orderId } = await receive(aDeal({ id: "canceled" }));
    await hub.inTenant(async (tx) => {
      const order = await loadOrder(tx, { id: orderId });
      if (order === null) throw new Error("no order");
      await recordOrderCommand(tx, {
        order,
        command: { type: "cancel", by: "olga@seller.example", reason: null },
        actor: "olga@seller.example",
        now: noon,
      });
    });
    const outcome = await receive(
      aDeal({ id: "canceled", version: "2", lines: [aDealLine({ quantity: "11" })] }),
    );
    expect(outcome).toMatchObject({
      kind: "refused",
      reasons: [{ code: "order_phase_conflict" }],
    });
    expect(await countRevisions("canceled")).toBe(1);
  });
});

describe("a catalog that changed since a deal was read", () => {
  let changed: PublishedCatalog;
  const read = (deal: Deal) => hub.inTenant((tx) => receiveDeal(tx, received(changed, deal)));

  beforeAll(async () => {
    const offerings = aCatalog.offerings.map((one) => ({ ...one, name: `${one.name} of 2027` }));
    const published = await hub.inTenant((tx) =>
      publishCatalog(tx, {
        catalog: { ...aCatalog, offerings },
        publishedBy: "cat@seller.example",
      }),
    );
    expect(published.changedSkus).toContain("GTX-PRO");
    changed = published.catalog;
  });

  it("makes no revision of a deal that says the same as before", async () => {
    await receive(aDeal({ id: "kept" }));
    const echo = aDeal({ id: "kept", version: "2", lastEditor: null });
    expect(await read(echo)).toMatchObject({ kind: "unchanged", because: "content", revision: 1 });
  });

  it("leaves an active order its offering version when the quantity changes", async () => {
    const { orderId } = await receive(aDeal({ id: "lowered" }));
    const before = await makeActive(orderId);
    const lowered = aDeal({ id: "lowered", version: "2", lines: [aDealLine({ quantity: "3" })] });
    expect(await read(lowered)).toMatchObject({ kind: "revised", revision: 2 });
    const after = await hub.inTenant((tx) => loadOrder(tx, { id: orderId }));
    expect(after?.content?.lines).toEqual([{ ...before?.content?.lines[0], quantity: 3 }]);
  });

  function makeActive(id: OrderId) {
    return hub.inTenant(async (tx) => {
      await readyToGrant(tx, id);
      const order = await loadOrder(tx, { id });
      if (order === null) throw new Error("no order");
      await recordOrderCommand(tx, {
        order,
        command: {
          type: "record-grant",
          entitlementIds: [],
          activeFromIso: "2026-12-31T23:00:00Z",
          activeUntilIso: "2027-12-31T23:00:00Z",
          token: { jti: "lic_1", kid: "kid-1" },
        },
        actor: "usher",
        now: noon,
      });
      return order;
    });
  }
});

describe("a deal with faults", () => {
  const faulty = aDeal({ id: "faulty", lines: [aDealLine({ productCode: "GTXPro" })] });

  it("becomes an order that keeps the deal and its faults, and goes on once the catalog knows the product", async () => {
    const first = await receive(faulty);
    expect(first.kind).toBe("created");
    const again = await receive(faulty);
    expect(again).toMatchObject({ kind: "unchanged", because: "version" });

    const fixed: PublishedCatalog = {
      ...catalog,
      aliases: [
        { system: "salesforce", productCode: "GTXPro", sku: catalog.offerings[0]?.sku as never },
      ],
    };
    const outcome = await hub.inTenant((tx) => receiveDeal(tx, received(fixed, faulty)));
    expect(outcome).toMatchObject({ kind: "revised", revision: 2 });
    await hub.inTenant(async (tx) => {
      const order = await loadOrder(tx, { id: first.orderId });
      expect(order).toMatchObject({ revision: 2, dealVersion: "1" });
      expect(order?.content).not.toBeNull();
    });
  });

  it("is found by the product code it is blocked on", async () => {
    const { orderId } = await receive({ ...faulty, id: "blocked" });
    await hub.inTenant(async (tx) => {
      const order = await loadOrder(tx, { id: orderId });
      if (order === null) throw new Error("no order");
      await recordOrderCommand(tx, {
        order,
        command: {
          type: "report-problem",
          problem: {
            code: "unknown_product",
            sentence: "GTXPro is not in the catalog.",
            where: null,
            resumeAt: "validation",
            blockedOnProductCodes: ["GTXPro"],
            faults: [],
          },
        },
        actor: "usher",
        now: noon,
      });
      expect(await ordersBlockedOn(tx, ["GTXPro", "other"])).toEqual([orderId]);
      expect(await ordersBlockedOn(tx, ["other"])).toEqual([]);
      const after = await loadOrder(tx, { id: orderId });
      expect(after).toMatchObject({
        status: "Action needed",
        problem: { code: "unknown_product" },
        waitingOn: { who: "Sales: Olga Owner" },
      });
    });
  });

  it("keeps nothing out for an odd name", async () => {
    const odd = aDeal({
      id: "odd",
      name: "A\u0000B \ud800",
      lines: [aDealLine({ productCode: "no\u0000pe" })],
    });
    expect((await receive(odd)).kind).toBe("created");
  });
});

it("the database itself refuses a second good revision of one deal version", async () => {
  const { orderId } = await receive(aDeal({ id: "constraint" }));
  await expect(
    hub.inTenant((tx) =>
      sql`insert into order_revisions (order_id, revision, source_version, deal, content, content_hash, received_from)
        select order_id, 2, source_version, deal, content, 'another', 'test' from order_revisions
          where order_id = ${orderId}`.execute(tx.db),
    ),
  ).rejects.toThrow(/one_revision_per_deal_version/);
});

function receive(deal: ReturnType<typeof aDeal>) {
  return hub.inTenant((tx) => receiveDeal(tx, received(catalog, deal)));
}

function countRevisions(sourceId: string): Promise<number> {
  return hub.inTenant(async (tx) => {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from order_revisions r join orders o on o.id = r.order_id
        where o.source_id = ${sourceId}`.execute(tx.db);
    return rows[0]?.n ?? 0;
  });
}
