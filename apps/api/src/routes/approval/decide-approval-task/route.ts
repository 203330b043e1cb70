import { loadActor } from "../../../auth/load-actor.ts";
import { workRoute } from "../../../http/route-handler.ts";
import type { EagerDelivery } from "../../order/eager-delivery.ts";
import { loadWireApprovalTask } from "../load-approval-task.ts";
import { requirePerson, takeDecision } from "../take-decision.ts";

export function decideApprovalTaskRoute({ delivery }: { readonly delivery: EagerDelivery }) {
  return workRoute(
    "decideApprovalTask",
    async ({ params, body, caller, request, tx, afterCommit }) => {
      // Another tenant's task is no task, whoever asks.
      await loadWireApprovalTask(tx, params.id);
      const user = requirePerson((await loadActor(tx, caller)).user);
      await takeDecision({
        tx,
        delivery,
        afterCommit,
        taken: {
          taskId: params.id,
          user,
          decision: body.decision,
          comment: body.comment ?? null,
          revisionHash: body.revision_hash,
          channel: "api",
          now: request.now,
        },
      });
      return { body: await loadWireApprovalTask(tx, params.id) };
    },
  );
}
