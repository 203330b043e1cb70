import { createHubSpotConnector } from "@usher/connector-hubspot";
import { createSalesforceConnector } from "@usher/connector-salesforce";
import type { ConnectorDefinition, CrmConnector } from "@usher/connector-sdk/spec";
import { aCallContext, outcomeOf } from "@usher/connector-sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { aStatus } from "./a-deal-status.ts";
import { hubspotConfigFor, startHubSpotWorld } from "./hubspot-world.ts";
import { salesforceConfigFor, startSalesforceWorld } from "./salesforce-world.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A CRM, and what people and rules do to its deals. */
interface CrmWorld {
  readonly crm: CrmConnector;
  winDeals(...names: readonly string[]): Promise<readonly string[]>;
  shown(dealId: string): Promise<{ readonly status: unknown; readonly sequence: number }>;
  setStatusByHand(dealId: string, status: string): Promise<unknown>;
  remove(dealId: string): Promise<unknown>;
  refuseWritesOf(dealId: string, message: string): void;
  /** As a refusal names the record to people. */
  recordName(name: string, dealId: string): string;
}

function crmOf(definition: ConnectorDefinition, config: unknown): CrmConnector {
  const { crm } = definition.connect(
    { connectionId: "con_statuses", config },
    { fetch, now: Date.now },
  );
  if (crm === null) throw new Error(`${definition.manifest.name} is a CRM`);
  return crm;
}

const aRefusal = {
  kind: "refuse_write",
  operation: "*",
  remaining: null,
  delayMs: 0,
  status: 400,
  retryAfterSeconds: null,
} as const;

const worlds: Readonly<Record<string, () => Promise<CrmWorld>>> = {
  async Salesforce() {
    const world = await startSalesforceWorld();
    stops.push(() => world.stop());
    const { faults } = world.simulator.parts;
    return {
      crm: crmOf(createSalesforceConnector(), salesforceConfigFor(world.url)),
      winDeals: (...names) => world.winDeals(names.map((name) => ({ name }))),
      async shown(dealId) {
        const record: Readonly<Record<string, unknown>> = { ...(await world.record(dealId)) };
        return { status: record["Usher_Status__c"], sequence: Number(record["Usher_Seq__c"]) };
      },
      setStatusByHand: (dealId, Usher_Status__c) =>
        world.api("PATCH", `/sobjects/Opportunity/${dealId}`, { Usher_Status__c }),
      remove: (dealId) => world.api("DELETE", `/sobjects/Opportunity/${dealId}`),
      refuseWritesOf: (recordId, message) =>
        faults.add({ ...aRefusal, vendor: "salesforce", object: "Opportunity", recordId, message }),
      recordName: (name, dealId) => `Opportunity “${name}” (${dealId})`,
    };
  },
  async HubSpot() {
    const world = await startHubSpotWorld();
    stops.push(() => world.stop());
    const { faults } = world.simulator.parts;
    return {
      crm: crmOf(createHubSpotConnector(), hubspotConfigFor(world.url)),
      winDeals: (...names) => world.winDeals(names.map((name) => ({ name }))),
      async shown(dealId) {
        const { usher_status: status, usher_seq: sequence } = await world.deal(dealId);
        return { status, sequence: Number(sequence) };
      },
      setStatusByHand: (dealId, usher_status) =>
        world.api("PATCH", `/crm/v3/objects/deals/${dealId}`, { properties: { usher_status } }),
      remove: (dealId) => world.archive(dealId),
      refuseWritesOf: (recordId, message) =>
        faults.add({ ...aRefusal, vendor: "hubspot", object: "deals", recordId, message }),
      recordName: (name, dealId) => `Deal “${name}” (${dealId})`,
    };
  },
};

describe.each(Object.keys(worlds))("a status on a deal of %s", (name) => {
  const aWorld = () => {
    const open = worlds[name];
    if (open === undefined) throw new Error(`there is no world of ${name}`);
    return open();
  };

  it("refused inside a good answer (success:false in a 200, an error in a 207) is that deal's alone: the rule's text, record and field reach the caller", async () => {
    const { crm, winDeals, refuseWritesOf, recordName } = await aWorld();
    const [good = "", bad = ""] = await winDeals("good", "bad");
    refuseWritesOf(bad, "Closed deals are frozen by Finance.");
    const writes = [good, bad].map((dealId) => ({ dealId, status: aStatus() }));
    expect(await crm.writeStatuses({ writes }, aCallContext())).toEqual([
      "written",
      {
        error: expect.objectContaining({
          category: "validation",
          message: expect.stringContaining("Closed deals are frozen by Finance."),
          where: { record: recordName("bad", bad), field: expect.any(String) },
        }),
      },
    ]);
  });

  it("that comes twice in a batch is the later one, in any order, and nothing overwrites a later one", async () => {
    const { crm, winDeals, shown } = await aWorld();
    const [dealId = ""] = await winDeals("won");
    const status = aStatus();
    const writes = [
      { dealId, status: { ...status, sequence: 6, status: "Active" } },
      { dealId, status: { ...status, sequence: 5, status: "Provisioning" } },
    ];
    expect(await crm.writeStatuses({ writes }, aCallContext())).toEqual(["written", "outrun"]);
    expect(await shown(dealId)).toEqual({ status: "Active", sequence: 6 });
    const earlier = { dealId, status: { ...status, sequence: 4 } };
    expect(await crm.writeStatus(earlier, aCallContext())).toBe("outrun");
  });

  it("that somebody changed by hand is put right at the same sequence", async () => {
    const { crm, winDeals, setStatusByHand, shown } = await aWorld();
    const [dealId = ""] = await winDeals("won");
    const write = { dealId, status: aStatus({ status: "Active" }) };
    await crm.writeStatus(write, aCallContext());
    await setStatusByHand(dealId, "Ended");
    expect(await crm.writeStatus(write, aCallContext())).toBe("written");
    expect(await shown(dealId)).toMatchObject({ status: "Active" });
  });

  it("that was deleted is not_found, by its id", async () => {
    const { crm, winDeals, remove } = await aWorld();
    const [dealId = ""] = await winDeals("won");
    await remove(dealId);
    const outcome = await outcomeOf(crm.writeStatus({ dealId, status: aStatus() }, aCallContext()));
    expect(outcome).toMatchObject({
      category: "not_found",
      message: expect.stringContaining(dealId),
    });
  });
});
