import type { DealPerson } from "../deal/deal.ts";
import { describeError } from "../errors/describe-error.ts";
import type { OrderState } from "./order-state.ts";
import type { WaitingOn } from "./problem.ts";

/**
 * Who holds the order. Null while it goes on by itself or is over. `sinceIso` is when it came to
 * stand where it stands: the time of its last change of status.
 */
export function waitingOnOf({
  state,
  sinceIso,
  owner,
}: {
  readonly state: OrderState;
  readonly sinceIso: string;
  readonly owner: DealPerson | null;
}): WaitingOn | null {
  switch (state.phase) {
    case "awaiting-approval":
      return state.waitingOn;
    case "action-needed": {
      const isForSales = describeError(state.problem.code).audience === "sales";
      const sales = owner === null ? "Sales" : `Sales: ${owner.name || owner.email}`;
      return { who: isForSales ? sales : "Operations", sinceIso, dueIso: null };
    }
    case "nothing":
    case "received":
    case "provisioning":
    case "active":
    case "undoing":
    case "rejected":
    case "canceled":
    case "ended":
      return null;
  }
}
