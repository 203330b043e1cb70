import { accept } from "../kernel/outcome.ts";
import { remainingSteps } from "./evolve-order.ts";
import { type CommandOf, type Decision, no, wrongPhase } from "./order-decision.ts";
import type { OrderEvent } from "./order-event.ts";
import { type ReceivedOrder, undoableSteps } from "./order-state.ts";
import { isSameProblem, quoted, simpleProblem } from "./simple-problem.ts";

export function recordUndone(state: ReceivedOrder, command: CommandOf<"record-undone">): Decision {
  const { revision } = state;
  const { step, outcome, detail } = command;
  const recorded: OrderEvent = { type: "step_undone", revision, step, outcome, detail };
  // A second report of what the first one finished.
  if (state.phase === "canceled" || state.phase === "rejected") return accept([]);
  const undoing =
    state.phase === "undoing" || state.phase === "action-needed" ? state.undoing : null;
  if (undoing === null) return wrongPhase(state, "be taken back");
  if (!undoing.left.some((one) => one === step)) return accept([]);
  if (outcome === "failed") {
    const problem = simpleProblem({
      code: "undo_failed",
      sentence: `${takenBackAs(step)} could not be taken back${quoted(detail)}. Clear the cause and resume the order.`,
      resumeAt: "undo",
    });
    const found: OrderEvent = { type: "problem_found", revision, problem };
    const isKnown = state.phase === "action-needed" && isSameProblem(state.problem, problem);
    return accept(isKnown ? [] : [recorded, found]);
  }
  if (remainingSteps(undoing, step).length > 0) return accept([recorded]);
  const { by, reason } = undoing;
  return accept([
    recorded,
    undoing.becomes === "canceled"
      ? { type: "order_canceled", revision, by, reason }
      : { type: "order_rejected", revision, by, comment: reason },
  ]);
}

function takenBackAs(step: string): string {
  if (step === "bill") return "The bill";
  return step === "book" ? "The sales order in the ERP" : "The access";
}

export function cancel(state: ReceivedOrder, { by, reason }: CommandOf<"cancel">): Decision {
  const { revision } = state;
  switch (state.phase) {
    case "rejected":
    case "canceled":
    case "ended":
      return no("order_not_cancelable", `The order is ${state.phase}: there is nothing to cancel.`);
    case "undoing":
    case "action-needed":
      if (state.undoing?.becomes === "canceled") return accept([]);
      if (state.undoing !== null) {
        return no("order_not_cancelable", "The order is rejected and being taken back already.");
      }
      break;
    case "received":
    case "awaiting-approval":
    case "provisioning":
    case "active":
      break;
  }
  // In reverse: access ends before its bill is taken back.
  const [first, ...others] = undoableSteps(state).toReversed();
  if (first === undefined) return accept([{ type: "order_canceled", revision, by, reason }]);
  return accept([
    {
      type: "undoing_started",
      revision,
      becomes: "canceled",
      steps: [first, ...others],
      by,
      reason,
    },
  ]);
}
