import { accept } from "../kernel/outcome.ts";
import { type CommandOf, type Decision, no, phaseWords, wrongPhase } from "./order-decision.ts";
import type { OrderEvent } from "./order-event.ts";
import { type ReceivedOrder, undoableSteps } from "./order-state.ts";
import { quoted, simpleProblem } from "./simple-problem.ts";

export function requestApproval(
  state: ReceivedOrder,
  command: CommandOf<"request-approval">,
): Decision {
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

export function keepApprovals(
  state: ReceivedOrder,
  { kept }: CommandOf<"keep-approvals">,
): Decision {
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

export function recordDecision(
  state: ReceivedOrder,
  command: CommandOf<"record-decision">,
): Decision {
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
export function rejection(
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

export function lapseApproval(
  state: ReceivedOrder,
  command: CommandOf<"lapse-approval">,
): Decision {
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
