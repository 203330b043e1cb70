import { listApprovalTasks } from "@usher/database";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import { loadActor } from "../../../auth/load-actor.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { toWireApprovalTask } from "../../../wire/to-wire-approval-task.ts";
import { toWireList } from "../../../wire/to-wire-list.ts";
import { decisionsOfTasks } from "../decisions-of-tasks.ts";

export function listApprovalTasksRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("listApprovalTasks", async ({ query, caller }) =>
    database.withTenant({ tenantId: caller.tenantId, readOnly: true }, async (tx) => {
      const me = query.mine === "true" ? await loadActor(tx, caller) : null;
      const page = await listApprovalTasks(tx, {
        limit: query.limit,
        cursor: query.cursor ?? null,
        ...(query.status === undefined ? {} : { statuses: [query.status] }),
        ...(query.order_id === undefined ? {} : { orderId: query.order_id }),
        ...(me === null ? {} : { approver: me.name }),
      });
      const decisions = await decisionsOfTasks(
        tx,
        page.items.map(({ task }) => task.id),
      );
      return {
        body: toWireList(page, ({ task, order }) =>
          toWireApprovalTask({ task, order, decisions: decisions.get(task.id) ?? [] }),
        ),
      };
    }),
  );
}
