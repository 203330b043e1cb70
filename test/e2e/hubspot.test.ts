import { existsSync } from "node:fs";
import { join } from "node:path";
import { toWireCatalog } from "@usher/api-contract";
import { auditPipeline, catalogOfProducts, pipelineOfCsv, readCrmCsv } from "@usher/cli";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, openTaskOf, orderOfDeal, orderWhen } from "./orders-of.ts";
import { until } from "./until.ts";

const sampleData = process.env["USHER_SAMPLE_DATA"];
const folder = join(sampleData ?? "", "crm-sales-opportunities");
const isSampleHere = sampleData !== undefined && existsSync(join(folder, "sales_pipeline.csv"));
/** Rows of the sample that are loaded; the whole runs with USHER_PIPELINE_CRM=hubspot. */
const sliceOfRows = Number(process.env["USHER_HUBSPOT_ROWS"] ?? 200);
const minutes = 60_000;

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest({ crm: "hubspot" });
});
afterAll(() => hub?.stop());

const today = new Date().toISOString().slice(0, 10);

it("a deal won in HubSpot becomes access, and the deal says Active with what and until when", async () => {
  const deal = await hub.simulator.winDeal({
    name: "Acme: Pro",
    account: { name: "Acme", country: "DE" },
    owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
    currency: "USD",
    close_date: today,
    lines: [
      {
        product: "PRO",
        quantity: "250",
        unit_price: "345.60",
        list_price: "480.00",
        starts_on: today,
        term_months: 12,
      },
    ],
  });
  const received = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
  expect(received.source).toMatchObject({ system: "hubspot", id: deal.id });
  const task = await openTaskOf({ hub: hub.approver, orderId: received.id });
  await dataOf(
    hub.approver.call("decideApprovalTask", {
      path: { id: task.id },
      body: { decision: "approve", comment: null, revision_hash: task.revision_hash },
    }),
  );
  await orderWhen({
    hub: hub.operator,
    id: received.id,
    what: "Active",
    is: (one) => one.status === "Active",
  });
  const shown = await until({
    what: "Active on the deal",
    ask: async () => {
      const { usher } = await hub.simulator.showDeal(deal.id);
      return usher["usher_status"] === "Active" ? usher : undefined;
    },
  });
  expect(shown).toMatchObject({ usher_order_id: received.id, usher_problem: null });
  expect(String(shown["usher_summary"])).toContain("250");
  expect(shown["usher_active_until"]).toMatch(/^\d{4}-/);
});

it("HubSpot's webhooks are taken by the API: signed, in arrays, and once for a replay", async () => {
  const forge = async (kind: string) =>
    (
      await fetch(`${hub.simulatorUrl}/control/webhooks/forge`, {
        method: "POST",
        body: JSON.stringify({ vendor: "hubspot", kind }),
      })
    ).json() as Promise<{ readonly status: number }>;
  expect((await forge("replay")).status).toBe(200);
  expect((await forge("replay")).status).toBe(200);
  // None of 400, 401, 403, 404, 405, after which HubSpot never sends an event again.
  for (const kind of ["bad_signature", "stale", "future", "no_signature", "altered_body"]) {
    expect((await forge(kind)).status).toBe(503);
  }
});

describe.skipIf(!isSampleHere)(`the sample pipeline through HubSpot (${sliceOfRows} rows)`, () => {
  it("every won deal becomes one order, and CRM, billing and rights agree to the cent", {
    timeout: 10 * minutes,
  }, async () => {
    const csv = readCrmCsv(folder);
    const slice = { ...csv, opportunities: csv.opportunities.slice(0, sliceOfRows) };
    const won = slice.opportunities.filter((one) => one.deal_stage === "Won");
    await dataOf(
      hub.operator.call("publishCatalog", {
        body: toWireCatalog(catalogOfProducts(csv.products)),
      }),
    );
    await dataOf(
      hub.operator.call("addAlias", {
        body: { system: "hubspot", product_code: "GTXPro", sku: "GTX Pro" },
      }),
    );
    const loaded = await hub.simulator.loadPipeline(pipelineOfCsv({ csv: slice, today }));
    expect(loaded).toMatchObject({ opportunities: sliceOfRows, won: won.length });
    const again = await hub.simulator.loadPipeline(pipelineOfCsv({ csv: slice, today }));
    expect(again).toMatchObject({ opportunities: 0, unchanged: sliceOfRows });
    // The deal of the first test is one more; its product is not in this catalog, and may say so.
    const isOne = (statuses: Readonly<Record<string, number>>) => {
      const { Active = 0, "Action needed": asking = 0 } = statuses;
      return Active + asking === won.length + 1 && asking <= 1;
    };
    let shown: Readonly<Record<string, number>> = {};
    await until({
      what: `${won.length} deals that show Active`,
      timeoutMs: 5 * minutes,
      everyMs: 500,
      ask: async () => {
        await approveAll();
        shown = await statusesInHubSpot();
        return isOne(shown) ? shown : undefined;
      },
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message} They show ${JSON.stringify(shown)}.`);
    });
    const audit = await auditPipeline({
      hub: hub.operator,
      simulatorUrl: hub.simulatorUrl,
      crm: "hubspot",
    });
    expect(audit).toMatchObject({ wonDeals: won.length + 1 });
    expect([audit.ordersByStatus, audit.dealsByStatus].every(isOne)).toBe(true);
    expect(audit.products.length).toBeGreaterThan(4);
    expect(audit.products.filter(({ agrees }) => !agrees)).toEqual([]);
  });
});

/** How many deals show each status. */
async function statusesInHubSpot(): Promise<Readonly<Record<string, number>>> {
  const answer = await fetch(`${hub.simulatorUrl}/control/state/summary`);
  const summary = (await answer.json()) as {
    readonly hubspot: { readonly by_status: Readonly<Record<string, number>> };
  };
  return summary.hubspot.by_status;
}

/** Everything that waits for Finance is let through. */
async function approveAll(): Promise<void> {
  const open = await dataOf(
    hub.approver.call("listApprovalTasks", { query: { status: "open", limit: 100 } }),
  );
  if (open.data.length === 0) return;
  const tasks = open.data.map(({ id, revision_hash }) => ({ id, revision_hash }));
  await dataOf(
    hub.approver.call("decideApprovalTasks", {
      body: { decision: "approve", comment: null, tasks },
    }),
  );
}
