import { lockOrder, recordOrderCommand } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import { loadActor } from "../../../auth/load-actor.ts";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { requireMatch } from "../../../http/if-match.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireOrder } from "../../../wire/to-wire-order.ts";

/** Takes an order at Action needed up again; the run, woken by the outbox, looks at the truth anew. */
export function resumeOrderRoute() {
  return workRoute("resumeOrder", async ({ params, body, caller, request, tx }) => {
    const order = await lockOrder(tx, params.id);
    if (order === null) throw notFound("order");
    requireMatch({ request, current: toWireOrder(order) });
    const { name: by } = await loadActor(tx, caller);
    const outcome = await recordOrderCommand(tx, {
      order,
      command: { type: "resume", by, because: body.because ?? "asked to" },
      actor: by,
      now: request.now as Instant,
      outbox: [
        { topic: "order.wake", key: order.id, payload: { orderId: order.id, because: "resumed" } },
      ],
    });
    if (outcome.kind === "refused")
      throw new ApiProblem("order_not_resumable", outcome.reasons[0].sentence);
    if (outcome.kind === "conflict")
      throw new Error(`Order ${order.id} moved while it was locked.`);
    return { body: toWireOrder({ ...order, ...outcome.order }) };
  });
}
