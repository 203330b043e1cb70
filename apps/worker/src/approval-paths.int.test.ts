import { type DecisionOutcome, listApprovalTasks } from "@usher/database";
import type { ApprovalStageRule } from "@usher/entitlement-core/approval";
import { waitUntil } from "@usher/local-services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aCatalog } from "./testing/a-catalog.ts";
import { aDeal } from "./testing/a-deal.ts";
import { type HubRig, startHubRig } from "./testing/hub-rig.ts";
import { createStoryBook } from "./testing/story-book.ts";

let hub: HubRig;
const stories = createStoryBook({ prefix: "P" });
const dealId = stories.newDealId;

const dana = "dana@ours.test";
const fred = "fred@ours.test";

const [finance] = aCatalog().approvalPolicy.stages as readonly [ApprovalStageRule];

beforeAll(async () => {
  hub = await startHubRig();
});
afterAll(async () => {
  await hub.stop();
});

async function withStages(...stages: readonly ApprovalStageRule[]): Promise<void> {
  await hub.publish({ ...aCatalog(), approvalPolicy: { stages: [...stages] } });
}

describe("a path of several stages", () => {
  it("one after the other: the second is asked once the first said yes", async () => {
    await withStages(finance, { ...finance, key: "legal", name: "Legal", step: 2 });
    const id = dealId();
    hub.vendor.win(aDeal({ id, price: "70.00" }));
    expect((await hub.reaches(id, "Awaiting approval")).waitingOn?.who).toContain("Finance");
    await hub.decide(id, "approve");
    await waitsFor(id, "Legal");
    await hub.decide(id, "approve", fred);
    await hub.reaches(id, "Active");
  });

  it("at the same time: both must say yes, in any order", async () => {
    await withStages(finance, { ...finance, key: "legal", name: "Legal" });
    const id = dealId();
    hub.vendor.win(aDeal({ id, price: "70.00" }));
    await hub.reaches(id, "Awaiting approval");
    await hub.decide(id, "approve");
    expect((await hub.order(id)).status).toBe("Awaiting approval");
    await hub.decide(id, "approve", fred);
    await hub.reaches(id, "Active");
  });

  it("nobody goes on being asked once a newer revision needs no yes, or has a fault", async () => {
    await withStages(finance);
    const [dearer, faulty] = [dealId(), dealId()];
    for (const id of [dearer, faulty]) {
      hub.vendor.win(aDeal({ id, price: "70.00" }));
      await hub.reaches(id, "Awaiting approval");
    }
    hub.vendor.win(aDeal({ id: dearer, price: "90.00" }));
    hub.vendor.win(aDeal({ id: faulty, price: "70.00", quantity: "0" }));
    await hub.reaches(dearer, "Active");
    await hub.reaches(faulty, "Action needed");
    expect(await openRevisionsOf(dearer)).toEqual([]);
    expect(await openRevisionsOf(faulty)).toEqual([]);
    // Mended back to what was asked about at first, it is asked about anew.
    hub.vendor.win(aDeal({ id: faulty, price: "70.00" }));
    await hub.reaches(faulty, "Awaiting approval");
    await hub.decide(faulty, "approve");
    await hub.reaches(faulty, "Active");
  });

  it("with a quorum of all: one yes of two is not enough", async () => {
    await withStages({ ...finance, quorum: { kind: "all" } });
    const id = dealId();
    hub.vendor.win(aDeal({ id, price: "70.00" }));
    await hub.reaches(id, "Awaiting approval");
    await hub.decide(id, "approve", dana);
    expect((await hub.order(id)).status).toBe("Awaiting approval");
    await hub.decide(id, "approve", fred);
    await hub.reaches(id, "Active");
  });
});

describe("hostile timing", () => {
  it("two people who say yes and no at once: one of them counts, and the order follows that one", async () => {
    await withStages(finance);
    for (let round = 0; round < 3; round += 1) {
      const id = dealId();
      hub.vendor.win(aDeal({ id, price: "70.00" }));
      await hub.reaches(id, "Awaiting approval");
      const [yes, no] = await Promise.allSettled([
        hub.decide(id, "approve", dana),
        hub.decide(id, "reject", fred),
      ]);
      expect(isRecorded(yes)).not.toBe(isRecorded(no));
      const order = await hub.reaches(id, isRecorded(yes) ? "Active" : "Rejected");
      const decided = (await hub.events(id)).filter((one) => one.type === "approval_decided");
      expect(decided).toHaveLength(1);
      expect(hub.vendor.standingBills(order.id)).toHaveLength(isRecorded(yes) ? 1 : 0);
    }
  });

  it("a cancelation that races the yes: the order is canceled, and nothing is left of it", async () => {
    await withStages(finance);
    for (let round = 0; round < 3; round += 1) {
      const id = dealId();
      hub.vendor.win(aDeal({ id, price: "70.00" }));
      await hub.reaches(id, "Awaiting approval");
      // Either may come first; a yes to what is canceled already is refused, by task or by order.
      const [decision] = await Promise.allSettled([
        hub.decide(id, "approve"),
        hub.command(id, { type: "cancel", by: "ops", reason: "they changed their mind" }),
      ]);
      const order = await hub.reaches(id, "Canceled");
      await hub.shows(id, "Canceled");
      expect(hub.vendor.standingBills(order.id)).toEqual([]);
      const events = await hub.events(id);
      const isDecided = events.some((one) => one.type === "approval_decided");
      expect(isDecided).toBe(isRecorded(decision));
      expect(await hub.order(id)).toMatchObject({ problem: null, waitingOn: null });
      // Nobody is left with a question about an order that is gone.
      expect(await openRevisionsOf(id)).toEqual([]);
    }
  });

  it("a yes that races a newer price: what is granted was seen by whoever said yes", async () => {
    await withStages(finance);
    for (let round = 0; round < 3; round += 1) {
      const id = dealId();
      hub.vendor.win(aDeal({ id, price: "70.00" }));
      await hub.reaches(id, "Awaiting approval");
      hub.vendor.win(aDeal({ id, price: "60.00" }));
      await hub.decide(id, "approve");
      await waitUntil(async () => (await hub.order(id)).revision === 2, {
        timeoutMs: 20_000,
        giveUp: () => new Error("the newer price never came"),
      });
      // Whatever became of the first yes, the newer price needs one of its own.
      await waitUntil(async () => (await openRevisionsOf(id)).join() === "2", {
        timeoutMs: 20_000,
        giveUp: () => new Error("nobody is asked about the newer price"),
      });
      await hub.decide(id, "approve", fred);
      const order = await hub.reaches(id, "Active");
      expect(hub.vendor.standingBills(order.id)).toMatchObject([{ revision: 2 }]);
    }
  });
});

describe("every run along these paths", () => {
  it("replays, and is kept for later releases when asked for", async () => {
    const recorded = await hub.histories();
    expect(recorded.length).toBeGreaterThanOrEqual(stories.size);
    expect(await stories.differences(recorded)).toEqual([]);
    stories.keep(recorded, { folder: process.env.USHER_RECORD_HISTORIES });
  });
});

/** False for a decision that was refused, and for one that found nobody being asked any more. */
function isRecorded(told: PromiseSettledResult<DecisionOutcome>): boolean {
  return told.status === "fulfilled" && told.value.kind === "recorded";
}

async function waitsFor(id: string, stage: string): Promise<void> {
  await waitUntil(async () => (await hub.order(id)).waitingOn?.who.includes(stage) === true, {
    timeoutMs: 20_000,
    giveUp: () => new Error(`Deal ${id} never waits for ${stage}.`),
  });
}

/** The revisions about which somebody is asked now. */
async function openRevisionsOf(id: string): Promise<readonly number[]> {
  const { id: orderId } = await hub.order(id);
  const { items } = await hub.inTenant((tx) =>
    listApprovalTasks(tx, { orderId, statuses: ["open"], limit: 10, cursor: null }),
  );
  return items.map(({ task }) => task.revision);
}
