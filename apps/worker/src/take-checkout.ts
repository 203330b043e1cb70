import type { BillingChange } from "@usher/connector-sdk/spec";
import {
  findCheckoutSession,
  receiveDeal,
  recordCheckoutStatus,
  type TenantTransaction,
} from "@usher/database";
import type { ConnectionId, Instant } from "@usher/entitlement-core/kernel";

export interface CheckoutToTake {
  readonly change: Extract<BillingChange, { kind: "checkout" }>;
  readonly connectionId: ConnectionId;
  readonly system: string;
  readonly now: Instant;
}

/**
 * Takes what became of a checkout page. What was paid is an order, under the id that the page has
 * carried since before it was opened; however often it is announced, it is one. Throws for money
 * that makes no order of its own: the message then ends in quarantine, where a person sees it.
 * Answers why there was nothing to do, or null.
 */
export async function takeCheckout(
  tx: TenantTransaction,
  { change, connectionId, system, now }: CheckoutToTake,
): Promise<string | null> {
  const { orderId, recordId, outcome } = change;
  const session =
    orderId === null ? null : await findCheckoutSession(tx, { orderId }, { locks: true });
  if (session === null || session.connectionId !== connectionId) {
    const unknown = `Checkout ${recordId} names order ${orderId ?? "(none)"}, for which this hub has opened no page`;
    if (outcome === "failed" || outcome === "expired") return `${unknown}; nobody paid.`;
    throw new Error(
      `${unknown}, and the customer went through it. Look it up in ${system}: refund it, or take it as an order by POST /v1/orders; then leave this message or replay it.`,
    );
  }
  const isOtherPage = session.remoteId !== null && session.remoteId !== recordId;
  if (session.status === "completed") {
    if (!isOtherPage || outcome !== "paid") return "The session is an order already.";
    throw new Error(
      `Order ${session.orderId} was paid twice, by checkouts ${session.remoteId} and ${recordId}. Refund one of them in ${system}; then leave this message.`,
    );
  }
  if (isOtherPage && (outcome === "failed" || outcome === "expired")) {
    return `The session's page is ${session.remoteId} by now; nobody paid on ${recordId}.`;
  }
  if (outcome === "paid") {
    const received = await receiveDeal(tx, {
      orderId: session.orderId,
      deal: session.deal,
      reading: { ok: true, content: session.content },
      receivedFrom: "checkout",
      connectionId: null,
      requestedBy: session.requestedBy,
      traceparent: null,
      readAt: now,
    });
    if (received.orderId !== session.orderId) {
      throw new Error(
        `Checkout ${recordId} is paid, and another order, ${received.orderId}, was sent under its source ${session.deal.system} ${session.deal.id}. Cancel that one and refund the checkout in ${system}; then leave this message.`,
      );
    }
  }
  await recordCheckoutStatus(tx, {
    id: session.id,
    remoteId: recordId,
    status: outcome === "paid" ? "completed" : outcome,
  });
  return null;
}
