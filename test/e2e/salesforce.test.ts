import { randomBytes } from "node:crypto";
import { simulatorEnvironment } from "@usher/cli";
import { findFreePort, loopback } from "@usher/local-services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, orderOfDeal, orderWhen } from "./orders-of.ts";

const today = new Date().toISOString().slice(0, 10);
const {
  SIMULATOR_SALESFORCE_CLIENT_ID: clientId,
  SIMULATOR_SALESFORCE_CLIENT_SECRET: clientSecret,
} = simulatorEnvironment;

describe("the main job in Salesforce alone: change events in, Salesforce Orders booked", () => {
  let hub: HubUnderTest;

  beforeAll(async () => {
    const pubSubPort = await findFreePort({ name: "pubsub", say: () => undefined });
    hub = await startHubUnderTest({
      simulatorEnv: { SIMULATOR_SALESFORCE_PUBSUB_PORT: String(pubSubPort) },
    });
    await dataOf(
      hub.operator.call("createConnection", {
        body: {
          vendor: "salesforce",
          name: "Salesforce (simulated)",
          kinds: ["crm", "erp"],
          config: {
            authKind: "client_credentials",
            loginUrl: hub.simulatorUrl,
            instanceUrl: hub.simulatorUrl,
            clientId,
            isMultiCurrency: true,
            changes: "pubsub",
            pubSubUrl: `http://${loopback}:${pubSubPort}`,
            // No pass by polling after the first: what arrives then was told by an event.
            reconcileSeconds: 86_400,
            orders: {},
          },
          secrets: { clientSecret },
          // Another secret than the org's: its notifications are refused, and tell nothing.
          webhook_secrets: [randomBytes(32).toString("hex")],
        },
      }),
    );
  });
  afterAll(() => hub?.stop());

  async function winDeal(name: string) {
    return await hub.simulator.winDeal({
      name,
      account: { name: `${name} GmbH`, country: "DE" },
      owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
      currency: "USD",
      close_date: today,
      lines: [
        {
          product: "PRO",
          quantity: "3",
          unit_price: "410.35",
          list_price: "410.35",
          starts_on: today,
          term_months: 12,
        },
      ],
    });
  }

  it("a won deal is told by an event, becomes access, and stands as an activated Order", async () => {
    // Once this one has come, the pass that a new connection begins with is over.
    await orderOfDeal({ hub: hub.operator, dealId: (await winDeal("First")).id });
    const deal = await winDeal("Second");
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    await orderWhen({
      hub: hub.operator,
      id,
      what: "Active",
      is: (one) => one.status === "Active",
    });
    const order = await bookedOrder(id);
    expect(order).toMatchObject({ Status: "Activated", TotalAmount: 1231.05 });
    const events = await dataOf(hub.operator.call("listOrderEvents", { path: { id } }));
    expect(events.data.filter(({ type }) => type === "order_booked")).toHaveLength(1);
  });

  it("after a kill the worker goes on from its replay id", async () => {
    const restarted = hub.killAndRestart("worker");
    const deal = await winDeal("While it was down");
    await restarted;
    const { id } = await orderOfDeal({ hub: hub.operator, dealId: deal.id });
    await orderWhen({
      hub: hub.operator,
      id,
      what: "Active",
      is: (one) => one.status === "Active",
    });
    expect(await bookedOrder(id)).toMatchObject({ Status: "Activated" });
  });

  /** As the org itself shows it. */
  async function bookedOrder(orderId: string): Promise<Readonly<Record<string, unknown>>> {
    const login = await fetch(`${hub.simulatorUrl}/services/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
      }),
    });
    const { access_token: token } = (await login.json()) as { readonly access_token: string };
    const soql = `SELECT Status, TotalAmount FROM Order WHERE Usher_Order_Id__c = '${orderId}'`;
    const answer = await fetch(
      `${hub.simulatorUrl}/services/data/v67.0/query?q=${encodeURIComponent(soql)}`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    const { records } = (await answer.json()) as {
      readonly records: readonly Readonly<Record<string, unknown>>[];
    };
    expect(records).toHaveLength(1);
    return records[0] ?? {};
  }
});
