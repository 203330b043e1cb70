import {
  type DecisionWord,
  mayDecide,
  pathProgress,
  type StageDecision,
  settleStage,
  type TaskStatus,
} from "@usher/entitlement-core/approval";
import type {
  ApprovalDecisionId,
  ApprovalTaskId,
  Instant,
  OrderId,
  UserId,
} from "@usher/entitlement-core/kernel";
import { addHours, instantToIso } from "@usher/entitlement-core/kernel";
import {
  type ApprovalStandings,
  decideOrder,
  decisionCommand,
  type Refusal,
} from "@usher/entitlement-core/order";
import { sql } from "kysely";
import { approvalStandingsOf } from "./approval-standings.ts";
import {
  type ApprovalDecisionWithStageRow,
  type ApprovalTask,
  fromApprovalDecisionRow,
  fromApprovalTaskRow,
} from "./approval-task.ts";
import type { ApprovalTask as ApprovalTaskRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { jsonb } from "./jsonb.ts";
import { afterEvents, appendingEvents } from "./order-event-repository.ts";
import type { Row } from "./row.ts";
import {
  fromOrderRow,
  type OrderWithCustomerRow,
  orderColumns,
  type StoredOrder,
} from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

export interface DecisionToRecord {
  readonly taskId: ApprovalTaskId;
  /** E-mail address of whoever decides, as proven by how they came in. */
  readonly by: string;
  readonly userId: UserId | null;
  readonly decision: DecisionWord;
  readonly comment: string | null;
  /** The revision they looked at. */
  readonly revisionHash: string;
  /** Where it is given, such as `api`, `page` or `cli`. */
  readonly channel: string;
  readonly now: Instant;
}

export type DecisionOutcome =
  | {
      readonly kind: "recorded";
      readonly decisionId: ApprovalDecisionId;
      readonly task: ApprovalTask;
      readonly order: StoredOrder;
      /** The message that wakes the run: mark it when you have woken it yourself. */
      readonly outboxId: number;
    }
  /** `self_approval`, `not_an_approver`, `stale_revision`, `already_decided` …; nothing was written. */
  | { readonly kind: "refused"; readonly reasons: readonly [Refusal, ...Refusal[]] }
  /** There is no such task of this tenant. */
  | { readonly kind: "unknown-task" };

/**
 * Records one decision with everything that follows from it: how its stage and the path stand, the
 * next step's tasks, the order's events, and the message that wakes the run. Decisions on one order are
 * taken one after the other, so of any number at once each sees what the one before it did. The
 * table's constraints hold four eyes and the hash once more, whoever writes.
 */
export async function recordDecision(
  tx: TenantTransaction,
  input: DecisionToRecord,
): Promise<DecisionOutcome> {
  const { rows } = await sql<{ order_id: OrderId }>`
    select o.id as order_id from approval_tasks t join orders o on o.id = t.order_id
      where t.id = ${input.taskId} for update of o`.execute(tx.db);
  const orderId = rows[0]?.order_id;
  if (orderId === undefined) return { kind: "unknown-task" };
  const found = await loadForDecision(tx, orderId);
  const task = found.tasks.find((one) => one.id === input.taskId);
  if (task === undefined) return { kind: "unknown-task" };

  const allowed = mayDecide({ task, people: task, request: input, now: input.now });
  if (!allowed.ok) return { kind: "refused", reasons: allowed.reasons };
  const by = input.by.trim().toLowerCase();
  const isRepeated = found.decisions.some((one) => one.taskId === task.id && one.decidedBy === by);
  if (isRepeated) {
    const sentence = `${input.by} has already decided this task.`;
    return { kind: "refused", reasons: [{ code: "already_decided", sentence }] };
  }
  const approval = approvalStandingsOf({ revision: found.order.revision, ...found });
  if (approval === null) throw new Error(`Task ${task.id} is open, but its order has no path.`);
  const decision: StageDecision = {
    stageKey: task.stage.key,
    inputsHash: task.stage.inputsHash,
    revisionHash: input.revisionHash,
    decision: input.decision,
    decidedBy: by,
    comment: input.comment,
  };
  const events = decideOrder({
    state: found.order.state,
    command: decisionCommand({ approval, decision, now: input.now }),
  });
  if (!events.ok) return { kind: "refused", reasons: events.reasons };
  return write(tx, { input, found, task, approval, decision, events: events.value });
}

interface FoundForDecision {
  readonly order: StoredOrder;
  readonly tasks: readonly ApprovalTask[];
  readonly decisions: readonly ReturnType<typeof fromApprovalDecisionRow>[];
  readonly names: Readonly<Record<string, string>>;
}

async function loadForDecision(tx: TenantTransaction, orderId: OrderId): Promise<FoundForDecision> {
  const { rows } = await sql<
    OrderWithCustomerRow & {
      tasks: readonly Row<ApprovalTaskRow>[];
      decisions: readonly ApprovalDecisionWithStageRow[];
      names: Readonly<Record<string, string>>;
    }
  >`
    select ${orderColumns}, ${approvalOf(sql`o.id`)}
      from orders o left join customers c on c.id = o.customer_id where o.id = ${orderId}`.execute(
    tx.db,
  );
  const [row] = rows;
  if (!row) throw new Error(`Order ${orderId} vanished while it was locked.`);
  return {
    order: fromOrderRow(row),
    tasks: row.tasks.map(fromApprovalTaskRow),
    decisions: row.decisions.map(fromApprovalDecisionRow),
    names: row.names,
  };
}

/** Columns `tasks`, `decisions` and `names` of the order with this id. */
export function approvalOf(orderId: ReturnType<typeof sql>) {
  return sql`
    coalesce((select jsonb_agg(to_jsonb(t) order by t.id) from approval_tasks t
      where t.order_id = ${orderId}), '[]') as tasks,
    coalesce((select jsonb_agg(to_jsonb(d) || jsonb_build_object('stage_key', t.stage_key, 'inputs_hash', t.inputs_hash) order by d.id)
      from approval_decisions d join approval_tasks t on t.id = d.task_id where d.order_id = ${orderId}), '[]') as decisions,
    coalesce((select jsonb_object_agg(u.email, u.name) from users u where u.email in (
      select unnest(t.approver_emails) from approval_tasks t where t.order_id = ${orderId})), '{}') as names`;
}

async function write(
  tx: TenantTransaction,
  {
    input,
    found,
    task,
    approval,
    decision,
    events,
  }: {
    readonly input: DecisionToRecord;
    readonly found: FoundForDecision;
    readonly task: ApprovalTask;
    readonly approval: ApprovalStandings;
    readonly decision: StageDecision;
    readonly events: Parameters<typeof afterEvents>[0]["events"];
  },
): Promise<DecisionOutcome> {
  const decisionId = createId("approvalDecision");
  const { order } = found;
  const decisions = [...approval.decisions, decision];
  const status = statusAfter({ task, decisions });
  const changes = [
    { id: task.id, status, opened_at: isoOrNull(task.openedAt), due_at: isoOrNull(task.dueAt) },
    ...otherTasksAfter({ input, found, task, approval, decisions }),
  ];
  const appending = { order, events, actor: decision.decidedBy, now: input.now };
  const next = afterEvents(appending);
  const { rows } = await sql<{ outbox_id: number }>`
    with ${appendingEvents({ ...appending, next })}, decided as (
      insert into approval_decisions (id, task_id, order_id, decided_by, user_id, decision, comment,
          revision_hash, excluded_emails, channel, decided_at)
        values (${decisionId}, ${task.id}, ${order.id}, ${decision.decidedBy}, ${input.userId},
          ${input.decision}, ${input.comment}, ${input.revisionHash}, ${[...task.excludedEmails]}::text[],
          ${input.channel}, ${toDate(input.now)})
    ), tasks as (
      update approval_tasks t set status = i.status, opened_at = i.opened_at, due_at = i.due_at,
          decided_at = case when i.status in ('open', 'waiting') then null else ${toDate(input.now)}::timestamptz end
        from jsonb_to_recordset(${jsonb(changes)}) as i (id text, status text, opened_at timestamptz, due_at timestamptz)
        where t.id = i.id
    )
    insert into outbox (topic, key, payload)
      select 'order.wake', moved.id, ${jsonb({
        orderId: order.id,
        because: "decision",
        decisionId,
        taskId: task.id,
        revisionHash: input.revisionHash,
      })} from moved
      returning id as outbox_id`.execute(tx.db);
  const [row] = rows;
  if (!row) throw new Error(`Order ${order.id} moved while it was locked.`);
  const isOpen = status === "open";
  return {
    kind: "recorded",
    decisionId,
    task: { ...task, status, decidedAt: isOpen ? null : input.now },
    order: next,
    outboxId: row.outbox_id,
  };
}

function statusAfter({
  task,
  decisions,
}: {
  readonly task: ApprovalTask;
  readonly decisions: readonly StageDecision[];
}): TaskStatus {
  const standing = settleStage({
    stage: task.stage,
    people: task,
    decisions,
    revisionHash: task.revisionHash,
  });
  switch (standing.kind) {
    case "approved":
      return "approved";
    case "rejected":
      return "rejected";
    case "changes-requested":
      return "changes_requested";
    case "open":
    case "unreachable":
      return "open";
  }
}

/** The next step's tasks open when this one is through; a no or a request for changes supersedes the rest. */
function otherTasksAfter({
  input,
  found,
  task,
  approval,
  decisions,
}: {
  readonly input: DecisionToRecord;
  readonly found: FoundForDecision;
  readonly task: ApprovalTask;
  readonly approval: ApprovalStandings;
  readonly decisions: readonly StageDecision[];
}) {
  const { path, people } = approval;
  const { revisionHash } = found.order;
  const progress = pathProgress({ path, people, decisions, revisionHash });
  const others = found.tasks.filter(
    (one) => one.id !== task.id && (one.status === "open" || one.status === "waiting"),
  );
  switch (progress.kind) {
    case "open": {
      const open = new Set(progress.open.map((stage) => stage.key));
      return others
        .filter((one) => one.status === "waiting" && open.has(one.stage.key))
        .map((one) => ({
          id: one.id,
          status: "open",
          opened_at: instantToIso(input.now),
          due_at: instantToIso(addHours(input.now, one.stage.dueAfterHours)),
        }));
    }
    case "rejected":
    case "changes-requested":
      return others.map((one) => ({
        id: one.id,
        status: "superseded",
        opened_at: isoOrNull(one.openedAt),
        due_at: isoOrNull(one.dueAt),
      }));
    case "complete":
    case "unreachable":
      return [];
  }
}

function isoOrNull(instant: Instant | null): string | null {
  return instant === null ? null : instantToIso(instant);
}
