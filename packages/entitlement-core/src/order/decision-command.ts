import type { StageDecision } from "../approval/approval-path.ts";
import { pathProgress, peopleOf } from "../approval/path-progress.ts";
import { eligibleApprovers } from "../approval/settle-stage.ts";
import { addHours, type Instant } from "../kernel/instant.ts";
import type { StageToAsk } from "./next-step.ts";
import type { OrderCommand } from "./order-command.ts";
import type { ApprovalStandings } from "./order-facts.ts";
import { waitingOnStages } from "./waiting-on-stages.ts";

/**
 * The command that records a decision, with what follows from it: whether the path is complete,
 * and who is waited on now. `mayDecide` has said yes to the decision before.
 */
export function decisionCommand({
  approval,
  decision,
  now,
}: {
  /** As before the decision. */
  readonly approval: ApprovalStandings;
  readonly decision: StageDecision;
  readonly now: Instant;
}): Extract<OrderCommand, { type: "record-decision" }> {
  const { path, people, asked, names } = approval;
  const { revisionHash, stageKey, decidedBy, comment } = decision;
  const progress = pathProgress({
    path,
    people,
    decisions: [...approval.decisions, decision],
    revisionHash,
  });
  const waitingOn =
    progress.kind === "open"
      ? waitingOnStages({
          asked: progress.open.map((stage): StageToAsk => {
            const task = asked.find((one) => one.stageKey === stage.key);
            return {
              stage,
              approverEmails: eligibleApprovers(peopleOf(people, stage.key)),
              dueAt: task?.dueAt ?? addHours(now, stage.dueAfterHours),
            };
          }) as [StageToAsk, ...StageToAsk[]],
          names,
          since: now,
        })
      : null;
  return {
    type: "record-decision",
    revisionHash,
    stageKey,
    decision: decision.decision,
    decidedBy,
    comment,
    waitingOn,
    isPathComplete: progress.kind === "complete",
  };
}
