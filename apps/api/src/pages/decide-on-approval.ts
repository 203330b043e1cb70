import { isId } from "@usher/entitlement-core/kernel";
import { toApiProblem } from "../http/answer-request.ts";
import { ApiProblem, notFound } from "../http/api-problem.ts";
import { approvalPage } from "./approval-page.ts";
import { decideOnTask } from "./decide-on-task.ts";
import type { Html } from "./html.ts";
import { loadApprovalView } from "./load-approval-view.ts";
import { htmlResponse, readSessionForm, type SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";
import { redirect } from "./redirect.ts";

async function approvalHtml({
  page,
  deps,
  comment,
  refusal,
}: {
  readonly page: SignedInContext;
  readonly deps: PageDependencies;
  readonly comment: string;
  readonly refusal: string | null;
}): Promise<Html> {
  const id = page.context.req.param("id") ?? "";
  if (!isId("approvalTask", id)) throw notFound("approval task");
  const { session, shell } = page;
  const view = await deps.database.withTenant(
    { tenantId: session.tenantId, readOnly: true },
    (tx) => loadApprovalView({ tx, taskId: id, viewerEmail: session.user.email, time: shell.time }),
  );
  if (view === null) throw notFound("approval task");
  return approvalPage(shell, { ...view, comment, refusal });
}

export async function showApproval(
  page: SignedInContext,
  deps: PageDependencies,
): Promise<Response> {
  return htmlResponse(await approvalHtml({ page, deps, comment: "", refusal: null }));
}

const decisions = ["approve", "reject", "request_changes"] as const;

/** One click that counts once; a late one is shown who decided, not an error. */
export async function decide(page: SignedInContext, deps: PageDependencies): Promise<Response> {
  const form = await readSessionForm(page);
  const id = page.context.req.param("id") ?? "";
  if (!isId("approvalTask", id)) throw notFound("approval task");
  const decision = decisions.find((one) => one === form.get("decision"));
  const comment = (form.get("comment") ?? "").slice(0, 4_000).trim();
  if (decision === undefined)
    throw new ApiProblem(
      "invalid_request",
      "The form said neither approve, reject nor request changes.",
    );
  const revisionHash = form.get("revision_hash") ?? "";
  try {
    await decideOnTask({
      page,
      deps,
      decision: { taskId: id, word: decision, comment, revisionHash },
    });
  } catch (error) {
    const problem = toApiProblem(error);
    if (problem.status >= 500 || problem.code === "not_found") throw error;
    const shown = await approvalHtml({ page, deps, comment, refusal: problem.message });
    return htmlResponse(shown, { status: problem.status });
  }
  return redirect(`/approvals/${id}`);
}
