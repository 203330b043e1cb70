import { findUser } from "@usher/database";
import type { DecisionWord } from "@usher/entitlement-core/approval";
import type { ApprovalTaskId } from "@usher/entitlement-core/kernel";
import { ApiProblem } from "../http/api-problem.ts";
import { takeDecision } from "../routes/approval/take-decision.ts";
import type { SignedInContext } from "./page-context.ts";
import type { PageDependencies } from "./page-dependencies.ts";

/** The signed-in person's word on one task, in a transaction of its own. Throws what `takeDecision` throws. */
export async function decideOnTask({
  page,
  deps,
  decision,
}: {
  readonly page: SignedInContext;
  readonly deps: PageDependencies;
  readonly decision: {
    readonly taskId: ApprovalTaskId;
    readonly word: DecisionWord;
    readonly comment: string;
    readonly revisionHash: string;
  };
}): Promise<void> {
  let effects: (() => Promise<void>)[] = [];
  await deps.database.withTenant({ tenantId: page.session.tenantId }, async (tx) => {
    effects = [];
    const user = await findUser(tx, page.session.user.id);
    if (user === null) throw new ApiProblem("not_an_approver", "Your user was removed.");
    await takeDecision({
      tx,
      delivery: deps.delivery,
      afterCommit: (effect) => effects.push(effect),
      taken: {
        taskId: decision.taskId,
        user,
        decision: decision.word,
        comment: decision.comment === "" ? null : decision.comment,
        revisionHash: decision.revisionHash,
        channel: "page",
        now: page.request.now,
      },
    });
  });
  for (const effect of effects) deps.background.run("decide_on_page", effect);
}
