import type { Instant } from "@usher/entitlement-core/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRecovery } from "./recovery.ts";
import { aCatalog } from "./testing/a-catalog.ts";
import { aDeal } from "./testing/a-deal.ts";
import { type HubRig, startHubRig } from "./testing/hub-rig.ts";
import { createWorkerLog } from "./worker-log.ts";

const hourMs = 3_600_000;
/** How far the hub's clock is ahead; each test moves it on. */
let aheadMs = 0;
let hub: HubRig;

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
    hub.vendor.win(aDeal({ id: "L1", price: "70.00" }));
    const waiting = await hub.reaches("L1", "Awaiting approval");
    aheadMs += 49 * hourMs;
    await wake(waiting.id);
    const held = await hub.reaches("L1", "Action needed");
    expect(held.problem?.code).toBe("approval_lapsed");
    await hub.command("L1", { type: "resume", by: "ops", because: "they are back" });
    await hub.reaches("L1", "Awaiting approval");
    await hub.decide("L1", "approve");
    await hub.reaches("L1", "Active");
  });

  it("is a no where the policy says so, and never a yes", async () => {
    await hub.publish(aCatalog({ stage: { whenSilent: "deny" } }));
    hub.vendor.win(aDeal({ id: "L2", price: "70.00" }));
    const waiting = await hub.reaches("L2", "Awaiting approval");
    aheadMs += 49 * hourMs;
    await wake(waiting.id);
    await hub.reaches("L2", "Rejected");
    expect(hub.vendor.bills.filter((one) => one.orderId === waiting.id)).toEqual([]);
  });
});

describe("recovery", () => {
  it("starts runs that are gone and ends orders whose term is over", async () => {
    hub.vendor.win(aDeal({ id: "R1", price: "70.00" }));
    hub.vendor.win(aDeal({ id: "R2" }));
    await hub.reaches("R1", "Awaiting approval");
    await hub.reaches("R2", "Active");
    await (await hub.run("R1")).terminate("Temporal's database was lost");
    aheadMs += 400 * 24 * hourMs;

    const turn = createRecovery({
      database: hub.database,
      fulfillment: hub.fulfillment,
      now: () => Date.now() + aheadMs,
      log: createWorkerLog({ level: "silent" }),
    });
    expect(await turn()).toBe("idle");
    await hub.reaches("R2", "Ended");
    // The run that was lost is back, and finds that nobody decided in time.
    await hub.reaches("R1", "Rejected");
  });
});

async function wake(orderId: string): Promise<void> {
  await hub.fulfillment.wakeOrder({ tenantId: hub.tenantId, orderId, because: "decision" });
}
