import { approvalsPage } from "./approvals-page.ts";
import { loadOpenTasks } from "./load-open-tasks.ts";
import { htmlResponse, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";

export async function showApprovals(
  { context, session, shell, request }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const cursors = {
    mine: context.req.query("mine") ?? null,
    others: context.req.query("others") ?? null,
  };
  const tasks = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) =>
      loadOpenTasks(tx, {
        approver: session.user.email,
        mineCursor: cursors.mine,
        othersCursor: cursors.others,
      }),
  );
  return htmlResponse(approvalsPage(shell, { ...tasks, cursors, now: request.now }));
}
