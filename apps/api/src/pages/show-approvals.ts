import { listApprovalTasks, type listOrders } from "@usher/database";
import { formatMoney } from "@usher/entitlement-core/kernel";
import { orderTotal } from "@usher/entitlement-core/order";
import { type ApprovalRow, approvalsPage } from "./approvals-page.ts";
import { htmlResponse, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";

export async function showApprovals(
  { session, shell, request }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    async (tx) => {
      const open = { limit: 100, cursor: null, statuses: ["open" as const] };
      const mine = await listApprovalTasks(tx, { ...open, approver: session.user.email });
      const all = await listApprovalTasks(tx, open);
      const ids = new Set(mine.items.map(({ task }) => task.id));
      const totals = await totalsOf(
        tx,
        all.items.map(({ order }) => order.id),
      );
      const toRow = ({ task, order }: (typeof all.items)[number]): ApprovalRow => ({
        taskId: task.id,
        stage: task.stage.name,
        customer: order.customer?.name ?? null,
        orderNumber: order.number,
        orderName: order.dealName,
        total: totals.get(order.id) ?? null,
        reasons: task.stage.reasons.map((reason) => reason.sentence),
        dueAt: task.dueAt,
        isOverdue: task.dueAt !== null && task.dueAt < request.now,
      });
      return {
        mine: mine.items.map(toRow),
        others: all.items.filter(({ task }) => !ids.has(task.id)).map(toRow),
      };
    },
  );
  return htmlResponse(approvalsPage(shell, view));
}

async function totalsOf(
  tx: Parameters<typeof listOrders>[0],
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
