import type { DecideMany, WireApprovalTask } from "@usher/api-contract";
import { type ApprovalTaskId, isId } from "@usher/entitlement-core/kernel";
import type { ApiDependencies } from "../../../api-dependencies.ts";
import type { Caller } from "../../../auth/caller.ts";
import { loadActor } from "../../../auth/load-actor.ts";
import { toApiProblem } from "../../../http/answer-request.ts";
import { ApiProblem, notFound, toProblem } from "../../../http/api-problem.ts";
import type { BackgroundWork } from "../../../http/background-work.ts";
import type { RequestFacts } from "../../../http/request-facts.ts";
import { plainRoute } from "../../../http/route-handler.ts";
import type { EagerDelivery } from "../../order/eager-delivery.ts";
import { loadWireApprovalTask } from "../load-approval-task.ts";
import { requirePerson, takeDecision } from "../take-decision.ts";

interface Dependencies extends Pick<ApiDependencies, "database"> {
  readonly delivery: EagerDelivery;
  readonly background: BackgroundWork;
}

/**
 * Each task is decided in a transaction of its own: a refused one neither stops nor undoes another.
 * Repeating the request is safe: what was decided by it is answered `already_decided`.
 */
export function decideApprovalTasksRoute(deps: Dependencies) {
  return plainRoute("decideApprovalTasks", async ({ body, caller, request }) => {
    const data: (
      | { id: string; decided: true; task: WireApprovalTask }
      | { id: string; decided: false; problem: ReturnType<typeof toProblem> }
    )[] = [];
    for (const one of body.tasks) {
      try {
        data.push({
          id: one.id,
          decided: true,
          task: await decideOne({ deps, one, body, caller, request }),
        });
      } catch (error) {
        const problem = toApiProblem(error);
        // A refusal is this task's answer; a fault of ours is the whole request's.
        if (!(error instanceof ApiProblem) && problem.code === "internal_error") throw error;
        const occurrence = {
          path: request.path,
          requestId: request.requestId,
          traceId: request.trace.traceId,
        };
        data.push({ id: one.id, decided: false, problem: toProblem(problem, occurrence) });
      }
    }
    return { body: { data } };
  });
}

async function decideOne({
  deps,
  one,
  body,
  caller,
  request,
}: {
  readonly deps: Dependencies;
  readonly one: DecideMany["tasks"][number];
  readonly body: DecideMany;
  readonly caller: Caller;
  readonly request: RequestFacts;
}): Promise<WireApprovalTask> {
  if (!isId("approvalTask", one.id)) throw notFound("approval task");
  const taskId: ApprovalTaskId = one.id;
  let effects: (() => Promise<void>)[] = [];
  const task = await deps.database.withTenant({ tenantId: caller.tenantId }, async (tx) => {
    effects = [];
    await loadWireApprovalTask(tx, taskId);
    const user = requirePerson((await loadActor(tx, caller)).user);
    await takeDecision({
      tx,
      delivery: deps.delivery,
      afterCommit: (effect) => effects.push(effect),
      taken: {
        taskId,
        user,
        decision: body.decision,
        comment: body.comment ?? null,
        revisionHash: one.revision_hash,
        channel: "api",
        now: request.now,
      },
    });
    return loadWireApprovalTask(tx, taskId);
  });
  for (const effect of effects) deps.background.run("decideApprovalTasks", effect);
  return task;
}
