import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { Checkpoint, CrmConnector, DealChange, DealPage } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { createSeededRandom } from "../seeded-random.ts";
import { aStatus } from "./a-deal-status.ts";
import { salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const hourMs = 3_600_000;
const opportunityEvents = { changeDataCapture: ["Opportunity"] };

async function aWorld(
  input: {
    readonly world?: Parameters<typeof startSalesforceWorld>[0];
    readonly config?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const startMs = Date.now();
  const world = await startSalesforceWorld({
    salesforce: opportunityEvents,
    pubSub: { port: 0 },
    ...input.world,
  });
  stops.push(() => world.stop());
  const { pubSub } = world.simulator.salesforce;
  if (pubSub === null) throw new Error("started without the Pub/Sub API");
  const logged: Readonly<Record<string, unknown>>[] = [];
  let nowMs = startMs;
  world.holdClock(nowMs);

  function connect(change: Readonly<Record<string, unknown>> = {}): CrmConnector {
    const system = createSalesforceConnector().connect(
      {
        connectionId: "con_events",
        config: salesforceConfigFor(world.url, {
          changes: "pubsub",
          pubSubUrl: pubSub?.url,
          reconcileSeconds: 86_400,
          ...input.config,
          ...change,
        }),
      },
      { fetch, now: () => nowMs },
    );
    stops.push(() => system.close());
    if (system.crm === null) throw new Error("Salesforce is a CRM");
    return system.crm;
  }

  /** Pages until there is nothing more, as the worker asks for them. */
  async function drain(crm: CrmConnector, from: Checkpoint | null) {
    const changes: DealChange[] = [];
    let checkpoint = from;
    let isFullRead = false;
    for (let page = 0; page < 60; page += 1) {
      const read = await crm.readChanges({ checkpoint }, context());
      changes.push(...read.changes);
      isFullRead ||= read.isFullRead === true;
      checkpoint = read.checkpoint;
      if (!read.hasMore)
        return { ids: changes.map(({ dealId }) => dealId), checkpoint, isFullRead };
    }
    throw new Error("the stream did not end");
  }

  /** Turns until `dealIds` were told of, or a deadline is over. */
  async function drainUntil(
    crm: CrmConnector,
    from: Checkpoint | null,
    dealIds: readonly string[],
  ) {
    const ids: string[] = [];
    let checkpoint = from;
    const deadline = performance.now() + 10_000;
    for (;;) {
      const read = await drain(crm, checkpoint);
      ids.push(...read.ids);
      checkpoint = read.checkpoint;
      if (dealIds.every((id) => ids.includes(id))) return { ids, checkpoint };
      if (performance.now() > deadline) throw new Error(`told of ${ids.join()} only`);
    }
  }

  const context = () =>
    aCallContext({ deadline: nowMs + 60_000, log: (entry) => void logged.push(entry) });

  return {
    world,
    pubSub,
    connect,
    drain,
    drainUntil,
    context,
    logged,
    org: world.simulator.parts.org,
    said: (words: string) => logged.some(({ message }) => String(message).includes(words)),
    pass(ms: number) {
      nowMs += ms;
      world.holdClock(nowMs);
    },
    /** A connection that has read all there was and listens. */
    async listening() {
      const crm = connect();
      let read = await drain(crm, null);
      const { ids } = read;
      nowMs += 5_000;
      world.holdClock(nowMs);
      if (read.checkpoint?.["phase"] === "polling") {
        read = await drain(crm, read.checkpoint);
        ids.push(...read.ids);
      }
      return { crm, checkpoint: read.checkpoint, ids };
    },
  };
}

describe("Salesforce's change events", () => {
  it("what is won while nobody asks arrives as a hint, without a pass by polling", async () => {
    const { world, listening, drainUntil, org } = await aWorld();
    const before = await world.winDeals([{ name: "before" }]);
    const { crm, checkpoint, ids } = await listening();
    // Saved in the very second in which the subscription began: no event tells of it.
    expect(ids).toEqual(before);
    const won = await world.winDeals([{ name: "won" }]);
    const callsBefore = org.usage.calls;
    const read = await drainUntil(crm, checkpoint, won);
    expect(read.ids).not.toContain(before[0]);
    // One query for each page with events, to leave out what concerns no order.
    expect(org.usage.calls - callsBefore).toBeLessThanOrEqual(read.ids.length);
    expect(read.checkpoint).toMatchObject({ phase: "events", replayId: expect.any(String) });
  });

  it("open deals are left out; one with an order that is deleted is told", async () => {
    const { world, listening, drainUntil } = await aWorld();
    const { crm, checkpoint } = await listening();
    const [open = ""] = await world.winDeals([{ name: "open", stage: "Prospecting" }]);
    const [won = ""] = await world.winDeals([{ name: "won" }]);
    const read = await drainUntil(crm, checkpoint, [won]);
    expect(read.ids).not.toContain(open);
    await world.api("DELETE", `/sobjects/Opportunity/${won}`);
    await drainUntil(crm, read.checkpoint, [won]);
  });

  it("150 records of one transaction are one event with 150 ids, and all are told", async () => {
    const { world, listening, drainUntil, org } = await aWorld();
    const won = await world.winDeals(
      Array.from({ length: 150 }, () => ({ name: "same", lines: [] })),
    );
    const { crm, checkpoint } = await listening();
    const seen = org.changeEvents.size;
    await world.api("PATCH", "/composite/sobjects", {
      allOrNone: true,
      records: won.map((id) => ({ attributes: { type: "Opportunity" }, id, NextStep: "call" })),
    });
    expect(org.changeEvents.size - seen).toBe(1);
    await drainUntil(crm, checkpoint, won);
  });

  it("our own write-back is an echo, by changeOrigin", async () => {
    const { world, listening, drainUntil, context, org } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    const { crm, checkpoint } = await listening();
    await crm.writeStatus({ dealId, status: aStatus({ status: "Active" }) }, context());
    const own = [...org.changeEvents.all()].find(({ changeOrigin }) => changeOrigin !== "");
    expect([...org.changeEvents.all()].at(-1)?.changeOrigin).toMatch(/;client=usher$/);
    expect(own).toBeDefined();
    const later = await world.winDeals([{ name: "later" }]);
    const read = await drainUntil(crm, checkpoint, later);
    expect(read.ids).not.toContain(dealId);
  });

  it("a page that was not stored is told again, in this process and in another", async () => {
    const { world, listening, drainUntil, connect } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    const won = await world.winDeals([{ name: "second" }]);
    await drainUntil(crm, first.checkpoint, won);
    await drainUntil(crm, first.checkpoint, won);
    await drainUntil(connect(), first.checkpoint, won);
  });

  it("what is won while the hub is down is read from the replay id on", async () => {
    const { world, listening, drainUntil, connect, pass, said } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    pass(hourMs);
    const won = await world.winDeals([{ name: "meanwhile" }]);
    const read = await drainUntil(connect(), first.checkpoint, won);
    expect(read.checkpoint).toMatchObject({ phase: "events" });
    expect(said("any more")).toBe(false);
  });

  it("a replay id older than 72 hours falls back to polling from the last instant, and says so", async () => {
    const { world, listening, drain, drainUntil, connect, pass, said } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    pass(hourMs);
    const won = await world.winDeals([{ name: "meanwhile" }]);
    pass(73 * hourMs);
    const later = connect({ reconcileSeconds: 86_400 });
    const held = {
      ...first.checkpoint,
      polledStamp: new Date(Date.now() + 74 * hourMs).toISOString(),
    };
    const read = await drain(later, held);
    expect(read.ids).toEqual(expect.arrayContaining(won));
    expect(read.isFullRead).toBe(true);
    expect(said("does not know our position")).toBe(true);
    await drainUntil(later, read.checkpoint, await world.winDeals([{ name: "afterwards" }]));
  });

  it("a replay id of before an org migration is corrupted: nothing is lost", async () => {
    const { world, listening, drain, drainUntil, connect, org, said, pass } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    const won = await world.winDeals([{ name: "meanwhile" }]);
    pass(5_000);
    org.changeSettings({ busEpoch: 2 });
    const read = await drain(connect(), first.checkpoint);
    expect(read.ids).toEqual(expect.arrayContaining(won));
    expect(said("does not know our position")).toBe(true);
  });

  it("a GAP event has no fields, and its record is read again all the same", async () => {
    const { world, listening, drainUntil, org } = await aWorld();
    const { crm, checkpoint } = await listening();
    org.changeSettings({ changeMishaps: { gaps: 1, overflows: 0 } });
    const won = await world.winDeals([{ name: "won", lines: [] }]);
    expect([...org.changeEvents.all()].map(({ changeType }) => changeType)).toContain("GAP_CREATE");
    await drainUntil(crm, checkpoint, won);
  });

  it("an overflow event names no record: a pass by polling finds what it stands for", async () => {
    const { world, listening, drainUntil, org, said, pass } = await aWorld();
    const { crm, checkpoint } = await listening();
    org.changeSettings({ changeMishaps: { gaps: 0, overflows: 2 } });
    const won = await world.winDeals([{ name: "won", lines: [] }]);
    pass(5_000);
    await drainUntil(crm, checkpoint, won);
    expect(said("names no record")).toBe(true);
  });

  it("an edit that no event tells is found by the pass in between", async () => {
    const { world, listening, drain, drainUntil, pass, org, pubSub } = await aWorld({
      config: { reconcileSeconds: 100 },
    });
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    const { crm, checkpoint } = await listening();
    const events = org.changeEvents.size;
    const lines = await world.api(
      "GET",
      `/query?q=${encodeURIComponent(`SELECT Id FROM OpportunityLineItem WHERE OpportunityId = '${dealId}'`)}`,
    );
    const [line] = ((await lines.json()) as { records: { Id: string }[] }).records;
    await world.api("PATCH", `/sobjects/OpportunityLineItem/${line?.Id}`, {
      ServiceDate: "2026-12-24",
    });
    expect(org.changeEvents.size).toBe(events);
    const quiet = await drain(crm, checkpoint);
    expect(quiet.ids).toEqual([]);
    // Sooner than a silent stream is taken for dead.
    pass(101_000);
    const opened = pubSub.opened();
    await drainUntil(crm, quiet.checkpoint, [dealId]);
    expect(pubSub.opened()).toBe(opened);
  });

  it("a quiet stream moves its replay id on by keepalives, so that it does not age", async () => {
    const { listening, drain } = await aWorld({
      world: { pubSub: { port: 0, keepAliveMs: 20 } },
    });
    const { crm, checkpoint } = await listening();
    expect(checkpoint).toMatchObject({ replayId: null });
    const first = await drain(crm, checkpoint);
    const second = await drain(crm, first.checkpoint);
    expect(first.checkpoint?.["replayId"]).toEqual(expect.any(String));
    expect(second.checkpoint?.["replayId"]).not.toBe(first.checkpoint?.["replayId"]);
  });

  it("1,000 events arrive a hundred at a time: no more is asked for than was taken", async () => {
    const { world, listening, context } = await aWorld();
    const won: string[] = [];
    const { crm, checkpoint: from } = await listening();
    for (let at = 0; at < 5; at += 1) {
      won.push(
        ...(await world.winDeals(
          Array.from({ length: 200 }, (_, index) => ({ name: `d${at}.${index}`, lines: [] })),
        )),
      );
    }
    const ids = new Set<string>();
    let checkpoint = from;
    const deadline = performance.now() + 20_000;
    while (ids.size < won.length && performance.now() < deadline) {
      const page = await crm.readChanges({ checkpoint }, context());
      expect(page.changes.length).toBeLessThanOrEqual(100);
      for (const { dealId } of page.changes) ids.add(dealId);
      checkpoint = page.checkpoint;
    }
    expect([...ids].sort()).toEqual([...won].sort());
  });

  it("an ended token costs one new one, and the subscription goes on", async () => {
    const { world, listening, drainUntil, pubSub } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    const won = await world.winDeals([{ name: "second" }]);
    world.simulator.parts.tokens.expireAll();
    pubSub.cut("service.auth.error");
    await drainUntil(crm, first.checkpoint, won);
  });

  it("a stream that is cut is opened again where it was", async () => {
    const { world, listening, drainUntil, pubSub } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    pubSub.cut("service.unavailable");
    const won = await world.winDeals([{ name: "second" }]);
    const opened = pubSub.opened();
    const read = await drainUntil(crm, first.checkpoint, won);
    expect(read.ids).toEqual(won);
    expect(pubSub.opened()).toBe(opened + 1);
  });

  it("while there are no events to be had polling goes on, the subscription is left alone, and both are said", async () => {
    const { world, listening, drainUntil, pubSub, pass, said } = await aWorld();
    const { crm, checkpoint } = await listening();
    const first = await drainUntil(crm, checkpoint, await world.winDeals([{ name: "first" }]));
    pubSub.cut("subscription.limit.exceeded", { refuseNext: 50 });
    const won = await world.winDeals([{ name: "second" }]);
    pass(5_000);
    const opened = pubSub.opened();
    const read = await drainUntil(crm, first.checkpoint, won);
    await drainUntil(crm, read.checkpoint, []);
    expect(pubSub.opened() - opened).toBeLessThanOrEqual(1);
    expect(said("polling goes on in their place")).toBe(true);
  });

  it.each([1, 4, 6, 8])(
    "kills, cuts, lost pages, gaps, overflows, migrations and saves within one second lose no deal (seed %i)",
    async (seed) => {
      const { world, connect, drain, org, pubSub, pass } = await aWorld();
      const random = createSeededRandom(seed);
      const pick = (count: number) => Math.floor(random() * count);
      let crm = connect();
      let checkpoint: Checkpoint | null = null;
      const told = new Set<string>();
      const won: string[] = [];
      const weather = [
        async () => {
          won.push(...(await world.winDeals([{ name: `d${won.length}` }])));
        },
        async () => pass(pick(4) * 700),
        async () => pubSub.cut("service.unavailable"),
        async () => {
          crm = connect();
        },
        async () => {
          const { busEpoch } = org.settings();
          org.changeSettings({ busEpoch: busEpoch + 1 });
        },
        async () => {
          const { changeMishaps } = org.settings();
          org.changeSettings({
            changeMishaps: { ...changeMishaps, [pick(2) === 0 ? "gaps" : "overflows"]: 1 },
          });
        },
      ];
      // Winning and waiting are the most of it.
      const steps = [0, 0, 0, 1, 1, 1, 2, 3, 4, 5] as const;
      for (let step = 0; step < 24; step += 1) {
        await weather[steps[pick(steps.length)] ?? 0]?.();
        let page: DealPage | null = null;
        // A call that ran out of its time is one more page that was not stored.
        await outcomeOf(
          crm.readChanges({ checkpoint }, quick()).then((read) => {
            page = read;
          }),
        );
        page = page as DealPage | null;
        // A page that is not stored is not told, and its checkpoint not handed back.
        if (page === null || pick(5) === 0) continue;
        for (const { dealId } of page.changes) told.add(dealId);
        checkpoint = page.checkpoint;
      }
      for (let turn = 0; turn < 3; turn += 1) {
        pass(5_000);
        const read = await drain(crm, checkpoint);
        for (const id of read.ids) told.add(id);
        checkpoint = read.checkpoint;
      }
      expect(won.filter((id) => !told.has(id))).toEqual([]);

      function quick() {
        return aCallContext({ deadline: org.now() + 150 });
      }
    },
    60_000,
  );

  it("check says when the Pub/Sub API cannot be reached, and passes where it can", async () => {
    const { connect, context } = await aWorld();
    expect((await outcomeOf(connect().check(context()))).category).toBe("ok");
    const unreachable = connect({ pubSubUrl: "http://127.0.0.1:9" });
    expect((await outcomeOf(unreachable.check(context()))).category).toBe("transient");
  });

  it("plain text is for this machine only", () => {
    expect(() =>
      createSalesforceConnector().connect(
        {
          connectionId: "con_events",
          config: salesforceConfigFor("http://127.0.0.1:1", {
            changes: "pubsub",
            pubSubUrl: "http://api.pubsub.salesforce.com:7443",
          }),
        },
        { fetch, now: Date.now },
      ),
    ).toThrow(/pubSubUrl.*https/);
  });
});
