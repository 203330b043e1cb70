import { generateKeyPairSync } from "node:crypto";
import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { ConnectedSystem, CrmConnector } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf, startFaultProxy } from "@usher/connector-sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { aStatus } from "./a-deal-status.ts";
import { readAllChanges } from "./read-all-changes.ts";
import { accountName, salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function aWorld(
  input: {
    readonly world?: Parameters<typeof startSalesforceWorld>[0];
    readonly config?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const world = await startSalesforceWorld(input.world);
  stops.push(() => world.stop());
  const proxy = await startFaultProxy({ peerUrl: world.url });
  stops.push(() => proxy.close());
  const connect = () => crmOf(connectTo(proxy.url, input.config));
  return { world, proxy, connect, crm: connect() };
}

function connectTo(url: string, config: Readonly<Record<string, unknown>> = {}): ConnectedSystem {
  return createSalesforceConnector().connect(
    { connectionId: "con_traps", config: salesforceConfigFor(url, config) },
    { fetch, now: Date.now },
  );
}

function crmOf({ crm }: ConnectedSystem): CrmConnector {
  if (crm === null) throw new Error("Salesforce is a CRM");
  return crm;
}

describe("reading from Salesforce", () => {
  it("a page shorter than asked for is not taken for the last one", async () => {
    const { world, crm } = await aWorld({
      world: { salesforce: { pageSizeMax: 3 } },
      config: { pageSize: 10 },
    });
    const won = await world.winDeals(
      Array.from({ length: 11 }, (_, index) => ({ name: `d${index}` })),
    );
    const { ids } = await readAllChanges(crm);
    expect([...ids].sort()).toEqual([...won].sort());
  });

  it("open deals are left out, by IsWon and not by a stage name", async () => {
    const { world, crm } = await aWorld();
    await world.winDeals([
      { name: "open", stage: "Prospecting" },
      { name: "lost", stage: "Closed Lost" },
    ]);
    const [won] = await world.winDeals([{ name: "won" }]);
    expect((await readAllChanges(crm)).ids).toEqual([won]);
  });

  it("a deal with an order that is opened again is announced", async () => {
    const { world, crm } = await aWorld();
    const startMs = Date.now();
    world.holdClock(startMs);
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    await crm.writeStatus({ dealId, status: aStatus() }, aCallContext());
    world.holdClock(startMs + 10_000);
    const { checkpoint } = await readAllChanges(crm);
    await world.api("PATCH", `/sobjects/Opportunity/${dealId}`, { StageName: "Prospecting" });
    world.holdClock(startMs + 20_000);
    expect((await readAllChanges(crm, checkpoint)).ids).toContain(dealId);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal?.isWon).toBe(false);
  });

  it("a row of the running second waits until its second is over: two saves share one stamp", async () => {
    const { world, crm } = await aWorld();
    const startMs = Math.floor(Date.now() / 1_000) * 1_000;
    world.holdClock(startMs + 200);
    const [dealId = ""] = await world.winDeals([{ name: "first save" }]);
    const early = await readAllChanges(crm);
    expect(early.ids).toEqual([]);
    await world.api("PATCH", `/sobjects/Opportunity/${dealId}`, { Name: "second save" });
    world.holdClock(startMs + 3_000);
    expect((await readAllChanges(crm, early.checkpoint)).ids).toEqual([dealId]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal?.name).toBe("second save");
  });

  it("a deal with more lines than fit on a page keeps every line", async () => {
    const { world, crm } = await aWorld({ world: { salesforce: { pageSizeMax: 7 } } });
    const lines = Array.from({ length: 40 }, (_, index) => ({ Quantity: index + 1, UnitPrice: 1 }));
    const [dealId = ""] = await world.winDeals([{ name: "big", lines }]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(
      deal?.lines.map(({ quantity }) => Number(quantity)).sort((one, other) => one - other),
    ).toEqual(lines.map(({ Quantity }) => Quantity));
  });

  it("amounts arrive as they were written, decimal by decimal", async () => {
    const { world, crm } = await aWorld();
    const lines = [{ Quantity: 0.1, UnitPrice: 12.5, Usher_Term_Months__c: 24 }];
    const [dealId = ""] = await world.winDeals([{ name: "exact", lines }]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal).toMatchObject({
      account: { name: accountName, country: "DE" },
      currency: "USD",
      lines: [{ productCode: "GTX-PRO", months: 24, startsOn: "2026-11-01" }],
    });
    expect(deal?.lines[0]?.unitPrice).toMatch(/^12\.50?$/);
    expect(deal?.lines[0]?.quantity).toMatch(/^0\.10?$/);
  });

  it("INVALID_QUERY_LOCATOR on a later page fails the read for now, and the next one is whole", async () => {
    const { world, crm, proxy } = await aWorld({ world: { salesforce: { pageSizeMax: 3 } } });
    const won = await world.winDeals(Array.from({ length: 7 }, (_, at) => ({ name: `d${at}` })));
    proxy.strike({
      when: ({ path }) => /\/query\/\w/.test(path),
      fault: {
        kind: "answer",
        status: 400,
        headers: { "content-type": "application/json" },
        body: '[{"message":"invalid query locator","errorCode":"INVALID_QUERY_LOCATOR"}]',
      },
      times: 1,
    });
    const read = () => crm.readDeals({ dealIds: won }, aCallContext());
    expect(await outcomeOf(read())).toMatchObject({
      category: "transient",
      vendorCode: "INVALID_QUERY_LOCATOR",
    });
    expect(await read()).toHaveLength(won.length);
  });

  it("equal stamps across page edges: 23 deals of one second, five a page, each once", async () => {
    const { world, crm } = await aWorld({ config: { pageSize: 5 } });
    const won = await world.winDeals(Array.from({ length: 23 }, (_, at) => ({ name: `d${at}` })));
    const { ids } = await readAllChanges(crm);
    expect([...ids].sort()).toEqual([...won].sort());
  });

  it("late commits: a row stamped before those that were read is found within the overlap", async () => {
    const { world, crm } = await aWorld({ config: { overlapSeconds: 60 } });
    await world.winDeals([{ name: "read" }]);
    const { checkpoint } = await readAllChanges(crm);
    world.holdClock(Date.now() - 45_000);
    const late = await world.winDeals([{ name: "late" }]);
    world.holdClock(null);
    expect((await readAllChanges(crm, checkpoint)).ids).toEqual(late);
  });

  it("200 deals are one call, and one that is gone is missing from the answer", async () => {
    const { world, crm, proxy } = await aWorld();
    const ids = await world.winDeals(
      Array.from({ length: 200 }, (_, index) => ({ name: `d${index}` })),
    );
    await crm.readDeals({ dealIds: ids.slice(0, 1) }, aCallContext());
    await world.api("DELETE", `/sobjects/Opportunity/${ids[7]}`);
    proxy.calm();
    const deals = await crm.readDeals({ dealIds: ids }, aCallContext());
    expect(proxy.requests).toHaveLength(1);
    expect(deals).toHaveLength(199);
  });

  it("an id that is none cannot leave its quotes", async () => {
    const { crm } = await aWorld();
    expect(await crm.readDeals({ dealIds: ["') OR (Id != '"] }, aCallContext())).toEqual([]);
  });

  it.each(["https://evil.example/steal", "//evil.example/x", "/services/data/v67.0/query/../../x"])(
    "a next page at %s is not fetched",
    async (nextRecordsUrl) => {
      const { crm, proxy } = await aWorld();
      const body = JSON.stringify({ totalSize: 2, done: false, nextRecordsUrl, records: [] });
      proxy.strike({
        when: ({ path }) => path.includes("/query"),
        fault: {
          kind: "answer",
          status: 200,
          headers: { "content-type": "application/json" },
          body,
        },
      });
      const outcome = await outcomeOf(
        crm.readDeals({ dealIds: ["001D000000IRFmaIAH"] }, aCallContext()),
      );
      expect(outcome.category).toBe("schema_drift");
      expect(proxy.requests.filter(({ path }) => path.includes("/query"))).toHaveLength(1);
    },
  );

  it("endless paging ends: a page that does not advance is refused", async () => {
    const { crm, proxy } = await aWorld({ config: { pageSize: 1 } });
    const body = JSON.stringify({
      totalSize: 1,
      done: true,
      records: [{ Id: "006000000000001AAA", SystemModstamp: "2026-11-24T06:00:00.000+0000" }],
    });
    proxy.strike({
      when: ({ path }) => path.includes("/query"),
      fault: { kind: "answer", status: 200, headers: { "content-type": "application/json" }, body },
    });
    const first = await crm.readChanges({ checkpoint: null }, aCallContext());
    const again = await outcomeOf(
      crm.readChanges({ checkpoint: first.checkpoint }, aCallContext()),
    );
    expect(again.category).toBe("schema_drift");
  });

  it("wrong types in a record are schema_drift that names the record and the field", async () => {
    const { crm, proxy } = await aWorld();
    const body = JSON.stringify({
      totalSize: 1,
      done: true,
      records: [{ Id: "006000000000001AAA", Name: 7, IsWon: "yes" }],
    });
    proxy.strike({
      when: ({ path }) => path.includes("/query"),
      fault: { kind: "answer", status: 200, headers: { "content-type": "application/json" }, body },
    });
    const outcome = await outcomeOf(
      crm.readDeals({ dealIds: ["006000000000001AAA"] }, aCallContext()),
    );
    expect(outcome).toMatchObject({
      category: "schema_drift",
      message: expect.stringMatching(/006000000000001AAA.*IsWon/s),
    });
  });
});

describe("what jsforce does by itself", () => {
  it("401 loop (jsforce #196, #1168): a token that is refused again ends after one new one", async () => {
    const { crm, proxy } = await aWorld();
    proxy.strike({
      when: ({ path }) => path.startsWith("/services/data/"),
      fault: {
        kind: "answer",
        status: 401,
        headers: { "content-type": "application/json" },
        body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]',
      },
    });
    const outcome = await outcomeOf(crm.readChanges({ checkpoint: null }, aCallContext()));
    expect(outcome).toMatchObject({ category: "auth_invalid", vendorCode: "INVALID_SESSION_ID" });
    expect(proxy.requests.map(({ path }) => path.split("?")[0])).toEqual([
      "/services/oauth2/token",
      "/services/data/v67.0/query",
      "/services/oauth2/token",
      "/services/data/v67.0/query",
    ]);
  });

  it.each([420, 429, 500, 502, 503])("a GET answered %i is not sent again", async (status) => {
    const { crm, proxy } = await aWorld();
    await crm.check(aCallContext());
    proxy.calm();
    proxy.strike({ fault: { kind: "answer", status } });
    const outcome = await outcomeOf(crm.readChanges({ checkpoint: null }, aCallContext()));
    expect(outcome.category).not.toBe("ok");
    expect(proxy.requests).toHaveLength(1);
  });

  it("default version 50.0: every call says 67.0", async () => {
    const { world, crm, proxy } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    await readAllChanges(crm);
    await crm.writeStatus({ dealId, status: aStatus() }, aCallContext());
    const data = proxy.requests.filter(({ path }) => path.startsWith("/services/data/"));
    expect(data.length).toBeGreaterThan(2);
    expect(data.every(({ path }) => path.startsWith("/services/data/v67.0/"))).toBe(true);
  });

  it("maxFetch and autoFetch stop at 10,000 in silence: 10,400 deals are read, each once", async () => {
    const { world, crm } = await aWorld({ config: { pageSize: 2_000 } });
    const won = await world.winDeals(
      Array.from({ length: 10_400 }, (_, index) => ({ name: `d${index}`, lines: [] })),
    );
    const { ids } = await readAllChanges(crm);
    expect(ids).toHaveLength(won.length);
    expect(new Set(ids)).toEqual(new Set(won));
  }, 60_000);

  it("time-out of 30 minutes: a call ends with its own deadline", async () => {
    const { crm, proxy } = await aWorld();
    await crm.check(aCallContext());
    proxy.strike({ fault: { kind: "hang" } });
    const began = performance.now();
    const context = aCallContext({ deadline: Date.now() + 300 });
    const outcome = await outcomeOf(crm.readChanges({ checkpoint: null }, context));
    expect(outcome.category).toBe("transient");
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe("Salesforce's credentials", () => {
  it.each(["with the key", "with another key"] as const)("JWT bearer %s", async (which) => {
    const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const isOwn = which === "with the key";
    const { world, connect, proxy } = await aWorld({
      config: {
        authKind: "jwt_bearer",
        clientSecret: undefined,
        username: "integration@usher.example",
        privateKey: (isOwn ? own : other).privateKey
          .export({ type: "pkcs8", format: "pem" })
          .toString(),
      },
    });
    world.simulator.parts.org.changeSettings({
      jwtPublicKey: own.publicKey.export({ type: "spki", format: "pem" }).toString(),
    });
    const crm = connect();
    const outcome = await outcomeOf(crm.check(aCallContext()));
    expect(outcome.category).toBe(isOwn ? "ok" : "auth_invalid");
    const [login] = proxy.requests.filter(({ path }) => path.endsWith("/token"));
    expect(login?.body).toContain("jwt-bearer");
    expect(login?.body).not.toContain("PRIVATE");
    if (!isOwn) return;
    // No refresh token with this flow: an ended session costs one new assertion.
    world.simulator.parts.tokens.expireAll();
    expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("ok");
    expect(proxy.requests.filter(({ path }) => path.endsWith("/token"))).toHaveLength(2);
  });

  it("20 parallel calls with an expired token cost one token request", async () => {
    const { world, crm, proxy } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    world.simulator.parts.tokens.expireAll();
    proxy.calm();
    const read = () => crm.readDeals({ dealIds: [dealId] }, aCallContext());
    const all = await Promise.all(Array.from({ length: 20 }, read));
    expect(all.every((deals) => deals.length === 1)).toBe(true);
    expect(proxy.requests.filter(({ path }) => path.endsWith("/token"))).toHaveLength(1);
  });

  it("a wrong secret is auth_invalid after one request, and is not shown", async () => {
    const { crm, proxy } = await aWorld({ config: { clientSecret: "canary-secret" } });
    const outcome = await outcomeOf(crm.check(aCallContext()));
    expect(outcome.category).toBe("auth_invalid");
    expect(JSON.stringify(outcome)).not.toContain("canary-secret");
    expect(proxy.requests).toHaveLength(1);
  });

  it.each([500, 503])(
    "a token server that answers %i is transient, not a disconnect",
    async (status) => {
      const { crm, proxy } = await aWorld();
      proxy.strike({
        when: ({ path }) => path.endsWith("/token"),
        fault: { kind: "answer", status },
        times: 1,
      });
      expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("transient");
      expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("ok");
    },
  );

  it("two connections in one process share neither token nor limit", async () => {
    const { world, proxy } = await aWorld();
    const good = crmOf(connectTo(proxy.url));
    const bad = crmOf(connectTo(proxy.url, { clientSecret: "wrong" }));
    await good.check(aCallContext());
    expect((await outcomeOf(bad.check(aCallContext()))).category).toBe("auth_invalid");
    expect((await outcomeOf(good.check(aCallContext()))).category).toBe("ok");
    expect(world.url).not.toBe(proxy.url);
  });
});

describe("checking an org", () => {
  it("names every field that is not there", async () => {
    const { crm } = await aWorld({ world: { salesforce: { fieldsDeployed: false } } });
    const outcome = await outcomeOf(crm.check(aCallContext()));
    expect(outcome).toMatchObject({
      category: "config",
      message: expect.stringMatching(
        /Opportunity\.Usher_Status__c.*Opportunity\.Usher_Seq__c.*OpportunityLineItem\.Usher_Term_Months__c/s,
      ),
    });
  });

  it("changes nothing and passes where all is there, under any prefix", async () => {
    const { crm, proxy } = await aWorld({
      world: { salesforce: { fieldPrefix: "Acme_Usher" } },
      config: { fieldPrefix: "Acme_Usher" },
    });
    await crm.check(aCallContext());
    expect(
      new Set(
        proxy.requests.filter(({ path }) => !path.endsWith("/token")).map(({ method }) => method),
      ),
    ).toEqual(new Set(["GET"]));
  });

  it("tells a server that cannot be reached from refused credentials", async () => {
    const crm = crmOf(connectTo("http://127.0.0.1:9"));
    expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("transient");
  });
});

describe("writing to Salesforce", () => {
  it("UNABLE_TO_LOCK_ROW is a lock of that record alone", async () => {
    const { world, crm } = await aWorld();
    const [free = "", held = ""] = await world.winDeals([{ name: "free" }, { name: "held" }]);
    world.simulator.parts.faults.add({
      vendor: "salesforce",
      kind: "lock",
      operation: "*",
      object: "Opportunity",
      recordId: held,
      remaining: 1,
      message: null,
      delayMs: 0,
      status: 400,
      retryAfterSeconds: null,
    });
    const writes = [free, held].map((dealId) => ({ dealId, status: aStatus() }));
    const first = await crm.writeStatuses({ writes }, aCallContext());
    expect(first).toEqual([
      "written",
      { error: expect.objectContaining({ category: "conflict_locked" }) },
    ]);
    expect(await crm.writeStatuses({ writes }, aCallContext())).toEqual(["unchanged", "written"]);
  });

  it("450 statuses are 6 calls, one answer each and in order", async () => {
    const { world, crm, proxy } = await aWorld();
    const ids = await world.winDeals(
      Array.from({ length: 450 }, (_, index) => ({ name: `d${index}`, lines: [] })),
    );
    await crm.check(aCallContext());
    proxy.calm();
    const writes = ids.map((dealId) => ({ dealId, status: aStatus() }));
    const answers = await crm.writeStatuses({ writes }, aCallContext());
    expect(answers).toEqual(ids.map(() => "written"));
    expect(proxy.requests).toHaveLength(6);
  });

  it("the daily quota pauses the stream, with one request and no hammering", async () => {
    const { world, crm, proxy } = await aWorld();
    await crm.check(aCallContext());
    world.simulator.parts.org.changeSettings({ apiLimit: 1 });
    proxy.calm();
    const outcome = await outcomeOf(crm.readChanges({ checkpoint: null }, aCallContext()));
    expect(outcome).toMatchObject({ category: "quota_exhausted", retryAfterMs: 900_000 });
    expect(proxy.requests).toHaveLength(1);
  });
});
