import type { DealStatus } from "../../spec/index.ts";
import type { AcmeDeal } from "./acme-deal-api.ts";

export type AcmeShownOrder = NonNullable<AcmeDeal["usher"]>;

/** A status as our field on the deal holds it. */
export function toAcmeStatus(status: DealStatus): AcmeShownOrder {
  return {
    order_id: status.orderId,
    sequence: status.sequence,
    status: status.status,
    waiting_on: status.waitingOn,
    due_at: status.dueAtIso,
    active_from: status.activeFromIso,
    active_until: status.activeUntilIso,
    problem: status.problem,
    summary: status.summary,
    url: status.url,
  };
}

/** What there is to do, given what the deal shows now. */
export function planAcmeStatus(input: {
  readonly shown: AcmeShownOrder | null;
  readonly wanted: AcmeShownOrder;
}): "write" | "unchanged" | "outrun" {
  const { shown, wanted } = input;
  if (shown === null || shown.order_id !== wanted.order_id) return "write";
  if (shown.sequence > wanted.sequence) return "outrun";
  const differs = Object.entries(wanted).some(([field, value]) => shown[field] !== value);
  return differs ? "write" : "unchanged";
}
