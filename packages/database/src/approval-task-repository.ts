import type { PlannedStage, TaskStatus } from "@usher/entitlement-core/approval";
import type { ApprovalTaskId, Instant, OrderId } from "@usher/entitlement-core/kernel";
import { instantToIso } from "@usher/entitlement-core/kernel";
import { sql } from "kysely";
import {
  type ApprovalDecisionWithStageRow,
  type ApprovalTask,
  fromApprovalDecisionRow,
  fromApprovalTaskRow,
  type RecordedDecision,
} from "./approval-task.ts";
import type { ApprovalTask as ApprovalTaskRow } from "./generated/rows.ts";
import { createId } from "./ids.ts";
import { jsonb } from "./jsonb.ts";
import { type Page, type PageRequest, readCursor, rowsToRead, toPage } from "./page.ts";
import type { Row } from "./row.ts";
import {
  fromOrderRow,
  type OrderWithCustomerRow,
  orderColumns,
  type StoredOrder,
} from "./stored-order.ts";
import type { TenantTransaction } from "./tenant-transaction.ts";
import { toDate } from "./timestamps.ts";

export interface StageToPut {
  readonly stage: PlannedStage;
  readonly approverEmails: readonly string[];
  /** `open`: asked now. `waiting`: asked once the steps before it are through. */
  readonly ask: { readonly now: true; readonly dueAt: Instant } | { readonly now: false };
}

/**
 * Makes `stages` the stages that are asked for the revision, in one statement. Tasks in `keep`
 * (their decisions still count) move along to the revision's path; whatever else is open or waiting is
 * superseded; a stage that is asked already with the same inputs for the same revision is left as it
 * is. No stages and nothing kept: nobody is asked any more. Answers the ids of the new tasks.
 */
export async function replaceApprovalTasks(
  tx: TenantTransaction,
  input: {
    readonly orderId: OrderId;
    readonly revision: number;
    readonly revisionHash: string;
    readonly excludedEmails: readonly string[];
    readonly stages: readonly StageToPut[];
    readonly keep: readonly ApprovalTaskId[];
    readonly now: Instant;
  },
): Promise<readonly ApprovalTaskId[]> {
  const rows = input.stages.map(({ stage, approverEmails, ask }) => ({
    id: createId("approvalTask"),
    stage_key: stage.key,
    stage_name: stage.name,
    step: stage.step,
    stage,
    inputs_hash: stage.inputsHash,
    approver_emails: inLowerCase(approverEmails),
    status: ask.now ? "open" : "waiting",
    opened_at: ask.now ? instantToIso(input.now) : null,
    due_at: ask.now ? instantToIso(ask.dueAt) : null,
  }));
  const excluded = inLowerCase(input.excludedEmails);
  const keep = [...input.keep];
  // The live task of a stage must be gone before its successor comes: one statement each.
  await sql`
    with kept as (
      update approval_tasks set path_revision = ${input.revision}
        where order_id = ${input.orderId} and id = any (${keep}::text[]) and path_revision < ${input.revision}
    )
    update approval_tasks t set status = 'superseded'
      where t.order_id = ${input.orderId} and t.status in ('open', 'waiting')
        and not (t.id = any (${keep}::text[]))
        and not exists (select from jsonb_to_recordset(${jsonb(rows)}) as i (stage_key text, inputs_hash text, status text)
          where t.revision_hash = ${input.revisionHash} and i.stage_key = t.stage_key
            and i.inputs_hash = t.inputs_hash and i.status = t.status
            and t.excluded_emails = ${excluded}::text[])`.execute(tx.db);
  const { rows: made } = await sql<{ id: ApprovalTaskId }>`
    insert into approval_tasks (id, order_id, revision, revision_hash, path_revision, stage_key, stage_name,
        step, stage, inputs_hash, approver_emails, excluded_emails, status, opened_at, due_at)
      select i.id, ${input.orderId}, ${input.revision}, ${input.revisionHash}, ${input.revision}, i.stage_key,
          i.stage_name, i.step, i.stage, i.inputs_hash, i.approver_emails, ${excluded}::text[], i.status,
          i.opened_at, i.due_at
        from jsonb_to_recordset(${jsonb(rows)}) as i (id text, stage_key text, stage_name text, step int,
          stage jsonb, inputs_hash text, approver_emails text[], status text, opened_at timestamptz, due_at timestamptz)
      on conflict (tenant_id, order_id, stage_key) where status in ('waiting', 'open') do nothing
      returning id`.execute(tx.db);
  return made.map((row) => row.id);
}

/** A task with its order, as a list or a page shows it. */
export interface ApprovalTaskWithOrder {
  readonly task: ApprovalTask;
  readonly order: StoredOrder;
}

/** Null: there is no such task of this tenant. */
export async function findApprovalTask(
  tx: TenantTransaction,
  id: ApprovalTaskId,
): Promise<ApprovalTaskWithOrder | null> {
  const { rows } = await sql<TaskWithOrderRow>`
    select ${taskColumns}, ${orderColumns} from ${tasksWithOrders} where t.id = ${id}`.execute(
    tx.db,
  );
  const [row] = rows;
  return row ? fromTaskWithOrderRow(row) : null;
}

/**
 * Newest first. With `approver`: what this person may decide, so not what they requested, own or
 * edited, nor what waits only for others because they have decided it. With `exceptApprover`: all
 * the others.
 */
export async function listApprovalTasks(
  tx: TenantTransaction,
  input: PageRequest & {
    readonly statuses?: readonly TaskStatus[];
    readonly orderId?: OrderId;
    readonly stageKey?: string;
    readonly approver?: string;
    readonly exceptApprover?: string;
  },
): Promise<Page<ApprovalTaskWithOrder>> {
  const conditions = [sql`true`];
  const before = readCursor(input);
  if (before !== null) conditions.push(sql`t.id < ${before}`);
  if (input.statuses !== undefined) {
    conditions.push(sql`t.status = any (${[...input.statuses]}::text[])`);
  }
  if (input.orderId !== undefined) conditions.push(sql`t.order_id = ${input.orderId}`);
  if (input.stageKey !== undefined) conditions.push(sql`t.stage_key = ${input.stageKey}`);
  if (input.approver !== undefined) conditions.push(maySay(input.approver));
  if (input.exceptApprover !== undefined) {
    conditions.push(sql`not (${maySay(input.exceptApprover)})`);
  }
  const { rows } = await sql<TaskWithOrderRow>`
    select ${taskColumns}, ${orderColumns} from ${tasksWithOrders}
      where ${sql.join(conditions, sql` and `)} order by t.id desc limit ${rowsToRead(input)}`.execute(
    tx.db,
  );
  return toPage({
    rows: rows.map(fromTaskWithOrderRow),
    request: input,
    idOf: (one) => one.task.id,
  });
}

/** How many open tasks of each stage this person may decide, by the stage's key. */
export async function countTasksAskedOf(
  tx: TenantTransaction,
  { approver }: { readonly approver: string },
): Promise<
  readonly { readonly stageKey: string; readonly stage: string; readonly count: number }[]
> {
  const { rows } = await sql<{ stageKey: string; stage: string; count: number }>`
    select t.stage_key as "stageKey", max(t.stage_name) as stage, count(*)::int as count
      from approval_tasks t where t.status = 'open' and ${maySay(approver)}
      group by t.stage_key order by t.stage_key`.execute(tx.db);
  return rows;
}

/** The task `t` is one that this person may decide, or might have. */
function maySay(person: string) {
  const email = person.toLowerCase();
  return sql`${email} = any (t.approver_emails) and not (${email} = any (t.excluded_emails))
    and (t.status <> 'open' or not exists (select from approval_decisions d
      where d.task_id = t.id and d.decided_by = ${email}))`;
}

/** Open tasks whose due instant has come, the longest overdue first. */
export async function dueApprovalTasks(
  tx: TenantTransaction,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<readonly ApprovalTask[]> {
  const { rows } = await sql<Row<ApprovalTaskRow>>`
    select * from approval_tasks where status = 'open' and due_at <= ${toDate(now)}
      order by due_at, id limit ${limit}`.execute(tx.db);
  return rows.map(fromApprovalTaskRow);
}

/** Silence has settled the stage: its open task is parked or denied. Its order's events are the caller's. */
export async function lapseApprovalTask(
  tx: TenantTransaction,
  input: {
    readonly orderId: OrderId;
    readonly stageKey: string;
    readonly outcome: "parked" | "denied";
    readonly now: Instant;
  },
): Promise<void> {
  await sql`
    update approval_tasks set status = ${input.outcome}, decided_at = ${toDate(input.now)}
      where order_id = ${input.orderId} and stage_key = ${input.stageKey} and status = 'open'`.execute(
    tx.db,
  );
}

/** Everything ever decided on the order, oldest first. */
export async function listDecisions(
  tx: TenantTransaction,
  orderId: OrderId,
): Promise<readonly RecordedDecision[]> {
  const { rows } = await sql<ApprovalDecisionWithStageRow>`
    select d.*, t.stage_key, t.inputs_hash from approval_decisions d
      join approval_tasks t on t.id = d.task_id
      where d.order_id = ${orderId} order by d.id`.execute(tx.db);
  return rows.map(fromApprovalDecisionRow);
}

function inLowerCase(emails: readonly string[]): string[] {
  return [...new Set(emails.map((email) => email.trim().toLowerCase()))].sort();
}

const taskColumns = sql`to_jsonb(t) as task`;
const tasksWithOrders = sql`approval_tasks t
  join orders o on o.id = t.order_id left join customers c on c.id = o.customer_id`;

interface TaskWithOrderRow extends OrderWithCustomerRow {
  readonly task: Row<ApprovalTaskRow>;
}

function fromTaskWithOrderRow(row: TaskWithOrderRow): ApprovalTaskWithOrder {
  return { task: fromApprovalTaskRow(row.task), order: fromOrderRow(row) };
}
