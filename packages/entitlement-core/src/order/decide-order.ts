import { accept } from "../kernel/outcome.ts";
import {
  keepApprovals,
  lapseApproval,
  recordDecision,
  rejection,
  requestApproval,
} from "./decide-approval.ts";
import {
  recordBilling,
  recordBooking,
  recordGrant,
  startProvisioning,
} from "./decide-provisioning.ts";
import { cancel, recordUndone } from "./decide-undoing.ts";
import type { OrderCommand } from "./order-command.ts";
import { type CommandOf, type Decision, no, phaseWords, wrongPhase } from "./order-decision.ts";
import type { OrderEvent } from "./order-event.ts";
import type { OrderState, ReceivedOrder } from "./order-state.ts";
import type { Problem } from "./problem.ts";
import { isSameProblem } from "./simple-problem.ts";

/**
 * The events that `command` causes in `state`, or why it causes none. Asking again for what is
 * already so is a yes without events, so every command may be repeated after a lost answer.
 */
export function decideOrder({
  state,
  command,
}: {
  readonly state: OrderState;
  readonly command: OrderCommand;
}): Decision {
  if (state.phase === "nothing") {
    if (command.type !== "receive") {
      return no("order_phase_conflict", "There is no order yet: it has to be received first.");
    }
    const { revisionHash, dealVersion, isBilled = false } = command;
    const received: OrderEvent = {
      type: "order_received",
      revision: 1,
      revisionHash,
      dealVersion,
      ...(isBilled ? { isBilled } : {}),
    };
    return accept([received]);
  }
  switch (command.type) {
    case "receive":
      return state.revision === 1 && state.revisionHash === command.revisionHash
        ? accept([])
        : no("order_version_conflict", "The order was received before, with other content.");
    case "revise":
      return revise(state, command);
    case "report-problem":
      return reportProblem(state, command.problem);
    case "request-approval":
      return requestApproval(state, command);
    case "keep-approvals":
      return keepApprovals(state, command);
    case "record-decision":
      return recordDecision(state, command);
    case "complete-approval":
      if (state.phase === "provisioning") return accept([]);
      if (state.phase !== "awaiting-approval") return wrongPhase(state, "be approved");
      return accept([{ type: "order_approved", revision: state.revision }]);
    case "reject":
      if (state.phase === "rejected") return accept([]);
      if (state.phase !== "awaiting-approval" && state.phase !== "received") {
        return wrongPhase(state, "be rejected");
      }
      return accept(rejection(state, command));
    case "lapse-approval":
      return lapseApproval(state, command);
    case "start-provisioning":
      return startProvisioning(state, command);
    case "record-billing":
      return recordBilling(state, command);
    case "record-booking":
      return recordBooking(state, command);
    case "record-payment": {
      const { system, recordId, outcome } = command;
      const { revision } = state.billing ?? state;
      return accept([{ type: "payment_recorded", revision, system, recordId, outcome }]);
    }
    case "record-grant":
      return recordGrant(state, command);
    case "record-told": {
      const { system, recordId, status, sequence } = command;
      const { revision } = state;
      return accept([{ type: "crm_told", revision, system, recordId, status, sequence }]);
    }
    case "resume":
      return resume(state, command);
    case "record-undone":
      return recordUndone(state, command);
    case "cancel":
      return cancel(state, command);
    case "end":
      if (state.phase === "ended") return accept([]);
      if (state.phase !== "active") return wrongPhase(state, "end");
      return accept([{ type: "order_ended", revision: state.revision }]);
  }
}

function revise(state: ReceivedOrder, command: CommandOf<"revise">): Decision {
  const { revisionHash, dealVersion } = command;
  if (revisionHash === state.revisionHash) {
    // The deal was saved without a change of what we do. That is the fix where the CRM itself
    // was the obstacle; elsewhere it may be the echo of our own write-back, which must not loop.
    return state.phase === "action-needed" && isFixedBySaving(state.problem)
      ? accept([
          {
            type: "order_resumed",
            revision: state.revision,
            by: "CRM",
            because: "the deal was saved",
          },
        ])
      : accept([]);
  }
  const { phase } = state;
  if (phase === "canceled" || phase === "ended") {
    return no(
      "order_phase_conflict",
      `The order is ${phase} for good. What the deal says now needs a new deal.`,
    );
  }
  const undoing = phase === "undoing" || phase === "action-needed" ? state.undoing : null;
  if (undoing?.becomes === "canceled") {
    return no("order_phase_conflict", "The order is being canceled; later edits are not taken.");
  }
  const revision = state.revision + 1;
  const received: OrderEvent = { type: "revision_received", revision, revisionHash, dealVersion };
  const isWhatWasGranted =
    state.access?.revisionHash === revisionHash &&
    (state.billing === null || state.billing.revisionHash === revisionHash) &&
    (state.booking === undefined || state.booking.revisionHash === revisionHash);
  return accept(isWhatWasGranted ? [received, { type: "access_kept", revision }] : [received]);
}

function isFixedBySaving({ code }: Problem): boolean {
  switch (code) {
    case "write_back_refused":
    case "deal_deleted":
    case "account_deleted":
    case "deal_reopened":
      return true;
    default:
      return false;
  }
}

function reportProblem(state: ReceivedOrder, problem: Problem): Decision {
  if (state.phase === "rejected" || state.phase === "canceled" || state.phase === "ended") {
    return wrongPhase(state, "run into a problem");
  }
  // The same words again would only make the timeline longer.
  if (state.phase === "action-needed" && isSameProblem(state.problem, problem)) return accept([]);
  return accept([{ type: "problem_found", revision: state.revision, problem }]);
}

function resume(state: ReceivedOrder, { by, because }: CommandOf<"resume">): Decision {
  if (state.phase !== "action-needed") {
    return no(
      "order_not_resumable",
      `The order stands at ${phaseWords[state.phase]}, not at Action needed.`,
    );
  }
  if (state.problem.code === "changes_requested" || state.problem.code === "amendment_rejected") {
    return no(
      "order_not_resumable",
      `${state.problem.sentence} The order goes on by itself once the deal is changed.`,
    );
  }
  return accept([{ type: "order_resumed", revision: state.revision, by, because }]);
}
