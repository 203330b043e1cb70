import { createHubSpotConnector } from "@usher/connector-hubspot";
import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { CrmConnector, OpenedDeal } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf, startFaultProxy } from "@usher/connector-sdk/testing";
import type { Deal } from "@usher/entitlement-core/deal";
import { afterEach, describe, expect, it } from "vitest";
import { hubspotConfigFor, startHubSpotWorld } from "./hubspot-world.ts";
import { salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const vendors = {
  Salesforce: {
    start: startSalesforceWorld,
    definition: createSalesforceConnector,
    configFor: salesforceConfigFor,
    lines: [
      { Quantity: 3, UnitPrice: 48.21, Usher_Term_Months__c: 12 },
      { Quantity: 1, UnitPrice: 999.99, Usher_Term_Months__c: 24 },
    ],
    made: /composite\/graph$/,
    field: "Usher_Renewal_Of__c",
  },
  HubSpot: {
    start: startHubSpotWorld,
    definition: createHubSpotConnector,
    configFor: hubspotConfigFor,
    lines: [
      {
        name: "Pro",
        hs_sku: "GTX-PRO",
        quantity: "3",
        price: "48.21",
        hs_recurring_billing_period: "P12M",
      },
      {
        name: "Support",
        hs_sku: "GTX-SUPPORT",
        quantity: "1",
        price: "999.99",
        hs_recurring_billing_period: "P24M",
      },
    ],
    made: /deals\/batch\/create$/,
    field: "usher_renewal_of",
  },
} as const;

async function aWorld(
  name: keyof typeof vendors,
  config: object = { renewals: {} },
  lines: readonly object[] = vendors[name].lines,
) {
  const vendor = vendors[name];
  const world = await vendor.start();
  stops.push(() => world.stop());
  const proxy = await startFaultProxy({ peerUrl: world.url });
  stops.push(() => proxy.close());
  /** With nothing in memory, as after a restart. */
  const connect = (): CrmConnector => {
    const system = vendor
      .definition()
      .connect(
        { connectionId: "con_renewals", config: vendor.configFor(proxy.url, { ...config }) },
        { fetch, now: Date.now },
      );
    if (system.crm === null) throw new Error(`${name} is a CRM`);
    return system.crm;
  };
  const [dealId = ""] = await world.winDeals([{ name: "Won", lines: [...lines] as never }]);
  const open = (orderId = "ord_1", crm = connect()): Promise<OpenedDeal> => {
    if (crm.openRenewalDeal === undefined) throw new Error("the connection opens renewals");
    return crm.openRenewalDeal(
      {
        orderId,
        dealId,
        name: "Won, renewal 2027",
        closesOn: "2027-11-30",
        startsOn: "2027-12-01",
      },
      aCallContext({ idempotencyKey: `renew:${orderId}` }),
    );
  };
  const read = async (id: string): Promise<Deal | undefined> =>
    (await connect().readDeals({ dealIds: [id] }, aCallContext()))[0];
  return { world, proxy, connect, open, read, dealId, made: vendor.made };
}

const sold = (deal: Deal | undefined) =>
  (deal?.lines ?? [])
    .map((line) => [Number(line.quantity), line.unitPrice, line.months, line.startsOn])
    .toSorted(([one], [other]) => Number(other) - Number(one));

describe.each(["Salesforce", "HubSpot"] as const)("a renewal deal in %s", (name) => {
  it("is the won deal once more, open, with its account, its lines to the cent and their terms from the day after", async () => {
    const { open, read, dealId } = await aWorld(name);
    const opened = await open();
    expect(opened.wasThere).toBe(false);
    const [won, renewal] = [await read(dealId), await read(opened.dealId)];
    expect(renewal).toMatchObject({
      name: "Won, renewal 2027",
      isWon: false,
      // Of a Salesforce deal, the day is said by its lines alone.
      ...(name === "HubSpot" ? { closedOn: "2027-11-30" } : {}),
      account: won?.account,
      owner: won?.owner,
    });
    expect(sold(renewal)).toEqual([
      [3, "48.21", 12, "2027-12-01"],
      [1, "999.99", 24, "2027-12-01"],
    ]);
  });

  it("is one an order, however often and from wherever it is asked for", async () => {
    const { open, read } = await aWorld(name);
    const first = await open();
    expect(await open()).toEqual({ dealId: first.dealId, wasThere: true });
    expect((await read(first.dealId))?.lines).toHaveLength(2);
    expect((await open("ord_2")).dealId).not.toBe(first.dealId);
  });

  it("cut off after it was made is found by the next attempt", async () => {
    const { open, read, proxy, made } = await aWorld(name);
    proxy.strike({
      when: ({ path }) => made.test(path),
      fault: { kind: "reset-after-commit" },
      times: 1,
    });
    expect((await outcomeOf(open())).category).toBe("outcome_unknown");
    const { dealId, wasThere } = await open();
    expect(wasThere).toBe(true);
    expect((await read(dealId))?.lines).toHaveLength(2);
  });

  it("of a deal that is gone is refused by name", async () => {
    const { connect } = await aWorld(name);
    const renewal = {
      orderId: "ord_1",
      dealId: name === "Salesforce" ? "006000000000000AAA" : "999999999",
      name: "Gone",
      closesOn: "2027-11-30",
      startsOn: "2027-12-01",
    };
    const outcome = await outcomeOf(
      connect().openRenewalDeal?.(renewal, aCallContext()) ?? Promise.resolve(),
    );
    expect(outcome).toMatchObject({ category: "not_found" });
  });

  it("is not offered unless the connection says where it begins", async () => {
    const { connect } = await aWorld(name, {});
    expect(connect().openRenewalDeal).toBeUndefined();
    await connect().check(aCallContext());
  });

  it("needs its field to be there: a check names it", async () => {
    const { start, definition, configFor, field } = vendors[name];
    const world = await start({
      salesforce: { fieldsDeployed: false },
      hubspot: { propertiesCreated: false },
    });
    stops.push(() => world.stop());
    const connect = (config: object) =>
      definition().connect(
        { connectionId: "con_bare", config: configFor(world.url, { ...config }) },
        { fetch, now: Date.now },
      ).crm;
    const said = async (config: object) =>
      JSON.stringify(await outcomeOf(connect(config)?.check(aCallContext()) ?? Promise.resolve()));
    expect(await said({ renewals: {} })).toContain(field);
    expect(await said({})).not.toContain(field);
    const set = connect({ renewals: {} })?.setUpFields;
    if (set === undefined) return;
    expect((await set(aCallContext())).created).toContain(field);
    await connect({ renewals: {} })?.check(aCallContext());
  });
});

it.each(["Salesforce", "HubSpot"] as const)(
  "two attempts at once in %s make one renewal",
  async (name) => {
    const { open } = await aWorld(name);
    const opened = await Promise.all([open(), open()]);
    expect(new Set(opened.map(({ dealId }) => dealId)).size).toBe(1);
  },
);

it("two attempts at once in Salesforce make one renewal, with its lines once", async () => {
  const { open, read } = await aWorld("Salesforce");
  const opened = await Promise.all([open(), open()]);
  expect(new Set(opened.map(({ dealId }) => dealId)).size).toBe(1);
  expect((await read(opened[0]?.dealId ?? ""))?.lines).toHaveLength(2);
});

it("a HubSpot deal whose opener died before its lines is given them", async () => {
  const { open, read, proxy } = await aWorld("HubSpot");
  proxy.strike({
    when: ({ path }) => path.endsWith("/line_items/batch/create"),
    fault: { kind: "reset-before-commit" },
    times: 1,
  });
  await outcomeOf(open());
  const { dealId, wasThere } = await open();
  expect(wasThere).toBe(true);
  expect((await read(dealId))?.lines).toHaveLength(2);
});

it("of a HubSpot deal's lines none stands alone when one is refused, and all do at the next attempt", async () => {
  const { world, open, read } = await aWorld("HubSpot");
  world.simulator.parts.faults.add({
    vendor: "hubspot",
    kind: "refuse_write",
    operation: "*",
    object: "line_items",
    recordId: null,
    remaining: 1,
    message: null,
    delayMs: 0,
    status: 400,
    retryAfterSeconds: null,
  });
  expect((await outcomeOf(open())).category).toBe("validation");
  const { dealId, wasThere } = await open();
  expect(wasThere).toBe(true);
  expect((await read(dealId))?.lines).toHaveLength(2);
});

it("a HubSpot deal with more lines than one call makes as a whole is refused before anything is made", async () => {
  const lines = Array.from({ length: 101 }, () => ({ name: "Pro", quantity: "1", price: "1" }));
  const { open, proxy } = await aWorld("HubSpot", { renewals: {} }, lines);
  expect(await outcomeOf(open())).toMatchObject({
    category: "validation",
    message: expect.stringContaining("101 line items"),
  });
  expect(proxy.requests.some(({ path }) => path.endsWith("/batch/create"))).toBe(false);
});

it("a Salesforce line's discount is off its price, in the deal that was won and in its renewal", async () => {
  const lines = [{ Quantity: 2, UnitPrice: 100, Discount: 12.5, Usher_Term_Months__c: 12 }];
  const { open, read, dealId } = await aWorld("Salesforce", { renewals: {} }, lines);
  const { dealId: renewalId } = await open();
  for (const id of [dealId, renewalId]) {
    expect((await read(id))?.lines.map(({ unitPrice }) => Number(unitPrice))).toEqual([87.5]);
  }
});
