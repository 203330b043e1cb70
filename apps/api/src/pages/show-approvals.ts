import { approvalsPage } from "./approvals-page.ts";
import { loadOpenTasks } from "./load-open-tasks.ts";
import { htmlResponse, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";

export async function showApprovals(
  { session, shell, request }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const tasks = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) => loadOpenTasks(tx, { approver: session.user.email }),
  );
  return htmlResponse(approvalsPage(shell, { ...tasks, now: request.now }));
}
