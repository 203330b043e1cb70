import { listApprovalTasks, type TenantTransaction } from "@usher/database";
import { formatMoney } from "@usher/entitlement-core/kernel";
import { orderTotal } from "@usher/entitlement-core/order";

/** An open approval task as lists show it. */
export interface OpenTask {
  readonly taskId: string;
  readonly revisionHash: string;
  readonly stageKey: string;
  readonly stage: string;
  readonly customer: string | null;
  readonly orderNumber: string;
  readonly orderName: string;
  readonly total: string | null;
  readonly reasons: readonly string[];
  readonly dueAt: number | null;
}

/** As many as one page shows, the newest first; older ones come up as these are decided. */
const tasksMax = 200;

/** What waits for `approver`, and what waits for others. */
export async function loadOpenTasks(
  tx: TenantTransaction,
  { approver }: { readonly approver: string },
): Promise<{ readonly mine: readonly OpenTask[]; readonly others: readonly OpenTask[] }> {
  const open = { limit: tasksMax, cursor: null, statuses: ["open" as const] };
  const mine = await listApprovalTasks(tx, { ...open, approver });
  const all = await listApprovalTasks(tx, open);
  const ids = new Set(mine.items.map(({ task }) => task.id));
  const shown = [...mine.items, ...all.items.filter(({ task }) => !ids.has(task.id))];
  const totals = await totalsOf(
    tx,
    shown.map(({ order }) => order.id),
  );
  const toOpenTask = ({ task, order }: (typeof shown)[number]): OpenTask => ({
    taskId: task.id,
    revisionHash: task.revisionHash,
    stageKey: task.stage.key,
    stage: task.stage.name,
    customer: order.customer?.name ?? null,
    orderNumber: order.number,
    orderName: order.dealName,
    total: totals.get(order.id) ?? null,
    reasons: task.stage.reasons.map((reason) => reason.sentence),
    dueAt: task.dueAt,
  });
  return {
    mine: mine.items.map(toOpenTask),
    others: shown.slice(mine.items.length).map(toOpenTask),
  };
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
