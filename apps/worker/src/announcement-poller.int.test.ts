import { createCallVendor } from "@usher/activities";
import type { AnnouncementPage, BillingConnector, Checkpoint } from "@usher/connector-sdk/spec";
import { type Database, listInbox, saveConnection, storeInbound } from "@usher/database";
import type { ConnectionId, TenantId } from "@usher/entitlement-core/kernel";
import { beforeAll, describe, expect, it } from "vitest";
import { createAnnouncementPoller } from "./announcement-poller.ts";
import { startTenantDatabase } from "./testing/start-tenant-database.ts";
import { createWorkerLog } from "./worker-log.ts";
import { createWorkerMetrics } from "./worker-metrics.ts";

let database: Database;
let tenantId: TenantId;

beforeAll(async () => {
  const started = await startTenantDatabase();
  ({ database, tenantId } = started);
  return started.stop;
});

/** A billing system that announced `ids`, told two a page; `cutAfter` pages its reader dies. */
async function aConnection(ids: readonly string[], cutAfter = Number.POSITIVE_INFINITY) {
  const { id } = await database.withTenant({ tenantId }, (tx) =>
    saveConnection(tx, {
      vendor: "stripe",
      name: `Billing ${ids.join(" ")}`,
      kinds: ["billing"],
      config: {},
      sealedSecrets: new Uint8Array(),
    }),
  );
  const asked: (Checkpoint | null)[] = [];
  let left = cutAfter;
  const readAnnouncements = async ({ checkpoint }: { readonly checkpoint: Checkpoint | null }) => {
    left -= 1;
    if (left < 0) throw new Error("cut off");
    asked.push(checkpoint);
    const from = Number(checkpoint?.["at"] ?? 0);
    const events = ids.slice(from, from + 2).map((eventId) => ({
      eventId,
      type: "invoice.paid",
      dealId: null,
      body: { id: eventId },
    }));
    const at = from + events.length;
    return { events, checkpoint: { at }, hasMore: at < ids.length } satisfies AnnouncementPage;
  };
  const turn = (billing: Partial<BillingConnector> = { readAnnouncements }) =>
    createAnnouncementPoller({
      database,
      callVendor: createCallVendor({ now: Date.now, log: () => {}, report: () => {} }),
      metrics: createWorkerMetrics(),
      log: createWorkerLog({ level: "silent" }),
    })({
      tenantId,
      vendor: {
        connectionId: id,
        vendor: "stripe",
        crm: null,
        billing: billing as BillingConnector,
      },
      signal: new AbortController().signal,
    });
  const inbox = async () => {
    const { items } = await database.withTenant({ tenantId, readOnly: true }, (tx) =>
      listInbox(tx, { limit: 200, cursor: null }),
    );
    return items.filter((one) => one.connectionId === id).map((one) => one.eventId);
  };
  return { id, turn, inbox, asked, heal: () => (left = Number.POSITIVE_INFINITY) };
}

describe("announcements that no webhook brought", () => {
  it("are read to their end, each once, and the next turn goes on from there", async () => {
    const ids = ["a1", "a2", "a3", "a4", "a5"];
    const { turn, inbox, asked } = await aConnection(ids);
    expect(await turn()).toBe("idle");
    expect((await inbox()).sort()).toEqual(ids);
    expect(await turn()).toBe("idle");
    expect(asked).toEqual([null, { at: 2 }, { at: 4 }, { at: 5 }]);
    expect(await inbox()).toHaveLength(5);
  });

  it("under the id of one that a webhook brought are that one", async () => {
    const { id, turn, inbox } = await aConnection(["b1", "b2"]);
    await database.withTenant({ tenantId }, (tx) =>
      storeInbound(tx, {
        connectionId: id as ConnectionId,
        events: [
          {
            eventId: "b1",
            type: "invoice.paid",
            dealId: null,
            headers: {},
            rawBody: new Uint8Array(),
            body: { id: "b1", from: "webhook" },
          },
        ],
      }),
    );
    await turn();
    expect((await inbox()).sort()).toEqual(["b1", "b2"]);
  });

  it.each([1, 2])(
    "cut off after page %i are read on from its checkpoint, and none is lost",
    async (pages) => {
      const ids = ["1", "2", "3", "4", "5"].map((n) => `c${pages}-${n}`);
      const { turn, inbox, heal } = await aConnection(ids, pages);
      await expect(turn()).rejects.toThrow("cut off");
      expect(await inbox()).toHaveLength(2 * pages);
      heal();
      await turn();
      expect((await inbox()).sort()).toEqual(ids);
    },
  );

  it("are not asked for where the vendor keeps none", async () => {
    const { turn, inbox } = await aConnection([]);
    expect(await turn({})).toBe("idle");
    expect(await inbox()).toEqual([]);
  });
});
