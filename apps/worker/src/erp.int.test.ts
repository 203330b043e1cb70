import { waitUntil } from "@usher/local-services";
import { orderNumberOf, publicMark } from "@usher/workflows/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aDeal } from "./testing/a-deal.ts";
import { type HubRig, startHubRig } from "./testing/hub-rig.ts";
import { createStoryBook } from "./testing/story-book.ts";

let hub: HubRig;
const stories = createStoryBook({ prefix: "E" });
const dealId = stories.newDealId;

beforeAll(async () => {
  hub = await startHubRig({ withErp: true });
});
afterAll(async () => {
  await hub.stop();
});

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

  it("reads as business on Temporal's own screens: what the run is about, where it stands, what each call is for", async () => {
    const id = dealId();
    hub.vendor.win(aDeal({ id }));
    const order = await hub.reaches(id, "Active");
    const run = await hub.run(id);
    const described = await run.describe();
    expect(await described.staticSummary()).toContain(`Order ${orderNumberOf(order.id)}`);
    expect(await described.staticDetails()).toContain("approve, bill, grant, tell the CRM");
    // The query that Temporal's own UI asks for what it shows as "current details".
    const { currentDetails } = await run.query<{ readonly currentDetails: string }>(
      "__temporal_workflow_metadata",
    );
    expect(currentDetails).toBe(`${publicMark}Active · PRO ×5 · 500.00 USD`);
    // As the server holds them, without our key: whoever looks at its screens reads these.
    const { events } = await run.fetchHistory();
    const calls = (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes, userMetadata }) =>
        activityTaskScheduledEventAttributes == null
          ? []
          : [Buffer.from(userMetadata?.summary?.data ?? []).toString()],
    );
    expect(calls.toSorted()).toEqual([
      `"${publicMark}Bill the order"`,
      `"${publicMark}Book the order in the ERP"`,
    ]);
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
    expect(await undoneOf(id)).toEqual(["grant undone", "book undone", "bill undone"]);
  });

  it("is taken back in both when it is canceled while both calls are still under way", async () => {
    const id = dealId();
    hub.vendor.mood("bill", { hang: true, about: `acc-${id}` });
    hub.vendor.mood("bookOrder", { hang: true, about: `acc-${id}` });
    hub.vendor.win(aDeal({ id }));
    await hub.reaches(id, "Provisioning");
    await until(() => hub.vendor.calls.includes("bookOrder"));
    await hub.command(id, { type: "cancel", by: "ops", reason: null });
    const order = await hub.reaches(id, "Canceled");
    hub.vendor.mood("bill", null);
    hub.vendor.mood("bookOrder", null);
    expect(hub.vendor.standingBills(order.id)).toEqual([]);
    expect(salesOf(order.id).filter((one) => one.standing)).toEqual([]);
    // Neither answered, so either may have been made: both are taken back.
    expect(await undoneOf(id)).toEqual(["book undone", "bill undone"]);
  });

  it.each(["bill", "bookOrder"])(
    "is taken back in both when it is canceled while the answer of %s, which was made, is on its way",
    async (method) => {
      const id = dealId();
      let isCanceled = false;
      const meanwhile = async () => {
        if (isCanceled) return;
        isCanceled = true;
        await hub.command(id, { type: "cancel", by: "ops", reason: null });
      };
      hub.vendor.mood(method, { meanwhile, about: `acc-${id}` });
      hub.vendor.win(aDeal({ id }));
      const order = await hub.reaches(id, "Canceled");
      hub.vendor.mood(method, null);
      await hub.shows(id, "Canceled");
      expect(isCanceled).toBe(true);
      expect(hub.vendor.standingBills(order.id)).toEqual([]);
      expect(salesOf(order.id).filter((one) => one.standing)).toEqual([]);
      expect((await hub.events(id)).map(({ type }) => type)).not.toContain("entitlements_granted");
    },
  );

  it("leaves nothing behind when it is canceled as soon as it is known", async () => {
    for (let round = 0; round < 3; round += 1) {
      const id = dealId();
      hub.vendor.win(aDeal({ id }));
      await until(async () => await hub.order(id).then(Boolean, () => false));
      await hub.command(id, { type: "cancel", by: "ops", reason: "a slip" });
      const order = await hub.reaches(id, "Canceled");
      await hub.shows(id, "Canceled");
      expect(hub.vendor.standingBills(order.id)).toEqual([]);
      expect(salesOf(order.id).filter((one) => one.standing)).toEqual([]);
    }
  });

  it("takes the bill back when it is canceled after the ERP refused, though nothing was booked", async () => {
    const id = dealId();
    const refuse = { category: "validation", message: "The period is closed" } as const;
    hub.vendor.mood("bookOrder", { refuse, about: `acc-${id}` });
    hub.vendor.win(aDeal({ id }));
    const { id: orderId } = await hub.reaches(id, "Action needed");
    expect(hub.vendor.standingBills(orderId)).toHaveLength(1);
    hub.vendor.mood("bookOrder", null);
    await hub.command(id, { type: "cancel", by: "ops", reason: "they found another way" });
    await hub.reaches(id, "Canceled");
    expect(hub.vendor.standingBills(orderId)).toEqual([]);
    expect(salesOf(orderId).filter((one) => one.standing)).toEqual([]);
  });

  it("stands at Action needed when the ERP does not let its order go, and ends once it does", async () => {
    const id = dealId();
    hub.vendor.win(aDeal({ id }));
    const { id: orderId } = await hub.reaches(id, "Active");
    hub.vendor.mood("cancelOrder", { refuse: { category: "validation" }, about: orderId });
    await hub.command(id, { type: "cancel", by: "ops", reason: null });
    await hub.reaches(id, "Action needed");
    // What can be taken back is: the refusal of one does not keep the others.
    await until(async () => (await undoneOf(id)).length === 3);
    expect(await undoneOf(id)).toEqual(["grant undone", "book failed", "bill undone"]);
    expect(hub.vendor.standingBills(orderId)).toEqual([]);
    hub.vendor.mood("cancelOrder", null);
    await hub.command(id, { type: "resume", by: "ops", because: "the delivery was returned" });
    await hub.reaches(id, "Canceled");
    expect(salesOf(orderId)).toMatchObject([{ standing: false }]);
  });

  it("breaks off billing and booking for a newer revision, and bills and books that once", async () => {
    const id = dealId();
    hub.vendor.mood("bill", { hang: true, about: `"quantity":78` });
    hub.vendor.mood("bookOrder", { hang: true, about: `"quantity":78` });
    hub.vendor.win(aDeal({ id, quantity: "78" }));
    await hub.reaches(id, "Provisioning");
    await until(() => hub.vendor.calls.includes("bookOrder"));
    hub.vendor.win(aDeal({ id, quantity: "7" }));
    const { id: orderId } = await hub.reaches(id, "Active");
    hub.vendor.mood("bill", null);
    hub.vendor.mood("bookOrder", null);
    expect(hub.vendor.standingBills(orderId)).toMatchObject([{ revision: 2 }]);
    expect(salesOf(orderId)).toMatchObject([{ revision: 2, totalMinor: 70_000, standing: true }]);
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

describe("every run with an ERP", () => {
  it("replays, and is kept for later releases when asked for", async () => {
    const recorded = await hub.histories();
    expect(recorded.length).toBeGreaterThanOrEqual(stories.size);
    expect(await stories.differences(recorded)).toEqual([]);
    stories.keep(recorded, { folder: process.env.USHER_RECORD_HISTORIES });
  });
});

async function undoneOf(id: string): Promise<readonly string[]> {
  return (await hub.events(id)).flatMap((event) =>
    event.type === "step_undone" ? [`${event.step} ${event.outcome}`] : [],
  );
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntil(async () => await holds(), {
    timeoutMs: 20_000,
    giveUp: () => new Error("it did not come true"),
  });
}

function isBooked({ type }: { readonly type: string }): boolean {
  return type === "order_booked";
}
