import { waitUntil } from "@usher/local-services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aDeal } from "./testing/a-deal.ts";
import { type HubRig, startHubRig } from "./testing/hub-rig.ts";

let hub: HubRig;
beforeAll(async () => {
  hub = await startHubRig({ withErp: true });
});
afterAll(async () => {
  await hub.stop();
});

let count = 0;
const dealId = () => {
  count += 1;
  return `E${count}`;
};

const salesOf = (orderId: string) => hub.vendor.sales.filter((one) => one.orderId === orderId);

describe("a tenant with an ERP", () => {
  it("has every order billed and booked, then granted, with the ERP's own number on the timeline", async () => {
    const id = dealId();
    hub.vendor.win(aDeal({ id }));
    const order = await hub.reaches(id, "Active");
    expect(salesOf(order.id)).toMatchObject([{ revision: 1, totalMinor: 50_000, standing: true }]);
    expect(hub.vendor.standingBills(order.id)).toHaveLength(1);
    const events = await hub.events(id);
    expect(events.filter(({ type }) => type === "order_booked")).toEqual([
      {
        type: "order_booked",
        revision: 1,
        system: "pretend-erp",
        recordId: salesOf(order.id)[0]?.id,
        number: salesOf(order.id)[0]?.id.toUpperCase(),
        totalMinor: 50_000,
        currency: "USD",
      },
    ]);
    const types = events.map(({ type }) => type);
    expect(types.indexOf("order_booked")).toBeLessThan(types.indexOf("entitlements_granted"));
  });

  it("has a newer revision booked once more, and the sales order changed, not doubled", async () => {
    const id = dealId();
    hub.vendor.win(aDeal({ id }));
    await hub.reaches(id, "Active");
    hub.vendor.win(aDeal({ id, quantity: "6" }));
    await waitUntil(async () => (await hub.events(id)).filter(isBooked).length === 2, {
      timeoutMs: 20_000,
      giveUp: () => new Error("revision 2 was not booked"),
    });
    const order = await hub.reaches(id, "Active");
    expect(salesOf(order.id)).toMatchObject([{ revision: 2, totalMinor: 60_000 }]);
  });

  it("is taken back in both when it is canceled, after access", async () => {
    const id = dealId();
    hub.vendor.win(aDeal({ id }));
    await hub.reaches(id, "Active");
    await hub.command(id, { type: "cancel", by: "ops", reason: null });
    const order = await hub.reaches(id, "Canceled");
    expect(salesOf(order.id)).toMatchObject([{ standing: false }]);
    expect(hub.vendor.standingBills(order.id)).toEqual([]);
    const undone = (await hub.events(id)).flatMap((one) =>
      one.type === "step_undone" ? [one.step] : [],
    );
    expect(undone).toEqual(["grant", "book", "bill"]);
  });

  it("shows the ERP's refusal as Action needed with its words, grants nothing, and goes on when resumed", async () => {
    const id = dealId();
    hub.vendor.mood("bookOrder", {
      refuse: {
        category: "validation",
        message: "There is no Account Category",
        where: { record: "Product PRO", field: "category" },
      },
    });
    try {
      hub.vendor.win(aDeal({ id }));
      const { problem } = await hub.reaches(id, "Action needed");
      expect(problem).toMatchObject({
        code: "booking_refused",
        sentence: expect.stringMatching(/^The ERP refused the order: There is no Account Category/),
        where: { record: "Product PRO", field: "category" },
      });
      expect((await hub.events(id)).map(({ type }) => type)).not.toContain("entitlements_granted");
    } finally {
      hub.vendor.mood("bookOrder", null);
    }
    await hub.command(id, { type: "resume", by: "ops", because: "the category is there" });
    const order = await hub.reaches(id, "Active");
    expect(salesOf(order.id)).toHaveLength(1);
    // What was billed the first time is not billed again.
    expect(hub.vendor.bills.filter((one) => one.orderId === order.id)).toHaveLength(1);
  });
});

function isBooked({ type }: { readonly type: string }): boolean {
  return type === "order_booked";
}
