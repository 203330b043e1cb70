import type { ConnectionId, InboxMessageId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadCheckpoint, saveCheckpoint, saveConnection } from "./connection-repository.ts";
import {
  claimInbox,
  findInboxMessage,
  finishInbox,
  inboxBacklog,
  listInbox,
  postponeInbox,
  replayQuarantined,
  storeHints,
  storeInbound,
} from "./inbox-repository.ts";
import { aHub, type TestHub } from "./testing/a-hub.ts";

let hub: TestHub;
let connectionId: ConnectionId;
let connections = 0;

beforeAll(async () => {
  hub = await aHub({ poolSize: 30 });
});

afterAll(() => hub.close());

beforeEach(async () => {
  connections += 1;
  const connection = await hub.inTenant((tx) =>
    saveConnection(tx, {
      vendor: "salesforce",
      name: `org ${connections}`,
      kinds: ["crm"],
      config: {},
      sealedSecrets: new Uint8Array([1]),
    }),
  );
  connectionId = connection.id;
});

describe("storing", () => {
  it("what cannot be read is kept with its payload and its reason, and no worker ever gets it", async () => {
    const event = {
      type: "unreadable",
      dealId: null,
      headers: {},
      rawBody: Buffer.from("[{}, {}]"),
      body: { objectId: "no number" },
    };
    await hub.inTenant((tx) =>
      storeInbound(tx, {
        connectionId,
        events: [
          { ...event, eventId: "good" },
          { ...event, eventId: "bad", quarantinedBecause: "objectId: expected a number" },
        ],
      }),
    );
    const { messages } = await claim(10);
    expect(messages.map((one) => one.eventId)).toEqual(["good"]);
    const [kept] = await list("quarantined");
    expect(kept).toMatchObject({ eventId: "bad", lastError: "objectId: expected a number" });
    const whole = await hub.inTenant((tx) => findInboxMessage(tx, kept?.id as InboxMessageId));
    expect(whole?.body).toEqual({ objectId: "no number" });
    expect(Buffer.from(whole?.rawBody ?? []).toString()).toBe("[{}, {}]");
  });

  it("an event announced twenty times at once is stored once, with its exact bytes", async () => {
    const rawBody = Buffer.from('{"id" : "evt_1"}');
    const event = {
      eventId: "evt_1",
      type: "deal.won",
      dealId: "006",
      headers: { "x-signature": "s" },
      rawBody,
      body: { id: "evt_1" },
    };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        hub.inTenant((tx) => storeInbound(tx, { connectionId, events: [event] })),
      ),
    );
    const kinds = outcomes.flat().map((one) => one.outcome);
    expect(kinds.filter((kind) => kind === "stored")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "duplicate")).toHaveLength(19);
    await hub.inTenant(async (tx) => {
      const row = await tx.db
        .selectFrom("inbox")
        .selectAll()
        .where("connection_id", "=", connectionId)
        .executeTakeFirstOrThrow();
      expect(row.raw_body?.equals(rawBody)).toBe(true);
      expect(row).toMatchObject({ body: { id: "evt_1" }, headers: { "x-signature": "s" } });
    });
  });

  it("an id that comes twice in one request counts once", async () => {
    const event = {
      eventId: "evt_2",
      type: "t",
      dealId: null,
      headers: {},
      rawBody: new Uint8Array(),
      body: null,
    };
    const outcomes = await hub.inTenant((tx) =>
      storeInbound(tx, { connectionId, events: [event, event] }),
    );
    expect(outcomes.map((one) => one.outcome)).toEqual(["stored", "duplicate"]);
  });

  it("hints of one deal version are stored once, over all polls", async () => {
    const changes = Array.from({ length: 300 }, (_, index) => ({
      dealId: `d${index}`,
      version: "1",
    }));
    expect(await hub.inTenant((tx) => storeHints(tx, { connectionId, changes }))).toBe(300);
    const overlapping = [...changes.slice(290), { dealId: "d299", version: "2" }];
    expect(await hub.inTenant((tx) => storeHints(tx, { connectionId, changes: overlapping }))).toBe(
      1,
    );
  });

  it("the checkpoint and what was read up to it are stored together or not at all", async () => {
    await expect(
      hub.inTenant(async (tx) => {
        await storeHints(tx, { connectionId, changes: [{ dealId: "lost", version: "1" }] });
        await saveCheckpoint(tx, { connectionId, stream: "deals", checkpoint: { at: "now" } });
        throw new Error("killed");
      }),
    ).rejects.toThrow("killed");
    await hub.inTenant(async (tx) => {
      expect(await loadCheckpoint(tx, { connectionId, stream: "deals" })).toBeNull();
      expect((await claim(10)).messages).toEqual([]);
      await saveCheckpoint(tx, { connectionId, stream: "deals", checkpoint: { at: "then" } });
      expect(await loadCheckpoint(tx, { connectionId, stream: "deals" })).toEqual({ at: "then" });
    });
  });
});

describe("claiming", () => {
  it("ten workers at once take each message exactly once", async () => {
    await hints(200);
    const taken: InboxMessageId[] = [];
    const work = async () => {
      for (let round = 0; round < 100; round += 1) {
        const { messages } = await claim(7);
        if (messages.length === 0) return;
        taken.push(...messages.map((message) => message.id));
      }
    };
    await Promise.all(Array.from({ length: 10 }, work));
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
  });

  it("takes messages of one connection only, the one that waits longest first", async () => {
    const first = connectionId;
    await hints(3);
    const other = await hub.inTenant((tx) =>
      saveConnection(tx, {
        vendor: "hubspot",
        name: `other ${connections}`,
        kinds: ["crm"],
        config: {},
        sealedSecrets: new Uint8Array([1]),
      }),
    );
    await hub.inTenant((tx) =>
      storeHints(tx, { connectionId: other.id, changes: [{ dealId: "x", version: "1" }] }),
    );
    // Whatever earlier tests left behind is out of the way.
    await hub.inTenant((tx) =>
      sql`update inbox set next_attempt_at = now() + interval '1 hour'
        where status = 'pending' and connection_id not in (${first}, ${other.id})`.execute(tx.db),
    );
    const taken = await hub.inTenant((tx) =>
      claimInbox(tx, { limit: 200, leaseSeconds: 60, attemptsMax: 5 }),
    );
    expect(taken.messages.map((message) => message.connectionId)).toEqual([first, first, first]);
    expect(Math.abs(taken.claimedAt - Date.now())).toBeLessThan(60_000);
  });

  it("a message whose worker died is due again when its lease ends", async () => {
    await hints(1);
    const [first] = (await claim(1, { leaseSeconds: 0 })).messages;
    const [again] = (await claim(1)).messages;
    expect(again?.id).toBe(first?.id);
    expect(again?.attempts).toBe(2);
    expect((await claim(1)).messages).toEqual([]);
  });

  it("a message that kills every worker goes to quarantine, and the others go on", async () => {
    await hints(1);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect((await claim(1, { leaseSeconds: 0, attemptsMax: 3 })).messages).toHaveLength(1);
    }
    await hints(1, "healthy");
    const { messages } = await claim(10, { attemptsMax: 3 });
    expect(messages.map((message) => message.dealId)).toEqual(["healthy0"]);
    const quarantined = await list("quarantined");
    expect(quarantined).toMatchObject([{ dealId: "d0", attempts: 3 }]);
  });

  it("a finished message is not taken again", async () => {
    await hints(2);
    const { messages } = await claim(2, { leaseSeconds: 0 });
    const [one, other] = messages.map((message) => message.id) as [InboxMessageId, InboxMessageId];
    await hub.inTenant(async (tx) => {
      await finishInbox(tx, { ids: [one], outcome: "processed" });
      await finishInbox(tx, { ids: [other], outcome: "ignored", because: "not won" });
    });
    expect((await claim(10)).messages).toEqual([]);
    expect(await list("ignored")).toMatchObject([{ lastError: "not won" }]);
  });

  it("a failed attempt is due later each time, then quarantined, then replayed with all attempts back", async () => {
    await hints(1);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [message] = (await claim(1, { attemptsMax: 3 })).messages;
      if (message === undefined) throw new Error(`attempt ${attempt} found nothing`);
      await hub.inTenant((tx) =>
        postponeInbox(tx, { ids: [message.id], error: "CRM down", attemptsMax: 3 }),
      );
      const { rows } = await hub.inTenant((tx) =>
        sql<{ wait: number }>`
          select extract(epoch from next_attempt_at - now())::float8 as wait from inbox where id = ${message.id}`.execute(
          tx.db,
        ),
      );
      waits.push(Math.round(rows[0]?.wait ?? 0));
      await hub.inTenant((tx) =>
        sql`update inbox set next_attempt_at = now() where id = ${message.id}`.execute(tx.db),
      );
    }
    expect(waits).toEqual([2, 4, 8]);
    const [quarantined] = await list("quarantined");
    expect(quarantined).toMatchObject({ lastError: "CRM down", attempts: 3 });
    expect((await hub.inTenant(inboxBacklog)).quarantined).toBeGreaterThan(0);
    if (quarantined === undefined) throw new Error("nothing in quarantine");
    expect(await hub.inTenant((tx) => replayQuarantined(tx, { ids: [quarantined.id] }))).toBe(1);
    expect((await claim(1, { attemptsMax: 3 })).messages).toMatchObject([{ attempts: 1 }]);
  });
});

it("a tenant with something due is known without naming tenants, and told by NOTIFY", async () => {
  const told: string[] = [];
  const listener = await hub.database.listen({
    channels: ["usher_inbox"],
    onNotification: ({ payload }) => told.push(payload),
  });
  await hints(1);
  expect(await hub.database.directory.tenantsWithPendingInbox()).toContain(hub.tenantId);
  expect(await hub.database.directory.tenantsWithPendingInbox()).not.toContain(hub.otherTenantId);
  await expect.poll(() => told, { timeout: 5_000 }).toContain(hub.tenantId);
  await listener.close();
});

it("pages go through every message once, newest first", async () => {
  await hints(25);
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 100; page += 1) {
    const { items, nextCursor } = await hub.inTenant((tx) =>
      listInbox(tx, { limit: 10, cursor, connectionId }),
    );
    seen.push(...items.map((item) => item.id));
    cursor = nextCursor;
    if (cursor === null) break;
  }
  expect(seen).toHaveLength(25);
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
  await expect(
    hub.inTenant((tx) => listInbox(tx, { limit: 10, cursor: "made up" })),
  ).rejects.toThrow(/next_cursor/);
});

function hints(count: number, prefix = "d"): Promise<number> {
  const changes = Array.from({ length: count }, (_, index) => ({
    dealId: `${prefix}${index}`,
    version: "1",
  }));
  return hub.inTenant((tx) => storeHints(tx, { connectionId, changes }));
}

function claim(
  limit: number,
  {
    leaseSeconds = 60,
    attemptsMax = 5,
  }: { readonly leaseSeconds?: number; readonly attemptsMax?: number } = {},
) {
  return hub.inTenant((tx) => claimInbox(tx, { limit, leaseSeconds, attemptsMax, connectionId }));
}

async function list(status: "quarantined" | "ignored") {
  const page = await hub.inTenant((tx) =>
    listInbox(tx, { limit: 100, cursor: null, connectionId, status }),
  );
  return page.items;
}
