import type { ApprovalPath, PlannedStage, StageDecision } from "./approval-path.ts";
import { type PeopleByStage, peopleOf } from "./path-progress.ts";
import { decisionsThatCount, settleStage } from "./settle-stage.ts";

export interface KeptDecisions {
  /** Earlier decisions that still count: the stage asks the same question as before. */
  readonly kept: readonly StageDecision[];
  /** Stages that have to be asked (again), because their inputs changed or nobody settled them yet. */
  readonly reopened: readonly PlannedStage[];
}

/**
 * What a newer revision leaves standing of the decisions on earlier ones. A stage is re-opened
 * only when the facts its rules looked at changed; a request for changes never outlives the
 * revision it was made on; and whoever edited the deal since no longer counts as an approver of it.
 */
export function keepDecisions({
  path,
  people,
  decisions,
  revisionHash,
}: {
  /** The path of the newer revision. */
  readonly path: ApprovalPath;
  readonly people: PeopleByStage;
  readonly decisions: readonly StageDecision[];
  readonly revisionHash: string;
}): KeptDecisions {
  const kept: StageDecision[] = [];
  const reopened: PlannedStage[] = [];
  for (const stage of path.stages) {
    const input = { stage, people: peopleOf(people, stage.key), decisions, revisionHash };
    kept.push(...decisionsThatCount(input));
    if (settleStage(input).kind === "open") reopened.push(stage);
  }
  return { kept, reopened };
}
