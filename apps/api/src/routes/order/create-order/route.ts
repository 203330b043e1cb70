import { type DealOutcome, loadOrder, receiveDeal } from "@usher/database";
import { type Deal, parseDeal } from "@usher/entitlement-core/deal";
import type { OrderId, TenantId } from "@usher/entitlement-core/kernel";
import { dateAt, type Instant, type TimeZone } from "@usher/entitlement-core/kernel";
import { loadActor } from "../../../auth/load-actor.ts";
import { ApiProblem } from "../../../http/api-problem.ts";
import { workRoute } from "../../../http/route-handler.ts";
import { dealFromRequest } from "../../../wire/deal-from-request.ts";
import { toWireOrder } from "../../../wire/to-wire-order.ts";
import type { EagerDelivery } from "../eager-delivery.ts";
import { emptyCatalog, type PublishedCatalogCache } from "../published-catalog-cache.ts";

/**
 * Takes an order by REST the way every deal is taken: read by `parseDeal`, stored by `receiveDeal`.
 * A deal with faults is an order at Action needed, not a refused request: nothing that was sold is
 * lost. Customer, order, revision, events, outbox message and Idempotency-Key are one transaction;
 * the run is started right after it, and by the outbox should Temporal be away.
 */
export function createOrderRoute({
  catalogs,
  delivery,
}: {
  readonly catalogs: PublishedCatalogCache;
  readonly delivery: EagerDelivery;
}) {
  return workRoute("createOrder", async ({ body, caller, request, tx, afterCommit }) => {
    const actor = await loadActor(tx, caller);
    const deal = dealFromRequest({ body, sender: actor.user });
    const catalog = (await catalogs.load(tx)) ?? emptyCatalog;
    const receivedOn = dateAt({
      instant: request.now as Instant,
      timeZone: catalog.timeZone as TimeZone,
    });
    const outcome = await receiveDeal(tx, {
      deal,
      reading: parseDeal({ deal, catalog, receivedOn }),
      receivedFrom: "rest",
      connectionId: null,
      requestedBy: actor.name,
      traceparent: request.trace.traceparent,
      readAt: request.now as Instant,
    });
    refuseWhatWasNotTaken(outcome, deal);
    await deliverEagerly({ outcome, delivery, tenantId: caller.tenantId, tx, afterCommit });
    const order = await loadOrder(tx, { id: outcome.orderId });
    if (order === null)
      throw new Error(`Order ${outcome.orderId} vanished in its own transaction.`);
    return { body: toWireOrder(order), headers: { Location: `/v1/orders/${order.id}` } };
  });
}

function refuseWhatWasNotTaken(outcome: DealOutcome, deal: Deal): void {
  if (outcome.kind === "refused")
    throw new ApiProblem(outcome.reasons[0].code, outcome.reasons[0].sentence);
  if (outcome.kind === "unchanged" && outcome.because === "overtaken") {
    throw new ApiProblem(
      "order_version_conflict",
      `A later reading of ${deal.system} ${deal.id} is already here. Read the deal again and send its newest version.`,
    );
  }
}

async function deliverEagerly({
  outcome,
  delivery,
  tenantId,
  tx,
  afterCommit,
}: {
  readonly outcome: DealOutcome;
  readonly delivery: EagerDelivery;
  readonly tenantId: TenantId;
  readonly tx: Parameters<EagerDelivery["claim"]>[0];
  readonly afterCommit: (effect: () => Promise<void>) => void;
}): Promise<void> {
  if (outcome.kind === "unchanged" || outcome.kind === "refused") return;
  const { outboxId } = outcome;
  const orderId: OrderId = outcome.orderId;
  const isClaimed = await delivery.claim(tx, outboxId);
  if (!isClaimed) return;
  afterCommit(() =>
    outcome.kind === "created"
      ? delivery.start({ tenantId, orderId, outboxId })
      : delivery.wake({
          tenantId,
          orderId,
          outboxId,
          because: outcome.kind === "revised" ? "revision" : "resumed",
        }),
  );
}
