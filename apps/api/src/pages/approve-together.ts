import { isId } from "@usher/entitlement-core/kernel";
import { toApiProblem } from "../http/answer-request.ts";
import { decideOnTask } from "./decide-on-task.ts";
import { loadOpenTasksOfStage } from "./load-open-tasks.ts";
import { htmlResponse, readSessionForm, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import { redirect } from "./redirect.ts";
import { togetherDonePage, togetherPage } from "./together-page.ts";

/** The viewer's open tasks of `?stage=`. Shows; decides nothing. */
export async function showTogether(
  { session, shell, context }: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const stageKey = context.req.query("stage") ?? "";
  const { tasks, nextCursor } = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) =>
      loadOpenTasksOfStage(tx, {
        approver: session.user.email,
        stageKey,
        cursor: context.req.query("cursor") ?? null,
      }),
  );
  const stage = tasks[0]?.stage ?? "Approvals";
  return htmlResponse(togetherPage(shell, { stage, stageKey, rows: tasks, nextCursor }));
}

/** Each task is decided by itself: one that moved on meanwhile stops no other. */
export async function approveTogether(
  page: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  const form = await readSessionForm(page);
  const chosen = [...form].flatMap(([name, revisionHash]) => {
    const taskId = /^task:(.+)$/.exec(name)?.[1] ?? "";
    return isId("approvalTask", taskId) ? [{ taskId, revisionHash }] : [];
  });
  if (chosen.length === 0) {
    return redirect(`/approvals/together?stage=${encodeURIComponent(form.get("stage") ?? "")}`);
  }
  const comment = (form.get("comment") ?? "").slice(0, 4_000).trim();
  const refused: { taskId: string; reason: string }[] = [];
  for (const { taskId, revisionHash } of chosen) {
    try {
      await decideOnTask({
        page,
        deps,
        decision: { taskId, word: "approve", comment, revisionHash },
      });
    } catch (error) {
      const problem = toApiProblem(error);
      if (problem.status >= 500) throw error;
      refused.push({ taskId, reason: problem.message });
    }
  }
  const approved = chosen.length - refused.length;
  return htmlResponse(togetherDonePage(page.shell, { approved, refused }));
}
