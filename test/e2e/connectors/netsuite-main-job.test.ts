import { DEFAULT_CREDENTIALS } from "@usher/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubUnderTest, startHubUnderTest } from "../hub-under-test.ts";
import { dataOf, orderOfDeal, orderWhen } from "../orders-of.ts";
import { mapCertificate, netsuiteKey, type OrderSeen } from "./netsuite-world.ts";

const today = new Date().toISOString().slice(0, 10);

describe("the main job with NetSuite as the ERP", () => {
  let hub: HubUnderTest;

  beforeAll(async () => {
    hub = await startHubUnderTest();
    const certificateId = await mapCertificate({ simulatorUrl: hub.simulatorUrl });
    const config = {
      accountId: DEFAULT_CREDENTIALS.netsuiteAccountId,
      baseUrl: hub.simulatorUrl,
      clientId: DEFAULT_CREDENTIALS.netsuiteClientId,
      certificateId,
      incomeAccount: "54",
    };
    const secrets = { privateKey: netsuiteKey.privateKey };
    await dataOf(
      hub.operator.call("createConnection", {
        body: { vendor: "netsuite", name: "NetSuite", kinds: ["erp"], config, secrets },
      }),
    );
  });
  afterAll(() => hub?.stop());

  it("a won deal is booked once and to the cent beside being billed, and closed there when it is canceled", async () => {
    const { id: dealId } = await hub.simulator.winDeal({
      name: "Deal",
      account: { name: "Acme", country: "DE" },
      owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
      currency: "USD",
      close_date: today,
      lines: [
        { product: "PRO", quantity: "3", unit_price: "419.13" },
        { product: "EU-DATA", quantity: "1", unit_price: "2399.95" },
      ].map((line) => ({
        ...line,
        list_price: line.unit_price,
        starts_on: today,
        term_months: 12,
      })),
    });
    const { id } = await orderOfDeal({ hub: hub.operator, dealId });
    const waitFor = (status: string) =>
      orderWhen({ hub: hub.operator, id, what: status, is: (order) => order.status === status });
    await waitFor("Active");
    expect(await booked(id)).toMatchObject({
      status: "F",
      customer: "Acme",
      subtotal: "3657.34",
      revision: "1",
      lines: [
        { item: "PRO", quantity: "3", rate: "419.13" },
        { item: "EU-DATA", quantity: "1", rate: "2399.95" },
      ],
    });
    const events = await dataOf(hub.operator.call("listOrderEvents", { path: { id } }));
    const types = events.data.map(({ type }) => type);
    expect(types.filter((type) => type === "order_booked")).toHaveLength(1);
    expect(types).toEqual(expect.arrayContaining(["order_billed", "entitlements_granted"]));

    const body = { reason: "changed their mind" };
    await dataOf(hub.operator.call("cancelOrder", { path: { id }, body }));
    await waitFor("Canceled");
    expect(await booked(id)).toMatchObject({ status: "H", revision: "1 taken back" });
  });

  async function booked(orderId: string): Promise<OrderSeen> {
    const answer = await fetch(`${hub.simulatorUrl}/control/netsuite/orders/usher-${orderId}`);
    return (await answer.json()) as OrderSeen;
  }
});
