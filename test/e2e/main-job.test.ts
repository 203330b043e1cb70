import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { auditPipeline } from "@usher/cli";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, openTaskOf, orderOfDeal, orderWhen } from "./orders-of.ts";
import { until } from "./until.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

const today = new Date().toISOString().slice(0, 10);
const proDeal = (account: string, unitPrice: string) => ({
  name: `${account}: Pro`,
  account: { name: account, country: "DE" },
  owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
  currency: "USD",
  close_date: today,
  lines: [
    {
      product: "PRO",
      quantity: "250",
      unit_price: unitPrice,
      list_price: "480.00",
      starts_on: today,
      term_months: 12,
    },
  ],
});

it("a won deal becomes working, provable access, and the deal says Active with what and until when", async () => {
  const deal = await hub.simulator.winDeal(proDeal("Acme", "345.60"));
  const received = await orderOfDeal({ hub: hub.operator, dealId: deal.id });

  const task = await openTaskOf({ hub: hub.approver, orderId: received.id });
  expect(task.reasons.map((reason) => reason.sentence).join()).toContain("28");
  await until({
    what: "Awaiting approval on the deal",
    ask: async () => {
      const shown = (await hub.simulator.showDeal(deal.id)).usher;
      return shown["Usher_Status__c"] === "Awaiting approval" &&
        String(shown["Usher_Waiting_On__c"]).includes("Finance")
        ? shown
        : undefined;
    },
  });
  await dataOf(
    hub.approver.call("decideApprovalTask", {
      path: { id: task.id },
      body: { decision: "approve", comment: null, revision_hash: task.revision_hash },
    }),
  );
  const order = await orderWhen({
    hub: hub.operator,
    id: received.id,
    what: "Active",
    is: (one) => one.status === "Active",
  });

  const customer = `ext:${order.customer?.external_id}`;
  const check = (amount: number) =>
    dataOf(hub.operator.call("check", { body: { customer, feature: "seats", amount } }));
  await until({
    what: "the check's yes",
    ask: async () => ((await check(250)).allowed ? true : undefined),
  });
  expect(await check(250)).toMatchObject({ allowed: true, limit: 250, source: "live" });
  expect(await check(251)).toMatchObject({ allowed: false, reason: "limit_reached" });

  const token = await dataOf(hub.operator.call("issueToken", { body: { customer } }));
  expect(await isGenuine(token.token)).toBe(true);

  // Stripe writes a subscription's invoice as well; it bills nothing twice.
  const { products } = await auditPipeline({
    hub: hub.operator,
    simulatorUrl: hub.simulatorUrl,
    crm: "salesforce",
  });
  const book = { quantity: 250, minor: 8_640_000 };
  expect(products).toEqual([
    { sku: "PRO", orders: 1, sold: book, billed: book, granted: 250, agrees: true },
  ]);

  const shown = await until({
    what: "Active on the deal",
    ask: async () => {
      const { usher } = await hub.simulator.showDeal(deal.id);
      return usher["Usher_Status__c"] === "Active" ? usher : undefined;
    },
  });
  expect(String(shown["Usher_Summary__c"])).toContain("250");
  expect(shown["Usher_Active_Until__c"]).not.toBeNull();
  expect(shown["Usher_Order_Id__c"]).toBe(order.id);
});

it("an order within policy waits for nobody", async () => {
  const deal = await hub.simulator.winDeal(proDeal("Within", "480.00"));
  const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
  const order = await orderWhen({
    hub: hub.operator,
    id,
    what: "Active",
    is: (one) => one.status === "Active",
  });
  const events = await dataOf(hub.operator.call("listOrderEvents", { path: { id: order.id } }));
  expect(events.data.map((event) => event.type)).not.toContain("approval_requested");
});

it("a rejected order leaves no entitlement and no bill behind, and the deal says why", async () => {
  const deal = await hub.simulator.winDeal(proDeal("Rejected", "100.00"));
  const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
  const task = await openTaskOf({ hub: hub.approver, orderId: id });
  await dataOf(
    hub.approver.call("decideApprovalTask", {
      path: { id: task.id },
      body: { decision: "reject", comment: "Too cheap", revision_hash: task.revision_hash },
    }),
  );
  const order = await orderWhen({
    hub: hub.operator,
    id,
    what: "Rejected",
    is: (one) => one.status === "Rejected",
  });
  const customer = `ext:${order.customer?.external_id}`;
  const answer = await dataOf(hub.operator.call("check", { body: { customer, feature: "seats" } }));
  expect(answer).toMatchObject({ allowed: false });
  const billed = await fetch(`${hub.simulatorUrl}/control/stripe/subscriptions?limit=100`);
  expect(await billed.text()).not.toContain(order.id);
  await until({
    what: "Rejected on the deal",
    ask: async () =>
      (await hub.simulator.showDeal(deal.id)).usher["Usher_Status__c"] === "Rejected"
        ? true
        : undefined,
  });
});

async function isGenuine(compact: string): Promise<boolean> {
  const [header = "", payload = "", signature = ""] = compact.split(".");
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString("utf8")) as {
    readonly kid: string;
  };
  const jwks = (await (await fetch(`${hub.baseUrl}/.well-known/jwks.json`)).json()) as {
    readonly keys: readonly (JsonWebKey & { readonly kid: string })[];
  };
  const jwk = jwks.keys.find((key) => key.kid === kid);
  if (jwk === undefined) return false;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return verify(
    null,
    Buffer.from(`${header}.${payload}`),
    key,
    Buffer.from(signature, "base64url"),
  );
}
