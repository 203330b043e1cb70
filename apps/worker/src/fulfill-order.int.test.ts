import { WorkflowFailedError } from "@temporalio/client";
import { waitUntil } from "@usher/local-services";
import {
  type FulfillmentPhase,
  fulfillOrderWorkflowId,
  orderNumberOf,
} from "@usher/workflows/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFulfillmentRig, type FulfillmentRig } from "./testing/fulfillment-rig.ts";
import { createHubInMemory, hashOf, refused } from "./testing/hub-in-memory.ts";
import { historiesOf, type RecordedHistory } from "./testing/recorded-history.ts";
import { createStoryBook } from "./testing/story-book.ts";

const tenantId = "ten_test";
let hub: ReturnType<typeof createHubInMemory>;
let rig: FulfillmentRig;
const stories = createStoryBook({ prefix: `${process.pid}_${Date.now()}_` });
/** Each order by the story it belongs to. */
const orderIds = new Map<string, string>();

beforeAll(async () => {
  hub = createHubInMemory();
  rig = await createFulfillmentRig({ activities: hub.activities });
});
afterAll(async () => {
  await rig.stop();
});

describe("fulfillOrder", () => {
  it("bills, then grants, and ends Active", async () => {
    const { orderId, order } = given();
    const run = await rig.start(orderId);
    expect(await run.result()).toEqual({ status: "Active" });
    expect(order.journal).toEqual(["bill 1", "grant 1"]);
  });

  it("is one run however often it is started", async () => {
    const { orderId, order } = given();
    const starts = [1, 2, 3].map(() => rig.fulfillment.startFulfillment({ tenantId, orderId }));
    expect((await Promise.all(starts)).toSorted()).toEqual(["existing", "existing", "started"]);
    await rig.handle(orderId).result();
    expect(await rig.fulfillment.startFulfillment({ tenantId, orderId })).toBe("existing");
    expect(order.journal).toEqual(["bill 1", "grant 1"]);
  });

  it("needs two workflow tasks for an order with one vendor step", async () => {
    const { orderId } = given();
    const run = await rig.start(orderId);
    await run.result();
    const { events } = await run.fetchHistory();
    const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes != null);
    expect(tasks).toHaveLength(2);
  });

  it("writes nothing readable into the history", async () => {
    const { orderId } = given();
    const run = await rig.start(orderId);
    await run.result();
    const history = JSON.stringify(await run.fetchHistory());
    expect(history).not.toContain(Buffer.from("Active").toString("base64"));
    const { raw } = await run.describe();
    const summary = raw.executionConfig?.userMetadata?.summary?.data ?? new Uint8Array();
    expect(Buffer.from(summary).toString()).toContain(`Order ${orderNumberOf(orderId)}`);
  });

  describe("while it waits for approval", () => {
    it("goes on at the decision on the hash it waits for", async () => {
      const { orderId, order } = given({ needsApproval: true });
      const run = await rig.start(orderId);
      await inPhase(orderId, "awaiting-approval");
      order.approved.add(hashOf(1));
      expect(await decide(orderId, { decisionId: "apd_1", hash: hashOf(1) })).toBe("accepted");
      expect(await run.result()).toEqual({ status: "Active" });
    });

    it("refuses a decision on another hash before it reaches the history", async () => {
      const { orderId, order } = given({ needsApproval: true });
      const run = await rig.start(orderId);
      await inPhase(orderId, "awaiting-approval");
      expect(await decide(orderId, { decisionId: "apd_1", hash: "stale" })).toBe("stale");
      expect(await rig.fulfillment.phase({ tenantId, orderId })).toBe("awaiting-approval");
      order.approved.add(hashOf(1));
      await decide(orderId, { decisionId: "apd_2", hash: hashOf(1) });
      await run.result();
      const { events } = await run.fetchHistory();
      const accepted = events?.filter(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes != null,
      );
      expect(accepted).toHaveLength(1);
    });

    it("counts a decision that is sent twice once", async () => {
      const { orderId, order } = given({ needsApproval: true });
      const run = await rig.start(orderId);
      await inPhase(orderId, "awaiting-approval");
      const once = { decisionId: "apd_1", hash: hashOf(1) };
      order.approved.add(hashOf(1));
      const answers = await Promise.all([decide(orderId, once), decide(orderId, once)]);
      expect(answers).toEqual(["accepted", "accepted"]);
      await run.result();
      const { events } = await run.fetchHistory();
      const accepted = events?.filter(
        (event) => event.workflowExecutionUpdateAcceptedEventAttributes != null,
      );
      expect(accepted).toHaveLength(1);
    });

    it("waits for the newer hash once a newer revision came", async () => {
      const { orderId, order } = given({ needsApproval: true });
      const run = await rig.start(orderId);
      await inPhase(orderId, "awaiting-approval");
      order.revision = 2;
      await rig.fulfillment.wakeOrder({ tenantId, orderId, because: "revision" });
      let attempt = 0;
      await waitUntil(
        async () => {
          // Another decision each time: one that was accepted before the wake stays accepted.
          attempt += 1;
          const decisionId = `apd_old_${attempt}`;
          return (await decide(orderId, { decisionId, hash: hashOf(1) })) === "stale";
        },
        { timeoutMs: 10_000, giveUp: () => new Error("the old hash is still accepted") },
      );
      order.approved.add(hashOf(2));
      await decide(orderId, { decisionId: "apd_2", hash: hashOf(2) });
      expect(await run.result()).toEqual({ status: "Active" });
      expect(order.journal).toEqual(["bill 2", "grant 2"]);
    });

    it("plans again at the due instant without any message", async () => {
      const { orderId, order } = given({ needsApproval: true, dueInMs: 300 });
      const run = await rig.start(orderId);
      await inPhase(orderId, "awaiting-approval");
      order.canceledBy = "silence";
      expect(await run.result()).toEqual({ status: "Canceled" });
    });

    it("ends without a trace when it is canceled", async () => {
      const { orderId, order } = given({ needsApproval: true });
      const run = await rig.start(orderId);
      await inPhase(orderId, "awaiting-approval");
      await cancel(orderId);
      expect(await run.result()).toEqual({ status: "Canceled" });
      expect(order.journal).toEqual([]);
    });
  });

  describe("while it bills", () => {
    it("breaks off for a newer revision and bills that", async () => {
      const { orderId, order } = given();
      hub.whenBilled(({ order: one, revision }) => hangWhile(one === order && revision === 1));
      const run = await rig.start(orderId);
      await inPhase(orderId, "billing");
      order.revision = 2;
      await rig.fulfillment.wakeOrder({ tenantId, orderId, because: "revision" });
      expect(await run.result()).toEqual({ status: "Active" });
      expect(order.journal).toEqual(["bill 2", "grant 2"]);
    });

    it("takes back what may have been billed when it is canceled", async () => {
      const { orderId, order } = given();
      hub.whenBilled(({ order: one }) => hangWhile(one === order));
      const run = await rig.start(orderId);
      await inPhase(orderId, "billing");
      await cancel(orderId);
      expect(await run.result()).toEqual({ status: "Canceled" });
      // The call was broken off, so whether it billed is unknown: it is in the list all the same.
      expect(order.journal).toEqual(["cancel bill", "undone bill"]);
    });

    it("stands at Action needed when billing is refused, and goes on when resumed", async () => {
      const { orderId, order } = given();
      let isRefused = true;
      hub.whenBilled(async ({ order: one }) => {
        if (one === order && isRefused) throw refused("validation");
      });
      const run = await rig.start(orderId);
      await inPhase(orderId, "action-needed");
      expect(order.journal).toEqual(["problem bill validation"]);
      isRefused = false;
      order.problem = null;
      await rig.fulfillment.wakeOrder({ tenantId, orderId, because: "resumed" });
      expect(await run.result()).toEqual({ status: "Active" });
    });

    it("tries an unreachable vendor again by itself", async () => {
      const { orderId, order } = given();
      let attempts = 0;
      hub.whenBilled(async ({ order: one }) => {
        attempts += one === order ? 1 : 0;
        if (one === order && attempts === 1) throw refused("transient");
      });
      const run = await rig.start(orderId);
      expect(await run.result()).toEqual({ status: "Active" });
      expect(order.journal).toEqual(["problem bill transient", "retry", "bill 1", "grant 1"]);
    });
  });

  describe("with an ERP", () => {
    const calls = ["bill", "book"] as const;

    it("books while it bills: each is under way before the other has ended", async () => {
      const { orderId, order } = given({ calls });
      const both = new Set<string>();
      const meet = (name: string) => async (call: { readonly order: object }) => {
        if (call.order !== order) return;
        both.add(name);
        await waitUntil(() => both.size === 2, {
          timeoutMs: 5_000,
          giveUp: () => new Error(`${name} waits alone`),
        });
      };
      hub.whenBilled(meet("bill"));
      hub.whenBooked(meet("book"));
      const run = await rig.start(orderId);
      expect(await run.result()).toEqual({ status: "Active" });
      expect(order.journal.slice(0, 2).toSorted()).toEqual(["bill 1", "book 1"]);
      expect(order.journal.slice(2)).toEqual(["grant 1"]);
    });

    it("waits for the other call before it says that one was refused", async () => {
      const { orderId, order } = given({ calls });
      let refusedAt = Number.POSITIVE_INFINITY;
      // Goes on billing for as long as it would take to write the refusal down too early.
      hub.whenBilled(async ({ order: one }) => {
        if (one !== order) return;
        await waitUntil(() => order.problem !== null || performance.now() > refusedAt + 500, {
          timeoutMs: 10_000,
          giveUp: () => new Error("the booking was never refused"),
        });
      });
      hub.whenBooked(async ({ order: one }) => {
        if (one !== order) return;
        refusedAt = performance.now();
        throw refused("validation");
      });
      const run = await rig.start(orderId);
      await inPhase(orderId, "action-needed");
      expect(order.journal).toEqual(["bill 1", "problem book validation"]);
      await cancel(orderId);
      expect(await run.result()).toEqual({ status: "Canceled" });
    });

    it("an ERP that takes nothing for a while holds up nobody's bill", async () => {
      const narrow = await createFulfillmentRig({ activities: hub.activities, slots: 2 });
      try {
        const orders = Array.from({ length: 4 }, () => given({ calls }));
        let isTaken = false;
        const waitForErp = () =>
          waitUntil(() => isTaken, {
            timeoutMs: 20_000,
            giveUp: () => new Error("the ERP never took anything"),
          });
        hub.whenBooked(waitForErp);
        const runs = await Promise.all(orders.map(({ orderId }) => narrow.start(orderId)));
        await waitUntil(() => orders.every(({ order }) => order.journal.includes("bill 1")), {
          timeoutMs: 15_000,
          giveUp: () => new Error("an order waits for its bill"),
        });
        isTaken = true;
        for (const run of runs) expect(await run.result()).toEqual({ status: "Active" });
      } finally {
        hub.whenBooked(async () => undefined);
        await narrow.stop();
      }
    });

    it("takes back what may stand in both when it is canceled", async () => {
      const { orderId, order } = given({ calls });
      await (await rig.start(orderId)).result();
      await cancel(orderId);
      expect(await rig.handle(orderId).result()).toEqual({ status: "Canceled" });
      expect(order.journal.slice(3)).toEqual([
        "revoke",
        "undone grant",
        "cancel booking",
        "undone book",
        "cancel bill",
        "undone bill",
      ]);
    });
  });

  describe("after it ended", () => {
    it("takes a newer revision up in a new run", async () => {
      const { orderId, order } = given();
      await (await rig.start(orderId)).result();
      order.revision = 2;
      await rig.fulfillment.wakeOrder({ tenantId, orderId, because: "revision" });
      expect(await rig.handle(orderId).result()).toEqual({ status: "Active" });
      expect(order.journal).toEqual(["bill 1", "grant 1", "bill 2", "grant 2"]);
    });

    it("undoes in reverse what an earlier run made", async () => {
      const { orderId, order } = given();
      await (await rig.start(orderId)).result();
      await cancel(orderId);
      expect(await rig.handle(orderId).result()).toEqual({ status: "Canceled" });
      expect(order.journal.slice(2)).toEqual([
        "revoke",
        "undone grant",
        "cancel bill",
        "undone bill",
      ]);
    });

    it("writes down a compensation that fails and goes on with the others", async () => {
      const { orderId, order } = given();
      hub.whenBillsAreTakenBack(async ({ order: one }) => {
        if (one === order) throw refused("validation");
      });
      await (await rig.start(orderId)).result();
      await cancel(orderId);
      await inPhase(orderId, "action-needed");
      const failed = ["revoke", "undone grant", "cancel bill", "failed bill"];
      expect(order.journal.slice(2)).toEqual(failed);

      hub.whenBillsAreTakenBack(async () => undefined);
      order.problem = null;
      await rig.fulfillment.wakeOrder({ tenantId, orderId, because: "resumed" });
      expect(await rig.handle(orderId).result()).toEqual({ status: "Canceled" });
      expect(order.journal.slice(6)).toEqual(["cancel bill", "undone bill"]);
    });
  });

  it("continues as new before its history grows too long, and goes on waiting", async () => {
    const { orderId, order } = given({ needsApproval: true });
    const first = (await rig.start(orderId)).workflowId;
    await inPhase(orderId, "awaiting-approval");
    const { runId } = await rig.handle(orderId).describe();
    const isContinued = async () => (await rig.handle(orderId).describe()).runId !== runId;
    for (let sent = 0; sent < 1_000 && !(await isContinued()); sent += 5) {
      const wakes = Array.from({ length: 5 }, () =>
        rig.fulfillment.wakeOrder({ tenantId, orderId, because: "catalog" }),
      );
      await Promise.all(wakes);
    }
    expect(await isContinued()).toBe(true);
    await inPhase(orderId, "awaiting-approval");
    order.approved.add(hashOf(1));
    expect(await decide(orderId, { decisionId: "apd_1", hash: hashOf(1) })).toBe("accepted");
    expect(await rig.client.workflow.getHandle(first).result()).toEqual({ status: "Active" });
  }, 120_000);

  it("ends cleanly when the run itself is canceled in Temporal", async () => {
    const { orderId, order } = given({ needsApproval: true });
    order.mayBeBilled = true;
    const run = await rig.start(orderId);
    await inPhase(orderId, "awaiting-approval");
    await run.cancel();
    await expect(run.result()).rejects.toThrow(WorkflowFailedError);
    expect((await run.describe()).status.name).toBe("CANCELLED");
    expect(order.canceledBy).toBe("temporal");
    expect(order.journal).toEqual(["cancel bill", "undone bill"]);
  });

  it("is never failed by a fault of ours: it stands at Action needed", async () => {
    const { orderId, order } = given();
    let isBroken = true;
    hub.whenPlanned(async ({ order: one }) => {
      if (one === order && isBroken) throw refused("unexpected_failure");
    });
    const run = await rig.start(orderId);
    await inPhase(orderId, "action-needed");
    expect(order.journal).toEqual(["problem plan unexpected_failure"]);
    isBroken = false;
    order.problem = null;
    await rig.fulfillment.wakeOrder({ tenantId, orderId, because: "resumed" });
    expect(await run.result()).toEqual({ status: "Active" });
  });
});

describe("every run of the workflow alone", () => {
  it("replays, and is kept for later releases when asked for", async () => {
    const recorded: RecordedHistory[] = [];
    for (const [dealId, orderId] of orderIds) {
      const workflowId = fulfillOrderWorkflowId({ tenantId, orderId });
      recorded.push(...(await historiesOf({ client: rig.client, workflowId, dealId })));
    }
    expect(recorded.length).toBeGreaterThanOrEqual(orderIds.size);
    expect(await stories.differences(recorded)).toEqual([]);
    stories.keep(recorded, { folder: process.env.USHER_RECORD_HISTORIES });
  });
});

function given(order: Parameters<typeof hub.add>[1] = {}) {
  hub.whenPlanned(async () => undefined);
  hub.whenBilled(async () => undefined);
  hub.whenBillsAreTakenBack(async () => undefined);
  const story = stories.newDealId();
  const orderId = `ord_${story}`;
  orderIds.set(story, orderId);
  return { orderId, order: hub.add(orderId, order) };
}

async function inPhase(orderId: string, phase: FulfillmentPhase): Promise<void> {
  await waitUntil(async () => (await rig.fulfillment.phase({ tenantId, orderId })) === phase, {
    timeoutMs: 10_000,
    giveUp: () => new Error(`The run of ${orderId} never came to ${phase}.`),
  });
}

async function decide(orderId: string, input: { decisionId: string; hash: string }) {
  const { decisionId, hash: revisionHash } = input;
  return await rig.fulfillment.decide({
    tenantId,
    orderId,
    decisionId,
    taskId: "apt_1",
    revisionHash,
  });
}

async function cancel(orderId: string): Promise<void> {
  await rig.fulfillment.cancelOrder({ tenantId, orderId, by: "ops", reason: null });
}

/** A vendor that never answers; ends when the attempt is canceled. */
async function hangWhile(isHanging: boolean): Promise<void> {
  if (!isHanging) return;
  const { Context } = await import("@temporalio/activity");
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  try {
    await context.cancelled;
  } finally {
    clearInterval(beat);
  }
}
