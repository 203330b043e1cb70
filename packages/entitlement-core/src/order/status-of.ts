import type { OrderState, ReceivedOrder } from "./order-state.ts";
import type { Problem } from "./problem.ts";
import type { OrderStatus } from "./status-ladder.ts";

/** The word of the ladder for a state. An order that is not yet received has none: asking throws. */
export function statusOf(state: OrderState): OrderStatus {
  switch (state.phase) {
    case "nothing":
      throw new RangeError("An order without events stands nowhere on the ladder.");
    case "received":
      return "Received";
    case "awaiting-approval":
      return "Awaiting approval";
    case "provisioning":
      return "Provisioning";
    case "active":
      return "Active";
    case "action-needed":
      return "Action needed";
    case "undoing":
      // Not yet Canceled or Rejected: those words promise that nothing is left behind.
      return state.access === null ? "Provisioning" : "Active";
    case "rejected":
      return "Rejected";
    case "canceled":
      return "Canceled";
    case "ended":
      return "Ended";
  }
}

/** Why the order stands at Action needed; null wherever else it stands. */
export function problemOf(state: OrderState): Problem | null {
  return state.phase === "action-needed" ? state.problem : null;
}

/** True when nothing will happen to the order any more, unless a later revision revives a rejected one. */
export function isFinal(state: OrderState): boolean {
  return state.phase === "rejected" || state.phase === "canceled" || state.phase === "ended";
}

/** True when rights exist by now, also while a problem or a newer revision is worked on. */
export function hasAccess(state: OrderState): state is ReceivedOrder {
  return state.phase !== "nothing" && state.access !== null;
}
