import {
  createId,
  type Database,
  findCheckoutSession,
  loadOrderForPlanning,
  lockOrder,
  publishCatalog,
  receiveDeal,
  recordCheckoutPage,
  recordOrderCommand,
  saveCheckoutSession,
  saveConnection,
  type TenantTransaction,
} from "@usher/database";
import { parseDeal } from "@usher/entitlement-core/deal";
import type { CalendarDate, Instant, TenantId } from "@usher/entitlement-core/kernel";
import { beforeAll, describe, expect, it } from "vitest";
import { takeCheckout } from "./take-checkout.ts";
import { aCatalog } from "./testing/a-catalog.ts";
import { aDeal } from "./testing/a-deal.ts";
import { startTenantDatabase } from "./testing/start-tenant-database.ts";

let database: Database;
let tenantId: TenantId;
const now = Date.parse("2026-11-24T12:00:00Z") as Instant;

beforeAll(async () => {
  const started = await startTenantDatabase();
  ({ database, tenantId } = started);
  return started.stop;
});

const inTenant = <Result>(work: (tx: TenantTransaction) => Promise<Result>) =>
  database.withTenant({ tenantId }, work);

/** A session whose page `page_1` is open. */
async function anOpenSession() {
  const id = createId("checkoutSession");
  const deal = { ...aDeal({ id }), version: "1", system: "checkout", owner: null };
  const { session, reading } = await inTenant(async (tx) => {
    const { catalog } = await publishCatalog(tx, { catalog: aCatalog(), publishedBy: "test" });
    const read = parseDeal({ deal, catalog, receivedOn: "2026-11-24" as CalendarDate });
    if (!read.ok) throw new Error(read.faults[0].sentence);
    const connection = await saveConnection(tx, {
      vendor: "stripe",
      name: `Billing ${id}`,
      kinds: ["billing"],
      config: {},
      sealedSecrets: new Uint8Array(),
    });
    const saved = await saveCheckoutSession(tx, {
      id,
      connectionId: connection.id,
      idempotencyKey: id,
      fingerprint: "f",
      deal,
      content: read.content,
      requestedBy: null,
      successUrl: "https://seller.example/ok",
      cancelUrl: "https://seller.example/no",
    });
    const url = "https://billing.example/page_1";
    const page = { remoteId: "page_1", remoteCustomerId: "cus_1", url, expiresAt: now };
    await recordCheckoutPage(tx, { id, ...page });
    return { session: saved, reading: read };
  });
  const hear = (recordId: string, outcome: "paid" | "pending" | "failed" | "expired") =>
    inTenant((tx) =>
      takeCheckout(tx, {
        change: { kind: "checkout", orderId: session.orderId, recordId, outcome },
        connectionId: session.connectionId,
        system: "stripe",
        now,
      }),
    );
  const status = async () => (await inTenant((tx) => findCheckoutSession(tx, { id })))?.status;
  const { orderId, connectionId } = session;
  return { deal, reading, hear, status, orderId, connectionId };
}

describe("takeCheckout", () => {
  it("makes one order of one payment, however often it is announced", async () => {
    const { hear, status } = await anOpenSession();
    expect(await hear("page_1", "paid")).toBeNull();
    expect(await hear("page_1", "paid")).toContain("an order already");
    expect(await status()).toBe("completed");
  });

  it.each(["cancel", "reject"] as const)(
    "makes an order whose bill is taken back when somebody does %s it before it is provisioned",
    async (what) => {
      const { hear, orderId } = await anOpenSession();
      await hear("page_1", "paid");
      const step = await inTenant(async (tx) => {
        const order = await lockOrder(tx, orderId);
        if (order === null) throw new Error("no order");
        const command =
          what === "cancel"
            ? ({ type: "cancel", by: "ops", reason: null } as const)
            : ({ type: "reject", by: "dana", comment: "no" } as const);
        await recordOrderCommand(tx, { order, command, actor: "test", now });
        return (await lockOrder(tx, orderId))?.state;
      });
      expect(step).toMatchObject({ phase: "undoing", undoing: { left: ["bill"] } });
    },
  );

  it("makes an order that knows from the first who paid, and where", async () => {
    const { hear, orderId, connectionId } = await anOpenSession();
    await hear("page_1", "paid");
    const found = await inTenant((tx) => loadOrderForPlanning(tx, orderId));
    expect(found?.remoteRecords).toEqual([]);
    expect(found?.checkout).toEqual({ connectionId, remoteCustomerId: "cus_1" });
  });

  it("does not pass over a second payment, on another page of the order: somebody has to refund it", async () => {
    const { hear } = await anOpenSession();
    await hear("page_1", "paid");
    await expect(hear("page_2", "paid")).rejects.toThrow(/paid twice.*page_1.*page_2.*Refund/);
    expect(await hear("page_2", "expired")).toContain("an order already");
  });

  it.each(["expired", "failed"] as const)(
    "leaves the session open when an earlier page of it has %s",
    async (outcome) => {
      const { hear, status } = await anOpenSession();
      expect(await hear("page_0", outcome)).toContain("page_1");
      expect(await status()).toBe("open");
      expect(await hear("page_1", outcome)).toBeNull();
      expect(await status()).toBe(outcome);
    },
  );

  it("does not call money an order that another order stands in the way of", async () => {
    const { deal, reading, hear, status } = await anOpenSession();
    // As somebody may send it by POST /v1/orders.
    const other = { deal, reading, receivedFrom: "rest", connectionId: null, requestedBy: null };
    await inTenant((tx) => receiveDeal(tx, { ...other, traceparent: null, readAt: now }));
    await expect(hear("page_1", "paid")).rejects.toThrow(/another order/);
    expect(await status()).toBe("open");
  });
});
