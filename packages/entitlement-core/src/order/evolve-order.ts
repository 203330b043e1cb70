import type { OrderEvent } from "./order-event.ts";
import {
  noOrder,
  type OrderState,
  type ReceivedOrder,
  type UndoableStep,
  type Undoing,
} from "./order-state.ts";

/** The state that an order's events add up to, oldest first. */
export function foldOrder(events: Iterable<OrderEvent>): OrderState {
  let state = noOrder;
  for (const event of events) state = evolveOrder(state, event);
  return state;
}

/**
 * The state after `event`. Total: what happened has happened, so no event is refused here, also
 * not one of an older release; an event that says nothing about the phase leaves it.
 */
export function evolveOrder(state: OrderState, event: OrderEvent): OrderState {
  if (event.type === "order_received") {
    const billing = event.isBilled === true ? revisionOf(event) : null;
    return { phase: "received", ...revisionOf(event), access: null, billing };
  }
  if (state.phase === "nothing") return state;
  const { revision, revisionHash, access, billing, booking } = state;
  const at = {
    revision,
    revisionHash,
    access,
    billing,
    ...(booking === undefined ? {} : { booking }),
  };
  switch (event.type) {
    case "revision_received":
      return { ...at, phase: "received", ...revisionOf(event) };
    case "approval_requested":
      return { ...at, phase: "awaiting-approval", waitingOn: event.waitingOn };
    case "approval_decided":
      return state.phase === "awaiting-approval" && event.waitingOn !== null
        ? { ...state, waitingOn: event.waitingOn }
        : state;
    case "order_approved":
      return { ...at, phase: "provisioning" };
    case "provisioning_started":
      return {
        ...at,
        phase: "provisioning",
        billing: { revision, revisionHash },
        ...(event.books === true ? { booking: { revision, revisionHash } } : {}),
      };
    case "entitlements_granted": {
      const { activeFromIso, activeUntilIso } = event;
      const granted = { revision, revisionHash, activeFromIso, activeUntilIso };
      return { ...at, phase: "active", access: granted, activeFromIso, activeUntilIso };
    }
    case "access_kept":
      return access === null ? state : toActive({ ...at, access });
    case "problem_found":
      return {
        ...at,
        phase: "action-needed",
        problem: event.problem,
        provisioned: access !== null,
        undoing: undoingOf(state),
      };
    case "order_resumed":
      return state.phase === "action-needed" ? resume(state) : state;
    case "undoing_started": {
      const { becomes, steps, by, reason } = event;
      return { ...at, phase: "undoing", undoing: { becomes, left: steps, by, reason } };
    }
    case "step_undone":
      return event.outcome === "undone" ? withoutStep(state, event.step) : state;
    case "order_rejected":
      return { ...at, phase: "rejected", by: event.by, comment: event.comment };
    case "order_canceled":
      return { ...at, phase: "canceled", by: event.by, reason: event.reason };
    case "order_ended":
      return { ...at, phase: "ended", access: null };
    case "order_validated":
    case "approval_kept":
    case "approval_lapsed":
    case "order_billed":
    case "order_booked":
    case "payment_recorded":
    case "token_issued":
    case "crm_told":
      return state;
  }
}

function revisionOf({ revision, revisionHash }: { revision: number; revisionHash: string }) {
  return { revision, revisionHash };
}

function toActive(at: AtRevisionWithAccess): OrderState {
  const { revision, revisionHash, access, billing, booking } = at;
  const { activeFromIso, activeUntilIso } = access;
  return {
    phase: "active",
    revision,
    revisionHash,
    access,
    billing,
    ...(booking === undefined ? {} : { booking }),
    activeFromIso,
    activeUntilIso,
  };
}

type AtRevisionWithAccess = Pick<
  ReceivedOrder,
  "revision" | "revisionHash" | "billing" | "booking"
> & {
  readonly access: NonNullable<ReceivedOrder["access"]>;
};

/** What was being taken back when the order's state is left; null when nothing was. */
function undoingOf(state: ReceivedOrder): Undoing | null {
  return state.phase === "undoing" || state.phase === "action-needed" ? state.undoing : null;
}

function resume(state: Extract<OrderState, { phase: "action-needed" }>): OrderState {
  const { revision, revisionHash, access, billing, booking, problem, undoing } = state;
  const at = {
    revision,
    revisionHash,
    access,
    billing,
    ...(booking === undefined ? {} : { booking }),
  };
  if (undoing !== null) return { ...at, phase: "undoing", undoing };
  switch (problem.resumeAt) {
    case "provisioning":
      return { ...at, phase: "provisioning" };
    case "write-back":
      return access !== null && access.revisionHash === revisionHash
        ? toActive({ ...at, access })
        : { ...at, phase: "received" };
    case "validation":
    case "approval":
    case "undo":
      return { ...at, phase: "received" };
  }
}

// The last step undone leaves the state until the event that follows it, canceled or rejected.
function withoutStep(state: ReceivedOrder, step: UndoableStep): OrderState {
  const remaining = remainingSteps(undoingOf(state), step);
  const after = {
    ...state,
    access: step === "grant" ? null : state.access,
    billing: step === "bill" ? null : state.billing,
    booking: step === "book" ? undefined : state.booking,
  };
  const [first, ...others] = remaining;
  if (first === undefined) return after;
  const left = [first, ...others] as const;
  if (after.phase === "undoing") return { ...after, undoing: { ...after.undoing, left } };
  if (after.phase === "action-needed" && after.undoing !== null) {
    return { ...after, provisioned: after.access !== null, undoing: { ...after.undoing, left } };
  }
  return after;
}

/** The steps left to undo once `step` is. */
export function remainingSteps(
  undoing: Undoing | null,
  step: UndoableStep,
): readonly UndoableStep[] {
  return (undoing?.left ?? []).filter((one) => one !== step);
}
