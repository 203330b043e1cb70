import { createHubSpotConnector } from "@usher/connector-hubspot";
import type { CrmConnector } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf, startFaultProxy } from "@usher/connector-sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { aStatus } from "./a-deal-status.ts";
import { companyName, hubspotConfigFor, startHubSpotWorld } from "./hubspot-world.ts";
import { readAllChanges } from "./read-all-changes.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function aWorld(
  input: { readonly config?: Readonly<Record<string, unknown>>; readonly isSetUp?: boolean } = {},
) {
  const world = await startHubSpotWorld();
  stops.push(() => world.stop());
  const proxy = await startFaultProxy({ peerUrl: world.url });
  stops.push(() => proxy.close());
  const connect = (change: Readonly<Record<string, unknown>> = {}) =>
    crmAt(proxy.url, { ...input.config, ...change });
  return { world, proxy, connect, crm: connect() };
}

function crmAt(url: string, config: Readonly<Record<string, unknown>> = {}): CrmConnector {
  const { crm } = createHubSpotConnector().connect(
    { connectionId: "con_traps", config: hubspotConfigFor(url, config) },
    { fetch, now: Date.now },
  );
  if (crm === null) throw new Error("HubSpot is a CRM");
  return crm;
}

const names = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `d${at}` }));

const asJson = (status: number, body: unknown) => ({
  kind: "answer" as const,
  status,
  headers: { "content-type": "application/json;charset=utf-8" },
  body: JSON.stringify(body),
});

describe("finding HubSpot's deals", () => {
  it("10,001 deals of one stamp end, each announced once, and no page lies behind the 10,000th result", async () => {
    const { world, crm, proxy } = await aWorld();
    const won = await world.winDeals(
      names(10_001).map(({ name }) => ({ name, hasCompany: false, lines: [] })),
    );
    const stamps = await Promise.all(
      [won.at(0), won.at(-1)].map(async (id) => (await world.deal(id ?? "")).hs_lastmodifieddate),
    );
    expect(new Set(stamps).size).toBe(1);
    const { ids } = await readAllChanges(crm);
    expect(ids).toHaveLength(10_001);
    expect(new Set(ids).size).toBe(10_001);
    expect(proxy.requests.every(({ status }) => status === 200)).toBe(true);
    expect(proxy.requests.some(({ body }) => body.includes('"after"'))).toBe(false);
  });

  it("open and lost deals are left out, whatever their stages are called", async () => {
    const { world, crm } = await aWorld();
    await world.winDeals([{ name: "open", isOpen: true }]);
    const [won] = await world.winDeals([{ name: "won" }]);
    expect((await readAllChanges(crm)).ids).toEqual([won]);
  });

  it("a deal with an order that is opened again is announced, and is not won", async () => {
    const { world, crm } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    await crm.writeStatus({ dealId, status: aStatus() }, aCallContext());
    const { checkpoint } = await readAllChanges(crm);
    const properties = { dealstage: world.openStage() };
    await world.api("PATCH", `/crm/v3/objects/deals/${dealId}`, { properties });
    expect((await readAllChanges(crm, checkpoint)).ids).toEqual([dealId]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal?.isWon).toBe(false);
  });

  it("our own write-back is announced once and changes nothing", async () => {
    const { world, crm } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    const first = await readAllChanges(crm);
    const [before] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    await crm.writeStatus({ dealId, status: aStatus() }, aCallContext());
    const second = await readAllChanges(crm, first.checkpoint);
    expect(second.ids).toEqual([dealId]);
    expect((await readAllChanges(crm, second.checkpoint)).ids).toEqual([]);
    const [after] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect({ ...after, version: null }).toEqual({ ...before, version: null });
  });

  it("a changed line is announced even where the deal's own stamp stays", async () => {
    const { world, crm } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    const { checkpoint } = await readAllChanges(crm);
    const before = (await world.deal(dealId)).hs_lastmodifieddate;
    const answer = await world.api(
      "GET",
      `/crm/v4/objects/deals/${dealId}/associations/line_items`,
    );
    const { results } = (await answer.json()) as { results: { toObjectId: number }[] };
    await world.api("PATCH", `/crm/v3/objects/line_items/${results[0]?.toObjectId}`, {
      properties: { hs_recurring_billing_start_date: "2027-02-01" },
    });
    expect((await world.deal(dealId)).hs_lastmodifieddate).toBe(before);
    expect((await readAllChanges(crm, checkpoint)).ids).toEqual([dealId]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal?.lines[0]?.startsOn).toBe("2027-02-01");
  });

  it("a deal that a search finds late is announced by the overlap", async () => {
    const { world, crm } = await aWorld();
    await world.winDeals([{ name: "first" }]);
    const first = await readAllChanges(crm);
    world.simulator.parts.portal.changeSettings({ searchLagMs: 60_000 });
    const [late] = await world.winDeals([{ name: "late" }]);
    const second = await readAllChanges(crm, first.checkpoint);
    expect(second.ids).toEqual([]);
    world.simulator.parts.portal.changeSettings({ searchLagMs: 0 });
    expect((await readAllChanges(crm, second.checkpoint)).ids).toEqual([late]);
  });

  it("searches are held back to the account's rate, so that none is refused", async () => {
    const { world, connect, proxy } = await aWorld();
    world.simulator.parts.portal.changeSettings({ searchesPerSecondMax: 5 });
    const crm = connect({ searchesPerSecondMax: 4 });
    const read = () => outcomeOf(crm.readChanges({ checkpoint: null }, aCallContext()));
    const startMs = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 8 }, read));
    expect(outcomes.map(({ category }) => category)).toEqual(Array(8).fill("ok"));
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(1_700);
    expect(proxy.requests).toHaveLength(8);
  });

  it("pages that do not go on are refused instead of read for ever", async () => {
    const { crm, proxy } = await aWorld({ config: { pageSize: 1 } });
    const at = "2026-11-24T06:00:00.000Z";
    const properties = { hs_lastmodifieddate: at };
    const record = { id: "7", properties, createdAt: at, updatedAt: at, archived: false };
    proxy.strike({
      when: ({ path }) => path.endsWith("/search"),
      fault: asJson(200, { total: 9, results: [record], paging: { next: { after: "1" } } }),
    });
    const first = await crm.readChanges({ checkpoint: null }, aCallContext());
    const again = await outcomeOf(
      crm.readChanges({ checkpoint: first.checkpoint }, aCallContext()),
    );
    expect(again.category).toBe("schema_drift");
  });
});

describe("reading HubSpot's deals", () => {
  it("a deal arrives with its company, its owner and its line, decimal by decimal", async () => {
    const { world, crm } = await aWorld();
    const [dealId = ""] = await world.winDeals([
      { name: "exact", lines: [{ quantity: "0.1", price: "12.5", hs_sku: "GTX-PRO" }] },
    ]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal).toMatchObject({
      account: { name: companyName, country: "DE" },
      currency: "USD",
      lines: [{ productCode: "GTX-PRO", quantity: "0.1", unitPrice: "12.5" }],
    });
  });

  it("a deal with more lines than a page of links keeps every line", async () => {
    const { world, crm } = await aWorld();
    const lines = Array.from({ length: 1_010 }, (_, at) => ({
      quantity: String(at + 1),
      price: "1",
    }));
    const [dealId = ""] = await world.winDeals([{ name: "big", lines }]);
    const [deal] = await crm.readDeals({ dealIds: [dealId] }, aCallContext());
    expect(deal?.lines.map(({ quantity }) => quantity)).toEqual(
      lines.map(({ quantity }) => quantity),
    );
  });

  it("a deal without lines and one without a company are what they are", async () => {
    const { world, crm } = await aWorld();
    const ids = await world.winDeals([
      { name: "no lines", lines: [] },
      { name: "no company", hasCompany: false },
    ]);
    const deals = await crm.readDeals({ dealIds: ids }, aCallContext());
    const [withoutLines, withoutCompany] = ids.map((id) => deals.find((deal) => deal.id === id));
    expect(withoutLines?.lines).toEqual([]);
    expect(withoutLines?.account).not.toBeNull();
    expect(withoutCompany?.lines).toHaveLength(1);
    expect(withoutCompany?.account).toBeNull();
  });

  it.each(["line_items", "companies"])(
    "associations that cannot be read fail the read instead of emptying the deal: %s",
    async (to) => {
      const { world, crm, proxy } = await aWorld();
      const [dealId = ""] = await world.winDeals([{ name: "won" }]);
      proxy.strike({
        when: ({ path }) => path.includes(`/deals/${to}/batch/read`),
        fault: asJson(207, {
          status: "COMPLETE",
          results: [],
          numErrors: 1,
          errors: [
            {
              status: "error",
              category: "MISSING_SCOPES",
              message: "no",
              context: { fromObjectId: [dealId] },
            },
          ],
        }),
      });
      const outcome = await outcomeOf(crm.readDeals({ dealIds: [dealId] }, aCallContext()));
      expect(outcome.category).toBe("permission");
    },
  );

  it("a line that is linked but not answered fails the read", async () => {
    const { world, crm, proxy } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    proxy.strike({
      when: ({ path }) => path.endsWith("/objects/line_items/batch/read"),
      fault: asJson(200, { status: "COMPLETE", results: [], startedAt: "x", completedAt: "x" }),
    });
    const outcome = await outcomeOf(crm.readDeals({ dealIds: [dealId] }, aCallContext()));
    expect(outcome.category).toBe("transient");
  });

  it("an error of a 207 that is no absence fails the read", async () => {
    const { world, crm, proxy } = await aWorld();
    const ids = await world.winDeals(names(2));
    proxy.strike({
      when: ({ path }) => path.includes("/deals/batch/read"),
      fault: asJson(207, {
        status: "COMPLETE",
        results: [],
        numErrors: 1,
        errors: [{ status: "error", category: "RATE_LIMITS", message: "slow down", context: {} }],
      }),
      times: 1,
    });
    const outcome = await outcomeOf(crm.readDeals({ dealIds: ids }, aCallContext()));
    expect(outcome.category).toBe("rate_limited");
  });

  it("200 deals are seven calls, and one that is gone is missing from the answer", async () => {
    const { world, crm, proxy } = await aWorld();
    const ids = await world.winDeals(names(200));
    // Owners are read once in ten minutes, whoever asks.
    await crm.readDeals({ dealIds: ids.slice(0, 1) }, aCallContext());
    proxy.calm();
    await world.archive(ids[7] ?? "");
    const deals = await crm.readDeals({ dealIds: ids }, aCallContext());
    expect(deals).toHaveLength(199);
    // Two for deals, one each for both kinds of links, two for lines, one for companies.
    expect(proxy.requests).toHaveLength(7);
  });

  it("a deal that was merged into another is missing: the other one answers for itself", async () => {
    const { world, crm, proxy } = await aWorld();
    const [dealId = ""] = await world.winDeals([{ name: "merged" }]);
    proxy.strike({
      when: ({ path }) => path.includes("/deals/batch/read"),
      fault: { kind: "rewrite", rewrite: (body) => body.replaceAll(`"${dealId}"`, '"424242"') },
    });
    expect(await crm.readDeals({ dealIds: [dealId] }, aCallContext())).toEqual([]);
  });

  it("an id that is none is not asked for", async () => {
    const { crm, proxy } = await aWorld();
    const ids = ["../companies/1", "1;2", "deal"];
    expect(await crm.readDeals({ dealIds: ids }, aCallContext())).toEqual([]);
    expect(proxy.requests).toEqual([]);
  });

  it("wrong types in a record are schema_drift that names the record and the field", async () => {
    const { crm, proxy } = await aWorld();
    proxy.strike({
      when: ({ path }) => path.includes("/deals/batch/read"),
      fault: asJson(200, {
        status: "COMPLETE",
        results: [{ id: "77", properties: { dealname: { text: "x" } }, archived: false }],
      }),
    });
    const outcome = await outcomeOf(crm.readDeals({ dealIds: ["77"] }, aCallContext()));
    expect(outcome).toMatchObject({
      category: "schema_drift",
      message: expect.stringMatching(/77.*dealname/s),
    });
  });
});

describe("writing to HubSpot", () => {
  it.each([500, 502, 503, 504])(
    "a write answered %i, which the SDK posts again up to its number of retries, is posted once",
    async (status) => {
      const { world, crm, proxy } = await aWorld();
      const [dealId = ""] = await world.winDeals([{ name: "won" }]);
      const isUpdate = ({ path }: { readonly path: string }) => path.endsWith("/batch/update");
      const headers = { "content-type": "application/json" };
      const body = '{"status":"error","message":"oops"}';
      proxy.strike({ when: isUpdate, fault: { kind: "answer", status, headers, body } });
      const { category } = await outcomeOf(
        crm.writeStatus({ dealId, status: aStatus() }, aCallContext()),
      );
      expect(["transient", "outcome_unknown"]).toContain(category);
      expect(proxy.requests.filter(isUpdate)).toHaveLength(1);
    },
  );

  it("a batch refused as a whole is sent in halves until the one deal stands alone", async () => {
    const { world, crm, proxy } = await aWorld();
    const ids = await world.winDeals(names(16));
    const bad = ids[11] ?? "";
    proxy.strike({
      when: ({ path, body }) => path.endsWith("/batch/update") && body.includes(`"${bad}"`),
      fault: asJson(400, { status: "error", category: "VALIDATION_ERROR", message: "no" }),
    });
    const answers = await crm.writeStatuses(
      { writes: ids.map((dealId) => ({ dealId, status: aStatus() })) },
      aCallContext(),
    );
    expect(answers.filter((answer) => answer === "written")).toHaveLength(15);
    expect(answers[11]).toMatchObject({
      error: { category: "validation", where: { record: `Deal “d11” (${bad})` } },
    });
    expect((await world.deal(ids[0] ?? "")).usher_status).toBe("Received");
  });

  it("250 statuses are six calls, one answer each and in order", async () => {
    const { world, crm, proxy } = await aWorld();
    const ids = await world.winDeals(names(250).map((deal) => ({ ...deal, lines: [] })));
    const writes = ids.map((dealId) => ({ dealId, status: aStatus() }));
    expect(await crm.writeStatuses({ writes }, aCallContext())).toEqual(ids.map(() => "written"));
    expect(proxy.requests).toHaveLength(6);
  });
});

describe("a portal", () => {
  const prefix = "acme_usher";

  it("is set up with a group and ten properties, and a second time with nothing", async () => {
    const { world, connect, proxy } = await aWorld();
    const crm = connect({ propertyPrefix: prefix });
    expect(await outcomeOf(crm.check(aCallContext()))).toMatchObject({
      category: "config",
      message: expect.stringMatching(/acme_usher_status.*acme_usher_seq/s),
    });
    const first = await crm.setUpFields?.(aCallContext());
    expect(first?.created).toHaveLength(10);
    expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("ok");
    proxy.calm();
    const second = await crm.setUpFields?.(aCallContext());
    expect(second).toEqual({ created: [], existed: first?.created });
    expect(new Set(proxy.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    const [dealId = ""] = await world.winDeals([{ name: "won" }]);
    expect(await crm.writeStatus({ dealId, status: aStatus() }, aCallContext())).toBe("written");
  });

  it("whose set-up stopped half-way is set up by the next attempt", async () => {
    const { connect, proxy } = await aWorld();
    const crm = connect({ propertyPrefix: prefix });
    proxy.strike({
      when: ({ body }) => body.includes("acme_usher_due_at"),
      fault: { kind: "reset-after-commit" },
      times: 1,
    });
    expect((await outcomeOf(crm.setUpFields?.(aCallContext()) ?? Promise.resolve())).category).toBe(
      "outcome_unknown",
    );
    const again = await crm.setUpFields?.(aCallContext());
    expect((again?.created.length ?? 0) + (again?.existed.length ?? 0)).toBe(10);
    expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("ok");
  });

  it("where a property has another type is told so, and nothing is changed", async () => {
    const { world, connect, proxy } = await aWorld();
    const crm = connect({ propertyPrefix: prefix });
    await world.api("POST", "/crm/v3/properties/deals/groups", { name: prefix, label: "Usher" });
    await world.api("POST", "/crm/v3/properties/deals", {
      name: `${prefix}_seq`,
      label: "Sequence",
      groupName: prefix,
      type: "string",
      fieldType: "text",
    });
    proxy.calm();
    expect(await outcomeOf(crm.setUpFields?.(aCallContext()) ?? Promise.resolve())).toMatchObject({
      category: "config",
      message: expect.stringContaining(`${prefix}_seq is of type string, expected number`),
    });
    expect(new Set(proxy.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("whose app lacks a right is told which", async () => {
    const { world, crm } = await aWorld();
    const { scopes } = world.simulator.parts.portal.settings();
    const needed = "crm.objects.line_items.read";
    expect(scopes).toContain(needed);
    world.simulator.parts.portal.changeSettings({
      scopes: scopes.filter((scope) => scope !== needed),
    });
    expect(await outcomeOf(crm.check(aCallContext()))).toMatchObject({
      category: "permission",
      message: expect.stringContaining(needed),
    });
  });

  it("two connections in one process share neither token nor limit", async () => {
    const { connect, proxy } = await aWorld();
    const good = connect();
    const bad = connect({ accessToken: "wrong" });
    const limited = connect();
    proxy.strike({
      fault: asJson(429, { errorType: "RATE_LIMIT", policyName: "DAILY", message: "limit" }),
      times: 1,
    });
    expect((await outcomeOf(limited.check(aCallContext()))).category).toBe("quota_exhausted");
    expect((await outcomeOf(bad.check(aCallContext()))).category).toBe("auth_invalid");
    expect((await outcomeOf(good.check(aCallContext()))).category).toBe("ok");
  });

  it("that cannot be reached is told from one that refuses", async () => {
    const crm = crmAt("http://127.0.0.1:9");
    expect((await outcomeOf(crm.check(aCallContext()))).category).toBe("transient");
  });
});
