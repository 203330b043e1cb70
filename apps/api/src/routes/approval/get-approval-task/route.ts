import type { ApiDependencies } from "../../../api-dependencies.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import { loadWireApprovalTask } from "../load-approval-task.ts";

export function getApprovalTaskRoute({ database }: Pick<ApiDependencies, "database">) {
  return plainRoute("getApprovalTask", async ({ params, caller }) => ({
    body: await database.withTenant({ tenantId: caller.tenantId, readOnly: true }, (tx) =>
      loadWireApprovalTask(tx, params.id),
    ),
  }));
}
