import type { WireCheckoutSession } from "@usher/api-contract";
import type { CheckoutSession, CheckoutSessionStatus } from "@usher/database";
import { orderTotal } from "@usher/entitlement-core/order";
import { toWireInstant } from "./to-wire-instant.ts";
import { toWireMoney } from "./to-wire-money.ts";

export function toWireCheckoutSession(session: CheckoutSession): WireCheckoutSession {
  const { content, status, expiresAt } = session;
  return {
    id: session.id,
    status: toWireStatus(status),
    url: session.url,
    expires_at: expiresAt === null ? null : toWireInstant(expiresAt),
    order_id: status === "completed" ? session.orderId : null,
    customer: { external_id: content.customer.externalId, name: content.customer.name },
    total: toWireMoney(orderTotal(content)),
    lines: content.lines.map(({ sku, quantity, unitPrice, term }) => ({
      sku,
      quantity,
      unit_price: toWireMoney(unitPrice),
      term: { starts_on: term.startsOn, months: term.months },
    })),
    created_at: toWireInstant(session.createdAt),
  };
}

/** Which of ours are shown under this word. */
export function checkoutStatusesOf(
  shown: WireCheckoutSession["status"],
): readonly CheckoutSessionStatus[] {
  return shown === "open" ? ["opening", "open"] : [shown];
}

/** For whoever reads it there is no difference: nobody has paid, and asking again gives the page. */
function toWireStatus(status: CheckoutSessionStatus): WireCheckoutSession["status"] {
  return status === "opening" ? "open" : status;
}
