import { accept, type Outcome, refuse } from "../kernel/outcome.ts";
import { remainingSteps } from "./evolve-order.ts";
import type { OrderCommand } from "./order-command.ts";
import type { OrderEvent } from "./order-event.ts";
import { type OrderState, type ReceivedOrder, undoableSteps } from "./order-state.ts";
import type { Problem } from "./problem.ts";
import type { Refusal } from "./refusal.ts";

type Decision = Outcome<readonly OrderEvent[], Refusal>;
type CommandOf<Type extends OrderCommand["type"]> = Extract<OrderCommand, { type: Type }>;

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
    const { revisionHash, dealVersion } = command;
    return accept([{ type: "order_received", revision: 1, revisionHash, dealVersion }]);
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
      return startProvisioning(state);
    case "record-billing":
      return recordBilling(state, command);
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
    (state.billing === null || state.billing.revisionHash === revisionHash);
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

function isSameProblem(one: Problem, other: Problem): boolean {
  return (
    one.code === other.code &&
    one.sentence === other.sentence &&
    one.resumeAt === other.resumeAt &&
    one.faults.length === other.faults.length &&
    one.faults.every((fault, index) => fault.sentence === other.faults[index]?.sentence)
  );
}

function requestApproval(state: ReceivedOrder, command: CommandOf<"request-approval">): Decision {
  if (state.phase !== "received" && state.phase !== "awaiting-approval") {
    return wrongPhase(state, "be put to approvers");
  }
  if (command.path.stages.length === 0) {
    return no("order_phase_conflict", "Nobody has to be asked: there is no stage in the path.");
  }
  const { revision } = state;
  const events: OrderEvent[] = [];
  if (state.phase === "received") events.push({ type: "order_validated", revision });
  for (const kept of command.kept ?? []) events.push({ type: "approval_kept", revision, ...kept });
  events.push({
    type: "approval_requested",
    revision,
    stages: command.path.stages,
    waitingOn: command.waitingOn,
  });
  return accept(events);
}

function keepApprovals(state: ReceivedOrder, { kept }: CommandOf<"keep-approvals">): Decision {
  if (state.phase !== "received") return wrongPhase(state, "be approved by earlier decisions");
  if (kept.length === 0) {
    return no("order_phase_conflict", "There is no earlier decision that could be kept.");
  }
  const { revision } = state;
  return accept([
    { type: "order_validated", revision },
    ...kept.map((one): OrderEvent => ({ type: "approval_kept", revision, ...one })),
    { type: "order_approved", revision },
  ]);
}

function recordDecision(state: ReceivedOrder, command: CommandOf<"record-decision">): Decision {
  if (command.revisionHash !== state.revisionHash) {
    return no(
      "stale_revision",
      `The order has changed since this decision was formed: it is at revision ${state.revision}.`,
    );
  }
  if (state.phase !== "awaiting-approval") {
    return no(
      "already_decided",
      `The order waits for no decision: it stands at ${phaseWords[state.phase]}.`,
    );
  }
  const { revision } = state;
  const { stageKey, decision, decidedBy, comment, waitingOn, isPathComplete } = command;
  const decided: OrderEvent = {
    type: "approval_decided",
    revision,
    stageKey,
    decision,
    decidedBy,
    comment,
    waitingOn,
  };
  switch (decision) {
    case "approve":
      return accept(isPathComplete ? [decided, { type: "order_approved", revision }] : [decided]);
    case "reject":
      return accept([decided, ...rejection(state, { by: decidedBy, comment })]);
    case "request_changes":
      return accept([
        decided,
        {
          type: "problem_found",
          revision,
          problem: simpleProblem({
            code: "changes_requested",
            sentence: `${decidedBy} asked for changes${quoted(comment)}. Change the deal accordingly: saving it asks again.`,
            resumeAt: "approval",
          }),
        },
      ]);
  }
}

/**
 * Rejected means that nothing is left behind. So an order that may be billed already is first
 * taken back; and a rejected change of an active order leaves the customer what they have and
 * asks sales to bring the deal back in line.
 */
function rejection(
  state: ReceivedOrder,
  { by, comment }: { readonly by: string; readonly comment: string | null },
): readonly OrderEvent[] {
  const { revision, access } = state;
  if (access !== null) {
    return [
      {
        type: "problem_found",
        revision,
        problem: simpleProblem({
          code: "amendment_rejected",
          sentence: `${by} rejected revision ${revision}${quoted(comment)}. The customer keeps revision ${access.revision}. Change the deal back or to something that can be approved, or cancel the order.`,
          resumeAt: "validation",
        }),
      },
    ];
  }
  const [first, ...others] = undoableSteps(state);
  if (first === undefined) return [{ type: "order_rejected", revision, by, comment }];
  return [
    {
      type: "undoing_started",
      revision,
      becomes: "rejected",
      steps: [first, ...others],
      by,
      reason: comment,
    },
  ];
}

function lapseApproval(state: ReceivedOrder, command: CommandOf<"lapse-approval">): Decision {
  if (state.phase !== "awaiting-approval") return wrongPhase(state, "lapse");
  const { revision } = state;
  const { stageKey, stageName, outcome } = command;
  const lapsed: OrderEvent = { type: "approval_lapsed", revision, stageKey, outcome };
  if (outcome === "denied") {
    const comment = `Nobody of ${stageName} decided in time, and the policy takes that as a no.`;
    return accept([lapsed, ...rejection(state, { by: `${stageName} (no answer)`, comment })]);
  }
  return accept([
    lapsed,
    {
      type: "problem_found",
      revision,
      problem: simpleProblem({
        code: "approval_lapsed",
        sentence: `Nobody of ${stageName} decided in time, so the order is parked. Resume it to ask again.`,
        resumeAt: "approval",
      }),
    },
  ]);
}

function startProvisioning(state: ReceivedOrder): Decision {
  const { revision, revisionHash, billing } = state;
  const started: OrderEvent = { type: "provisioning_started", revision };
  if (state.phase === "received") return accept([{ type: "order_validated", revision }, started]);
  if (state.phase !== "provisioning") return wrongPhase(state, "be provisioned");
  const isStarted = billing?.revision === revision && billing.revisionHash === revisionHash;
  return accept(isStarted ? [] : [started]);
}

// Recorded wherever the order stands by now: the bill exists, and the timeline has to say so.
function recordBilling(state: ReceivedOrder, command: CommandOf<"record-billing">): Decision {
  if (state.billing === null) {
    return no("order_phase_conflict", "Provisioning was not started, so nothing can be billed.");
  }
  const { system, recordId, totalMinor, currency } = command;
  const revision = command.revision ?? state.billing.revision;
  return accept([{ type: "order_billed", revision, system, recordId, totalMinor, currency }]);
}

function recordGrant(state: ReceivedOrder, command: CommandOf<"record-grant">): Decision {
  const { revision, access } = state;
  if (command.revision !== undefined && command.revision !== revision) {
    return no(
      "stale_revision",
      `Revision ${command.revision} is not granted: the order is at revision ${revision}.`,
    );
  }
  if (state.phase === "active" && access?.revision === revision) return accept([]);
  if (state.phase !== "provisioning") return wrongPhase(state, "be granted");
  if (state.billing?.revision !== revision) {
    return no("order_phase_conflict", "Provisioning of this revision was not started.");
  }
  const { entitlementIds, activeFromIso, activeUntilIso, token } = command;
  return accept([
    { type: "entitlements_granted", revision, entitlementIds, activeFromIso, activeUntilIso },
    { type: "token_issued", revision, ...token },
  ]);
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

function recordUndone(state: ReceivedOrder, command: CommandOf<"record-undone">): Decision {
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
      sentence: `${step === "bill" ? "The bill" : "The access"} could not be taken back${quoted(detail)}. Clear the cause and resume the order.`,
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

function cancel(state: ReceivedOrder, { by, reason }: CommandOf<"cancel">): Decision {
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

const phaseWords: Readonly<Record<ReceivedOrder["phase"], string>> = {
  received: "Received",
  "awaiting-approval": "Awaiting approval",
  provisioning: "Provisioning",
  active: "Active",
  "action-needed": "Action needed",
  undoing: "being taken back",
  rejected: "Rejected",
  canceled: "Canceled",
  ended: "Ended",
};

function wrongPhase(state: ReceivedOrder, what: string): Decision {
  return no(
    "order_phase_conflict",
    `The order stands at ${phaseWords[state.phase]} and cannot ${what} from there.`,
  );
}

function simpleProblem({
  code,
  sentence,
  resumeAt,
}: Pick<Problem, "code" | "sentence" | "resumeAt">): Problem {
  return {
    code,
    sentence,
    where: null,
    resumeAt,
    blockedOnProductCodes: [],
    faults: [{ code, sentence, where: null }],
  };
}

function quoted(text: string | null): string {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? "" : `: “${trimmed.replace(/[.\s]+$/, "")}”`;
}

function no(code: Refusal["code"], sentence: string): Decision {
  return refuse({ code, sentence });
}
