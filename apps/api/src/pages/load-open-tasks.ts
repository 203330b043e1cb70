import {
  type ApprovalTaskWithOrder,
  countTasksAskedOf,
  listApprovalTasks,
  type Page,
  type TenantTransaction,
} from "@usher/database";
import { formatMoney } from "@usher/entitlement-core/kernel";
import { orderTotal } from "@usher/entitlement-core/order";

/** An open approval task as lists show it. */
export interface OpenTask {
  readonly taskId: string;
  readonly revisionHash: string;
  readonly stage: string;
  readonly customer: string | null;
  readonly orderNumber: string;
  readonly orderName: string;
  readonly total: string | null;
  readonly reasons: readonly string[];
  readonly dueAt: number | null;
}

/** One page of a list of tasks, newest first. */
export interface OpenTasksPage {
  readonly tasks: readonly OpenTask[];
  readonly nextCursor: string | null;
}

export interface StageAsked {
  readonly stageKey: string;
  readonly stage: string;
  /** All of them, however many a page shows. */
  readonly count: number;
}

/** A list read on a phone. */
const listedMax = 50;
/** As many as are decided by one press of a button. */
const decidedTogetherMax = 200;

/** What waits for `approver`, and what waits for others: a page of each. */
export async function loadOpenTasks(
  tx: TenantTransaction,
  input: {
    readonly approver: string;
    readonly mineCursor: string | null;
    readonly othersCursor: string | null;
  },
): Promise<{
  readonly mine: OpenTasksPage;
  readonly others: OpenTasksPage;
  readonly stages: readonly StageAsked[];
}> {
  const { approver } = input;
  const open = { limit: listedMax, statuses: ["open" as const] };
  const mine = await listApprovalTasks(tx, { ...open, cursor: input.mineCursor, approver });
  const others = await listApprovalTasks(tx, {
    ...open,
    cursor: input.othersCursor,
    exceptApprover: approver,
  });
  return {
    mine: await toOpenTasksPage(tx, mine),
    others: await toOpenTasksPage(tx, others),
    stages: await countTasksAskedOf(tx, { approver }),
  };
}

/** What waits for `approver` in one stage. */
export async function loadOpenTasksOfStage(
  tx: TenantTransaction,
  input: {
    readonly approver: string;
    readonly stageKey: string;
    readonly cursor: string | null;
  },
): Promise<OpenTasksPage> {
  const page = await listApprovalTasks(tx, {
    ...input,
    limit: decidedTogetherMax,
    statuses: ["open"],
  });
  return toOpenTasksPage(tx, page);
}

async function toOpenTasksPage(
  tx: TenantTransaction,
  { items, nextCursor }: Page<ApprovalTaskWithOrder>,
): Promise<OpenTasksPage> {
  const totals = await totalsOf(
    tx,
    items.map(({ order }) => order.id),
  );
  const tasks = items.map(
    ({ task, order }): OpenTask => ({
      taskId: task.id,
      revisionHash: task.revisionHash,
      stage: task.stage.name,
      customer: order.customer?.name ?? null,
      orderNumber: order.number,
      orderName: order.dealName,
      total: totals.get(order.id) ?? null,
      reasons: task.stage.reasons.map((reason) => reason.sentence),
      dueAt: task.dueAt,
    }),
  );
  return { tasks, nextCursor };
}

async function totalsOf(
  tx: TenantTransaction,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (orderIds.length === 0) return new Map();
  const rows = await tx.db
    .selectFrom("orders as o")
    .innerJoin("order_revisions as r", (join) =>
      join.onRef("r.order_id", "=", "o.id").onRef("r.revision", "=", "o.revision"),
    )
    .select(["o.id", "r.content"])
    .where("o.id", "in", [...orderIds])
    .execute();
  return new Map(
    rows.flatMap((row) =>
      row.content === null
        ? []
        : [[row.id, formatMoney(orderTotal(row.content as never))] as const],
    ),
  );
}
