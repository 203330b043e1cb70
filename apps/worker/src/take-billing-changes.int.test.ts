import type { ConnectedVendor } from "@usher/activities";
import type { BillingChange } from "@usher/connector-sdk/spec";
import {
  claimInbox,
  type Database,
  listOrderEvents,
  publishCatalog,
  receiveDeal,
  remoteRecordsOfOrder,
  saveConnection,
  saveRemoteRecords,
  storeInbound,
  type TenantTransaction,
} from "@usher/database";
import { parseDeal } from "@usher/entitlement-core/deal";
import type { CalendarDate, Instant, TenantId } from "@usher/entitlement-core/kernel";
import { beforeAll, describe, expect, it } from "vitest";
import { createTakeBillingChanges } from "./take-billing-changes.ts";
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

const invoice = "in_1";

/** An order with an open invoice, and a worker that hears what the billing system reads of it. */
async function aBilledOrder(id: string) {
  const deal = { ...aDeal({ id }), version: "1", system: "crm" };
  const { orderId, connectionId } = await inTenant(async (tx) => {
    const { catalog } = await publishCatalog(tx, { catalog: aCatalog(), publishedBy: "test" });
    const reading = parseDeal({ deal, catalog, receivedOn: "2026-11-24" as CalendarDate });
    const connection = await saveConnection(tx, {
      vendor: "stripe",
      name: `Billing ${id}`,
      kinds: ["billing"],
      config: {},
      sealedSecrets: new Uint8Array(),
    });
    const received = await receiveDeal(tx, {
      deal,
      reading,
      receivedFrom: "inbox",
      connectionId: null,
      requestedBy: null,
      traceparent: null,
      readAt: now,
    });
    await saveRemoteRecords(tx, [
      {
        orderId: received.orderId,
        revision: 1,
        connectionId: connection.id,
        kind: "invoice",
        remoteId: invoice,
        remoteCustomerId: "cus_1",
        lineIds: [],
        totalMinor: 1,
        currency: "USD",
        state: "open",
      },
    ]);
    return { orderId: received.orderId, connectionId: connection.id };
  });
  /** Takes one announcement of the invoice; `read` answers when the billing system does. */
  const hear = async (eventId: string, read: () => Promise<"paid" | "failed">) => {
    const { messages, claimedAt } = await inTenant(async (tx) => {
      const event = { eventId, type: "invoice", dealId: null, headers: {}, body: {} };
      await storeInbound(tx, { connectionId, events: [{ ...event, rawBody: new Uint8Array() }] });
      return await claimInbox(tx, { connectionId, limit: 1, leaseSeconds: 60, attemptsMax: 8 });
    });
    const [first] = messages;
    if (first === undefined) throw new Error("no message");
    const readChange = async (): Promise<BillingChange> => ({
      kind: "payment",
      orderId,
      recordId: invoice,
      outcome: await read(),
    });
    const vendor = { connectionId, vendor: "stripe", crm: null, billing: { readChange } };
    await createTakeBillingChanges({
      database,
      callVendor: ({ call }) => call({} as never),
      onTaken: () => {},
    })({
      tenantId,
      vendor: vendor as unknown as ConnectedVendor,
      signal: new AbortController().signal,
      messages: [first],
      claimedAt,
    });
  };
  const outcomes = async () =>
    (await inTenant((tx) => listOrderEvents(tx, { orderId, limit: 500, cursor: null }))).items
      .map((one) => one.event)
      .flatMap((event) => (event.type === "payment_recorded" ? [event.outcome] : []));
  const state = async () => (await inTenant((tx) => remoteRecordsOfOrder(tx, orderId)))[0]?.state;
  return { hear, outcomes, state };
}

describe("takeBillingChanges", () => {
  it("tells an unpaid bill and then its payment, each once", async () => {
    const { hear, outcomes, state } = await aBilledOrder("D-1");
    await hear("evt_1", async () => "failed");
    await hear("evt_2", async () => "failed");
    await hear("evt_3", async () => "paid");
    await hear("evt_4", async () => "paid");
    expect(await outcomes()).toEqual(["failed", "paid"]);
    expect(await state()).toBe("paid");
  });

  it("leaves a bill paid that another worker had read before it was", async () => {
    const { hear, outcomes, state } = await aBilledOrder("D-2");
    await hear("evt_5", async () => {
      // Read as unpaid; while that answer is on its way, the payment is announced and taken.
      await hear("evt_6", async () => "paid");
      return "failed";
    });
    expect(await outcomes()).toEqual(["paid"]);
    expect(await state()).toBe("paid");
  });
});
