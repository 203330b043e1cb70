import { findUser } from "@usher/database";
import { isId } from "@usher/entitlement-core/kernel";
import { toApiProblem } from "../http/answer-request.ts";
import { ApiProblem, notFound } from "../http/api-problem.ts";
import { takeDecision } from "../routes/approval/take-decision.ts";
import { approvalPage } from "./approval-page.ts";
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
  let effects: (() => Promise<void>)[] = [];
  try {
    await deps.database.withTenant({ tenantId: page.session.tenantId }, async (tx) => {
      effects = [];
      const user = await findUser(tx, page.session.user.id);
      if (user === null) throw new ApiProblem("not_an_approver", "Your user was removed.");
      await takeDecision({
        tx,
        delivery: deps.delivery,
        afterCommit: (effect) => effects.push(effect),
        taken: {
          taskId: id,
          user,
          decision,
          comment: comment === "" ? null : comment,
          revisionHash: form.get("revision_hash") ?? "",
          channel: "page",
          now: page.request.now,
        },
      });
    });
  } catch (error) {
    const problem = toApiProblem(error);
    if (problem.status >= 500 || problem.code === "not_found") throw error;
    const shown = await approvalHtml({ page, deps, comment, refusal: problem.message });
    return htmlResponse(shown, { status: problem.status });
  }
  for (const effect of effects) deps.background.run("decide_on_page", effect);
  return redirect(`/approvals/${id}`);
}
