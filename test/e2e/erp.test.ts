import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startTrytonWorld,
  type TrytonWorld,
  trytonConfigFor,
  whyNoTryton,
} from "./connectors/tryton-world.ts";
import { type HubUnderTest, startHubUnderTest } from "./hub-under-test.ts";
import { dataOf, orderOfDeal, orderWhen } from "./orders-of.ts";

const today = new Date().toISOString().slice(0, 10);

/** Prices whose sums no float keeps, more than one order a customer, more than one line an order. */
const deals = Array.from({ length: 5 }, (_, index) => ({
  account: `Account ${index % 3}`,
  lines: [
    { product: "PRO", quantity: String(3 + index), unitPrice: `4${index}9.${10 + index}` },
    ...(index % 2 === 0 ? [] : [{ product: "EU-DATA", quantity: "1", unitPrice: "2399.95" }]),
  ],
}));

describe.skipIf(whyNoTryton !== null)(
  `the main job with a real ERP${whyNoTryton === null ? "" : `, left out: ${whyNoTryton}`}`,
  () => {
    let hub: HubUnderTest;
    let erp: TrytonWorld;

    beforeAll(async () => {
      [hub, erp] = await Promise.all([startHubUnderTest(), startTrytonWorld()]);
      const { password, ...config } = trytonConfigFor(erp, erp.url);
      await dataOf(
        hub.operator.call("createConnection", {
          body: { vendor: "tryton", name: "Tryton", kinds: ["erp"], config, secrets: { password } },
        }),
      );
    });
    afterAll(async () => {
      await hub?.stop();
      await erp?.stop();
    });

    it("books every order once and to the cent, the worker killed on the way, and reads its draft invoice back", async () => {
      const won = [];
      for (const [index, deal] of deals.entries()) won.push(await winDeal(index, deal));
      const received = await Promise.all(
        won.map(({ id }) => orderOfDeal({ hub: hub.operator, dealId: id })),
      );
      await hub.killAndRestart("worker");
      const orders = await Promise.all(
        received.map(({ id }) =>
          orderWhen({
            hub: hub.operator,
            id,
            what: "Active",
            timeoutMs: 90_000,
            is: (one) => one.status === "Active",
          }),
        ),
      );
      for (const [index, order] of orders.entries()) {
        const sales = await erp.sales(order.id);
        const standing = sales.filter(({ state }) => state !== "cancelled");
        expect(standing).toMatchObject([{ state: "processing" }]);
        const sum = centsOf(deals[index]?.lines ?? []);
        expect(standing.map((one) => inCents(one.untaxed_amount.decimal))).toEqual([sum]);
        expect(standing[0]?.["invoices."]).toMatchObject([{ state: "draft" }]);
        expect(inCents(standing[0]?.["invoices."][0]?.untaxed_amount.decimal)).toBe(sum);
        const events = await dataOf(
          hub.operator.call("listOrderEvents", { path: { id: order.id } }),
        );
        const types = events.data.map((event) => event.type);
        expect(types.filter((type) => type === "order_booked")).toHaveLength(1);
        expect(types).toEqual(expect.arrayContaining(["order_billed", "entitlements_granted"]));
      }
      const parties = await erp.administrator.call<number>(
        "model.party.party.search_count",
        [["name", "like", "Account %"]],
        0,
        null,
      );
      expect(parties).toBe(3);
    });

    it("takes a canceled order back in the ERP: nothing is left to invoice", async () => {
      const { id: dealId } = await winDeal(100, {
        account: "Regretful",
        lines: [{ product: "PRO", quantity: "2", unitPrice: "480.00" }],
      });
      const { id } = await orderOfDeal({ hub: hub.operator, dealId });
      const is = (status: string) => (order: { readonly status: string }) =>
        order.status === status;
      await orderWhen({ hub: hub.operator, id, what: "Active", is: is("Active") });
      expect((await erp.sales(id))[0]?.["invoices."]).toHaveLength(1);
      await dataOf(
        hub.operator.call("cancelOrder", { path: { id }, body: { reason: "changed their mind" } }),
      );
      await orderWhen({ hub: hub.operator, id, what: "Canceled", is: is("Canceled") });
      const [sale] = await erp.sales(id);
      expect(sale?.["lines."]).toMatchObject([{ quantity: 0 }]);
      expect(sale?.["invoices."]).toEqual([]);
    });

    async function winDeal(index: number, deal: (typeof deals)[number]) {
      return await hub.simulator.winDeal({
        name: `Deal ${index}`,
        account: { name: deal.account, country: "DE" },
        owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
        currency: "USD",
        close_date: today,
        lines: deal.lines.map(({ product, quantity, unitPrice }) => ({
          product,
          quantity,
          unit_price: unitPrice,
          list_price: unitPrice,
          starts_on: today,
          term_months: 12,
        })),
      });
    }
  },
);

/** Whole cents: by digits, since this is what is being checked. */
function inCents(amount: string | undefined): bigint {
  const [whole = "0", cents = ""] = (amount ?? "").split(".");
  return BigInt(whole + cents.padEnd(2, "0").slice(0, 2));
}

function centsOf(
  lines: readonly { readonly quantity: string; readonly unitPrice: string }[],
): bigint {
  let cents = 0n;
  for (const { quantity, unitPrice } of lines) cents += BigInt(quantity) * inCents(unitPrice);
  return cents;
}
