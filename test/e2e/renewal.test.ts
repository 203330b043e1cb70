import { afterAll, beforeAll, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, orderOfDeal, orderWhen } from "./orders-of.ts";

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterAll(() => hub?.stop());

const today = new Date().toISOString().slice(0, 10);
const isActive = (order: { readonly status: string }) => order.status === "Active";
const renew = (id: string) =>
  hub.operator.call("openRenewalDeal", { path: { id: id as never }, body: {} });

it("an Active order's renewal is opened in the CRM once, is no order while it is open, and one of its own when it is won", async () => {
  const won = await hub.simulator.winDeal({
    name: "Acme Pro",
    account: { name: "Acme", country: "DE" },
    owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
    currency: "USD",
    close_date: today,
    lines: [
      {
        product: "PRO",
        quantity: "10",
        unit_price: "480.00",
        list_price: "480.00",
        starts_on: today,
        term_months: 12,
      },
    ],
  });
  const { id } = await orderOfDeal({ hub: hub.operator, dealId: won.id });
  await orderWhen({ hub: hub.operator, id, what: "Active", is: isActive });

  const opened = await dataOf(renew(id));
  expect(opened).toMatchObject({ system: "salesforce", was_there: false });
  expect(Date.parse(opened.starts_on) - Date.parse(opened.closes_on)).toBe(86_400_000);
  const renewal = await hub.simulator.showDeal(opened.deal_id);
  expect(renewal).toMatchObject({
    name: `Acme Pro, renewal ${opened.starts_on}`,
    account: won.account,
    stage: "Prospecting",
  });
  // Of any number at once one opens it; who comes meanwhile is told so.
  const again = await Promise.all([renew(id), renew(id), renew(id)]);
  const answers = again.map((one) => (one.ok ? one.data.deal_id : one.problem.code));
  expect(answers).toContain(opened.deal_id);
  expect(new Set([...answers, "order_not_renewable"])).toEqual(
    new Set([opened.deal_id, "order_not_renewable"]),
  );

  await fetch(`${hub.simulatorUrl}/control/salesforce/deals/${opened.deal_id}/win`, {
    method: "POST",
  });
  const next = await orderOfDeal({ hub: hub.operator, dealId: opened.deal_id });
  const renewed = await orderWhen({ hub: hub.operator, id: next.id, what: "Active", is: isActive });
  expect(renewed.lines).toMatchObject([
    { sku: "PRO", quantity: 10, term: { starts_on: opened.starts_on, months: 12 } },
  ]);
});

it("an order that came from no CRM has no renewal to be opened, and says why", async () => {
  const order = await dataOf(
    hub.operator.call("createOrder", {
      idempotencyKey: "by-rest",
      body: {
        source: { system: "shop", id: "S-1", version: "1" },
        customer: { external_id: "S-1", name: "Shopper" },
        currency: "USD",
        lines: [
          {
            line_id: "1",
            sku: "PRO",
            quantity: 1,
            unit_price: { amount: "480.00" },
            term: { starts_on: today, months: 12 },
          },
        ],
      },
    }),
  );
  await orderWhen({ hub: hub.operator, id: order.id, what: "Active", is: isActive });
  expect(await renew(order.id)).toMatchObject({
    ok: false,
    problem: { code: "order_not_renewable", detail: expect.stringContaining("no connected CRM") },
  });
});
