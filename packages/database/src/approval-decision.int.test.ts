import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import { type ApprovalTaskId, instantFromMs, type OrderId } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DecisionToRecord, recordDecision } from "./approval-decision-repository.ts";
import { approvalStandingsOf } from "./approval-standings.ts";
import {
  dueApprovalTasks,
  findApprovalTask,
  lapseApprovalTask,
  listApprovalTasks,
  listDecisions,
  replaceApprovalTasks,
} from "./approval-task-repository.ts";
import { createId } from "./ids.ts";
import { listOrderEvents, recordOrderCommand } from "./order-event-repository.ts";
import { loadOrderForPlanning } from "./order-planning-repository.ts";
import { loadOrder, lockOrder } from "./order-repository.ts";
import { aDeal, aDealLine, noon } from "./testing/a-deal.ts";
import { aHub, type TestHub, withCatalogAndPeople } from "./testing/a-hub.ts";
import { anOrder, askFor } from "./testing/an-order.ts";
import { countStatements } from "./testing/count-statements.ts";

let hub: TestHub;
let catalog: PublishedCatalog;
let deals = 0;

beforeAll(async () => {
  hub = await aHub({ poolSize: 40 });
  catalog = await hub.inTenant(withCatalogAndPeople);
});

afterAll(() => hub.close());

describe("recordDecision", () => {
  it("the yes that completes the path moves the order on, in the same transaction", async () => {
    const { orderId, taskId, decide } = await askedAt("400.00");
    const outcome = await decide({ by: "Dana@Seller.example", decision: "approve" });
    expect(outcome).toMatchObject({
      kind: "recorded",
      task: { status: "approved", decidedAt: noon },
      order: { status: "Provisioning" },
    });
    await hub.inTenant(async (tx) => {
      expect(await loadOrder(tx, { id: orderId })).toMatchObject({ status: "Provisioning" });
      const events = await listOrderEvents(tx, { orderId, limit: 20, cursor: null });
      expect(events.items.map((one) => one.event.type)).toEqual([
        "order_received",
        "order_validated",
        "approval_requested",
        "approval_decided",
        "order_approved",
      ]);
      expect(events.items.at(-1)?.actor).toBe("dana@seller.example");
      const wakes = await tx.db
        .selectFrom("outbox")
        .select("payload")
        .where("key", "=", orderId)
        .where("topic", "=", "order.wake")
        .execute();
      expect(wakes).toMatchObject([{ payload: { because: "decision", taskId } }]);
      expect(await listDecisions(tx, orderId)).toMatchObject([
        { decision: "approve", decidedBy: "dana@seller.example", channel: "test" },
      ]);
    });
  });

  it("a yes of the first step opens the tasks of the next, with their own due instant", async () => {
    const { orderId, decide } = await askedAt("300.00");
    const outcome = await decide({ by: "fred@seller.example", decision: "approve" });
    expect(outcome).toMatchObject({
      kind: "recorded",
      order: { status: "Awaiting approval", waitingOn: { who: "Legal: Lee Park" } },
    });
    const tasks = await tasksOf(orderId);
    expect(tasks.map((one) => [one.task.stage.key, one.task.status])).toEqual([
      ["finance", "approved"],
      ["legal", "open"],
    ]);
    expect(tasks[1]?.task.openedAt).toBe(noon);
    expect(tasks[1]?.task.dueAt).toBe(noon + (tasks[1]?.task.stage.dueAfterHours ?? 0) * 3_600_000);
  });

  it("a no rejects the order and supersedes what is still to be asked", async () => {
    const { orderId, decide } = await askedAt("300.00");
    const outcome = await decide({ by: "dana@seller.example", decision: "reject", comment: "no" });
    expect(outcome).toMatchObject({ kind: "recorded", order: { status: "Rejected" } });
    expect((await tasksOf(orderId)).map((one) => one.task.status)).toEqual([
      "rejected",
      "superseded",
    ]);
  });

  it.each([
    ["self_approval", { by: "OLGA@seller.example" }],
    ["self_approval", { by: "eric@seller.example" }],
    ["not_an_approver", { by: "mallory@seller.example" }],
    ["stale_revision", { by: "dana@seller.example", revisionHash: "another" }],
    ["comment_required", { by: "dana@seller.example", decision: "reject" as const }],
    // Long past its due instant, though no worker was there to write the silence down.
    [
      "order_phase_conflict",
      { by: "dana@seller.example", now: instantFromMs(noon + 1_000 * 3_600_000) },
    ],
  ])("answers %s and writes nothing", async (code, differing) => {
    const { orderId, decide } = await askedAt("400.00");
    expect(await decide(differing)).toMatchObject({ kind: "refused", reasons: [{ code }] });
    await hub.inTenant(async (tx) => {
      expect(await listDecisions(tx, orderId)).toEqual([]);
      expect((await loadOrder(tx, { id: orderId }))?.eventSequence).toBe(3);
    });
  });

  it("a decided task cannot be decided again", async () => {
    const { decide } = await askedAt("400.00");
    await decide({ by: "dana@seller.example" });
    expect(await decide({ by: "fred@seller.example" })).toMatchObject({
      kind: "refused",
      reasons: [{ code: "already_decided" }],
    });
  });

  it("a task of another tenant is unknown", async () => {
    const { taskId, revisionHash } = await askedAt("400.00");
    const outcome = await hub.inOtherTenant((tx) =>
      recordDecision(tx, aDecision({ taskId, revisionHash })),
    );
    expect(outcome).toEqual({ kind: "unknown-task" });
  });

  it("of twenty decisions at once exactly one wins, and the order has one answer", async () => {
    const { orderId, decide } = await askedAt("400.00");
    const words = ["approve", "reject"] as const;
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        decide({
          by: index % 4 < 2 ? "dana@seller.example" : "fred@seller.example",
          decision: words[index % 2] ?? "approve",
          comment: "now",
        }),
      ),
    );
    expect(outcomes.filter((one) => one.kind === "recorded")).toHaveLength(1);
    for (const one of outcomes) {
      if (one.kind !== "recorded") {
        expect(one).toMatchObject({ kind: "refused", reasons: [{ code: "already_decided" }] });
      }
    }
    await hub.inTenant(async (tx) => {
      expect(await listDecisions(tx, orderId)).toHaveLength(1);
      const events = await listOrderEvents(tx, { orderId, limit: 50, cursor: null });
      expect(events.items.filter((one) => one.event.type === "approval_decided")).toHaveLength(1);
    });
  });

  it("costs three statements", async () => {
    const { taskId, revisionHash } = await askedAt("400.00");
    const statements = await hub.inTenant((tx) =>
      countStatements(tx, (counted) =>
        recordDecision(counted, aDecision({ taskId, revisionHash })),
      ),
    );
    expect(statements).toBe(3);
  });
});

describe("the table itself, whoever writes,", () => {
  it("refuses a decision by someone who is excluded: four eyes", async () => {
    const { taskId, orderId, revisionHash } = await askedAt("400.00");
    await expect(
      insertDecision({ taskId, orderId, revisionHash, by: "olga@seller.example" }),
    ).rejects.toThrow(/four_eyes/);
  });

  it("refuses to be told another list of exclusions than the task's", async () => {
    const { taskId, orderId, revisionHash } = await askedAt("400.00");
    await expect(
      insertDecision({ taskId, orderId, revisionHash, by: "olga@seller.example", excluded: [] }),
    ).rejects.toThrow(/decision_of_the_revision_it_saw/);
  });

  it("refuses a decision on another revision than the task's", async () => {
    const { taskId, orderId } = await askedAt("400.00");
    await expect(
      insertDecision({ taskId, orderId, revisionHash: "another", by: "dana@seller.example" }),
    ).rejects.toThrow(/decision_of_the_revision_it_saw/);
  });

  it("refuses a second decision of one person on one task", async () => {
    const { taskId, orderId, revisionHash } = await askedAt("400.00");
    const input = { taskId, orderId, revisionHash, by: "dana@seller.example" };
    await insertDecision(input);
    await expect(insertDecision(input)).rejects.toThrow(/one_decision_per_person_and_task/);
  });

  it("keeps decisions for good, also from its owner", async () => {
    const { taskId, decide } = await askedAt("400.00");
    await decide({ by: "dana@seller.example" });
    await expect(
      asOwner(`update approval_decisions set comment = 'x' where task_id = '${taskId}'`),
    ).rejects.toThrow(/append-only/);
    await expect(
      asOwner(`delete from approval_decisions where task_id = '${taskId}'`),
    ).rejects.toThrow(/append-only/);
  });
});

describe("tasks", () => {
  it("are shown to whoever may decide them and to nobody who is excluded", async () => {
    const { taskId } = await askedAt("400.00");
    const idsFor = async (approver: string) => {
      const page = await hub.inTenant((tx) =>
        listApprovalTasks(tx, { limit: 500, cursor: null, approver, statuses: ["open"] }),
      );
      return page.items.map((one) => one.task.id);
    };
    expect(await idsFor("Dana@seller.example")).toContain(taskId);
    // In the group, but the deal is hers.
    expect(await idsFor("olga@seller.example")).not.toContain(taskId);
    expect(await idsFor("lee@seller.example")).not.toContain(taskId);
  });

  it("are not shown any more to whoever has decided, while others are still to be heard", async () => {
    const stages = catalog.approvalPolicy.stages.map((stage) => ({
      ...stage,
      quorum: { kind: "all" as const },
    }));
    const asking = { ...catalog, approvalPolicy: { stages } };
    const { orderId, taskId, decide } = await askedAt("400.00", asking);
    const isShownTo = async (approver: string) => {
      const page = await hub.inTenant((tx) =>
        listApprovalTasks(tx, { limit: 50, cursor: null, orderId, approver }),
      );
      return page.items.some(({ task }) => task.id === taskId);
    };
    await decide({ by: "dana@seller.example" });
    expect(await isShownTo("dana@seller.example")).toBe(false);
    expect(await isShownTo("fred@seller.example")).toBe(true);
    await decide({ by: "fred@seller.example" });
    // Settled: what was asked of a person stays in the list of what they were asked.
    expect(await isShownTo("dana@seller.example")).toBe(true);
  });

  it("asking again for the same revision makes no second task", async () => {
    const { orderId, taskId } = await askedAt("400.00");
    await hub.inTenant(async (tx) => {
      const task = (await findApprovalTask(tx, taskId))?.task;
      if (task === undefined) throw new Error("no task");
      const made = await replaceApprovalTasks(tx, {
        orderId,
        revision: task.revision,
        revisionHash: task.revisionHash,
        excludedEmails: task.excludedEmails,
        stages: [
          {
            stage: task.stage,
            approverEmails: task.approverEmails,
            ask: { now: true, dueAt: noon },
          },
        ],
        keep: [],
        now: noon,
      });
      expect(made).toEqual([]);
      expect((await findApprovalTask(tx, taskId))?.task.status).toBe("open");
    });
  });

  it("are asked of nobody once their order is canceled, in the same transaction", async () => {
    const { orderId } = await askedAt("300.00");
    await hub.inTenant(async (tx) => {
      const order = await lockOrder(tx, orderId);
      if (order === null) throw new Error("no order");
      const command = { type: "cancel", by: "ops", reason: null } as const;
      await recordOrderCommand(tx, { order, command, actor: "ops", now: noon });
    });
    expect((await tasksOf(orderId)).map((one) => one.task.status)).toEqual([
      "superseded",
      "superseded",
    ]);
  });

  it("a task that still counts moves along to the next revision's path; the others are superseded", async () => {
    const { orderId, taskId, decide } = await askedAt("300.00");
    await decide({ by: "dana@seller.example" });
    await hub.inTenant((tx) =>
      anOrder(tx, {
        catalog,
        deal: aDeal({
          id: `asked-${deals}`,
          version: "2",
          lines: [aDealLine({ unitPrice: "300.00", quantity: "20" })],
        }),
      }),
    );
    await hub.inTenant((tx) => askFor(tx, { catalog, orderId, keep: [taskId] }));
    const found = await hub.inTenant((tx) => loadOrderForPlanning(tx, orderId));
    if (found === null) throw new Error("no order");
    expect(
      found.tasks.map((task) => [task.stage.key, task.status, task.revision, task.pathRevision]),
    ).toEqual([
      ["finance", "approved", 1, 2],
      ["legal", "superseded", 1, 1],
      ["legal", "open", 2, 2],
    ]);
    const standings = approvalStandingsOf({ revision: 2, ...found });
    expect(standings?.path.stages.map((stage) => stage.key)).toEqual(["finance", "legal"]);
    expect(standings?.asked.map((one) => one.stageKey)).toEqual(["legal"]);
    expect(standings?.names).toMatchObject({ "lee@seller.example": "Lee Park" });
    expect(found.isFirstOrderOfCustomer).toBe(false);
  });

  it("are due from their due instant on, and lapse once", async () => {
    const { orderId, taskId } = await askedAt("400.00");
    const due = async (now: number) => {
      const tasks = await hub.inTenant((tx) =>
        dueApprovalTasks(tx, { now: instantFromMs(now), limit: 500 }),
      );
      return tasks.map((task) => task.id);
    };
    const dueAt = (await hub.inTenant((tx) => findApprovalTask(tx, taskId)))?.task.dueAt ?? 0;
    expect(await due(dueAt - 1)).not.toContain(taskId);
    expect(await due(dueAt)).toContain(taskId);
    await hub.inTenant((tx) =>
      lapseApprovalTask(tx, { orderId, stageKey: "finance", outcome: "parked", now: noon }),
    );
    expect(await due(dueAt)).not.toContain(taskId);
  });
});

/** An order over ten units at this price (list price 550.00), put to its approvers. */
async function askedAt(unitPrice: string, asking = catalog) {
  deals += 1;
  const deal = aDeal({ id: `asked-${deals}`, lines: [aDealLine({ unitPrice })] });
  const orderId = await hub.inTenant(async (tx) => {
    const id = await anOrder(tx, { catalog, deal });
    await askFor(tx, { catalog: asking, orderId: id });
    return id;
  });
  const [first] = await tasksOf(orderId);
  if (first === undefined) throw new Error("nobody was asked");
  const { id: taskId, revisionHash } = first.task;
  const decide = (differing: Partial<DecisionToRecord> = {}) =>
    hub.inTenant((tx) => recordDecision(tx, aDecision({ taskId, revisionHash, ...differing })));
  return { orderId, taskId, revisionHash, decide };
}

async function tasksOf(orderId: OrderId) {
  const page = await hub.inTenant((tx) =>
    listApprovalTasks(tx, { limit: 50, cursor: null, orderId }),
  );
  return page.items.toReversed();
}

function aDecision(
  differing: Partial<DecisionToRecord> & Pick<DecisionToRecord, "taskId" | "revisionHash">,
): DecisionToRecord {
  return {
    by: "dana@seller.example",
    userId: null,
    decision: "approve",
    comment: null,
    channel: "test",
    now: noon,
    ...differing,
  };
}

function insertDecision(input: {
  readonly taskId: ApprovalTaskId;
  readonly orderId: OrderId;
  readonly revisionHash: string;
  readonly by: string;
  readonly excluded?: readonly string[];
}) {
  const excluded = input.excluded ?? ["eric@seller.example", "olga@seller.example"];
  return hub.inTenant((tx) =>
    sql`insert into approval_decisions (id, task_id, order_id, decided_by, decision, revision_hash, excluded_emails, channel)
      values (${createId("approvalDecision")}, ${input.taskId}, ${input.orderId}, ${input.by}, 'approve',
        ${input.revisionHash}, ${[...excluded]}::text[], 'test')`.execute(tx.db),
  );
}

async function asOwner(statement: string): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: hub.databaseUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
