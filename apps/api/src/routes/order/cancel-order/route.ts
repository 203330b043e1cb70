import { lockOrder, recordOrderCommand } from "@usher/database";
import type { Instant } from "@usher/entitlement-core/kernel";
import { loadActor } from "../../../auth/load-actor.ts";
import { ApiProblem, notFound } from "../../../http/api-problem.ts";
import { requireMatch } from "../../../http/if-match.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { toWireOrder } from "../../../wire/to-wire-order.ts";

/** Records the cancelation; the run is told by the outbox and takes back what was made. */
export function cancelOrderRoute() {
  return workRoute("cancelOrder", async ({ params, body, caller, request, tx }) => {
    const order = await lockOrder(tx, params.id);
    if (order === null) throw notFound("order");
    requireMatch({ request, current: toWireOrder(order) });
    const { name: by } = await loadActor(tx, caller);
    const reason = body.reason ?? null;
    const outcome = await recordOrderCommand(tx, {
      order,
      command: { type: "cancel", by, reason },
      actor: by,
      now: request.now as Instant,
      outbox: [
        { topic: "order.cancel", key: order.id, payload: { orderId: order.id, by, reason } },
      ],
    });
    if (outcome.kind === "refused")
      throw new ApiProblem("order_not_cancelable", outcome.reasons[0].sentence);
    if (outcome.kind === "conflict")
      throw new Error(`Order ${order.id} moved while it was locked.`);
    return { body: toWireOrder({ ...order, ...outcome.order }) };
  });
}
