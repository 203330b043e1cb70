import type { Instant } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRecovery } from "./recovery.ts";
import { aCatalog } from "./testing/a-catalog.ts";
import { aDeal } from "./testing/a-deal.ts";
import { type HubRig, startHubRig } from "./testing/hub-rig.ts";
import { createStoryBook } from "./testing/story-book.ts";
import { createWorkerLog } from "./worker-log.ts";

const hourMs = 3_600_000;
/** How far the hub's clock is ahead; each test moves it on. */
let aheadMs = 0;
let hub: HubRig;
const stories = createStoryBook({ prefix: "L" });
const dealId = stories.newDealId;

beforeAll(async () => {
  hub = await startHubRig({
    decideAt: (now) => (now + aheadMs) as Instant,
    catalog: aCatalog(),
  });
});
afterAll(async () => {
  await hub.stop();
});

describe("silence", () => {
  it("parks the order once the due instant has passed, and a resume asks again", async () => {
    const id = dealId();
    hub.vendor.win(aDeal({ id, price: "70.00" }));
    const waiting = await hub.reaches(id, "Awaiting approval");
    aheadMs += 49 * hourMs;
    await wake(waiting.id);
    const held = await hub.reaches(id, "Action needed");
    expect(held.problem?.code).toBe("approval_lapsed");
    await hub.command(id, { type: "resume", by: "ops", because: "they are back" });
    await hub.reaches(id, "Awaiting approval");
    await hub.decide(id, "approve");
    await hub.reaches(id, "Active");
  });

  it("is a no where the policy says so, and never a yes", async () => {
    await hub.publish(aCatalog({ stage: { whenSilent: "deny" } }));
    const id = dealId();
    hub.vendor.win(aDeal({ id, price: "70.00" }));
    const waiting = await hub.reaches(id, "Awaiting approval");
    aheadMs += 49 * hourMs;
    await wake(waiting.id);
    await hub.reaches(id, "Rejected");
    expect(hub.vendor.bills.filter((one) => one.orderId === waiting.id)).toEqual([]);
  });
});

describe("recovery", () => {
  it("starts runs that are gone and ends orders whose term is over", async () => {
    const [lost, over] = [dealId(), dealId()];
    hub.vendor.win(aDeal({ id: lost, price: "70.00" }));
    hub.vendor.win(aDeal({ id: over }));
    await hub.reaches(lost, "Awaiting approval");
    await hub.reaches(over, "Active");
    await (await hub.run(lost)).terminate("Temporal's database was lost");
    aheadMs += 400 * 24 * hourMs;

    const turn = createRecovery({
      database: hub.database,
      fulfillment: hub.fulfillment,
      now: () => Date.now() + aheadMs,
      log: createWorkerLog({ level: "silent" }),
    });
    expect(await turn()).toBe("idle");
    await hub.reaches(over, "Ended");
    // The run that was lost is back, and finds that nobody decided in time.
    await hub.reaches(lost, "Rejected");
  });
});

describe("every run by the clock", () => {
  it("replays, and is kept for later releases when asked for", async () => {
    const recorded = await hub.histories();
    expect(recorded.length).toBeGreaterThanOrEqual(stories.size);
    expect(await stories.differences(recorded)).toEqual([]);
    stories.keep(recorded, { folder: process.env.USHER_RECORD_HISTORIES });
  });
});

async function wake(orderId: string): Promise<void> {
  await hub.fulfillment.wakeOrder({ tenantId: hub.tenantId, orderId, because: "decision" });
}
