import { setTimeout as delay } from "node:timers/promises";
import { simulatorEnvironment } from "@usher/cli";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, orderOfDeal, orderWhen } from "./orders-of.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

const oldKey = simulatorEnvironment.SIMULATOR_STRIPE_SECRET_KEY;
const newKey = "sk_test_usherrolled";
const ordersCount = 36;
const today = new Date().toISOString().slice(0, 10);

it("credentials that are rotated under load, the old ones ended right after, fail no call and hold up no order", async () => {
  const ids: Promise<string>[] = [];
  const win = async (index: number) => {
    const { id } = await hub.simulator.winDeal(aDeal(index));
    return (await orderOfDeal({ hub: hub.operator, dealId: id })).id;
  };
  for (let index = 0; index < ordersCount; index += 1) {
    ids.push(win(index));
    if (index === ordersCount / 3) {
      await account({ secret_key: newKey, old_secret_key: oldKey });
      await rotate();
    }
    // By then every new call goes out with the new key.
    if (index === (2 * ordersCount) / 3) {
      await activeOf(await Promise.all(ids));
      await account({ old_secret_key: null });
      expect(await callWith(oldKey)).toBe(401);
    }
    await delay(40);
  }
  const orders = await activeOf(await Promise.all(ids));
  expect(orders).toHaveLength(ordersCount);
  for (const { id } of orders) {
    const { data } = await dataOf(hub.operator.call("listOrderEvents", { path: { id } }));
    const types = data.map(({ type }) => type);
    expect(types).not.toContain("problem_found");
    expect(types.filter((type) => type === "order_billed")).toHaveLength(1);
  }
  const { data } = await dataOf(hub.operator.call("listConnections"));
  expect(data.find((one) => one.vendor === "stripe")).toMatchObject({
    status: "working",
    last_error: null,
    credentials: { is_rotating: false },
  });
}, 120_000);

async function rotate(): Promise<void> {
  const { data } = await dataOf(hub.operator.call("listConnections"));
  const stripe = data.find((one) => one.vendor === "stripe");
  if (stripe === undefined) throw new Error("Stripe is not connected.");
  await dataOf(
    hub.operator.call("rotateConnection", {
      path: { id: stripe.id },
      body: { secrets: { apiKey: newKey } },
    }),
  );
}

async function callWith(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await fetch(`${hub.simulatorUrl}/v1/customers`, { headers })).status;
}

async function account(settings: object): Promise<void> {
  const answer = await fetch(`${hub.simulatorUrl}/control/stripe/settings`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(settings),
  });
  expect(answer.ok).toBe(true);
}

const activeOf = (ids: readonly string[]) =>
  Promise.all(
    ids.map((id) =>
      orderWhen({
        hub: hub.operator,
        id,
        what: `order ${id} to be Active`,
        timeoutMs: 60_000,
        is: (order) => order.status === "Active",
      }),
    ),
  );

function aDeal(index: number) {
  return {
    name: `Deal ${index}`,
    account: { name: `Account ${index % 7}`, country: "DE" },
    owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
    currency: "USD",
    close_date: today,
    lines: [
      {
        product: "PRO",
        quantity: "1",
        unit_price: "480.00",
        list_price: "480.00",
        starts_on: today,
        term_months: 12,
      },
    ],
  };
}
