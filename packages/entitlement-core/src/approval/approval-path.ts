import type { ApprovalCondition, Approver, Quorum } from "./approval-policy.ts";

/** Why a stage is asked: the rule, the limit it sets and what the order has. */
export interface ApprovalReason {
  readonly condition: ApprovalCondition;
  /** For people: "Discount of 28 % on line 1 is above 20 %". */
  readonly sentence: string;
}

/** A stage that this order must pass. */
export interface PlannedStage {
  readonly key: string;
  readonly name: string;
  readonly step: number;
  readonly approvers: readonly Approver[];
  readonly quorum: Quorum;
  readonly dueAfterHours: number;
  readonly whenSilent: "park" | "deny";
  readonly reasons: readonly [ApprovalReason, ...ApprovalReason[]];
  /**
   * Hash over exactly the facts this stage's conditions looked at. A revision that leaves it
   * unchanged leaves the stage's decisions standing; any other re-opens the stage.
   */
  readonly inputsHash: string;
}

/** Every stage the order must pass, in order. Empty: nobody needs to be asked. */
export interface ApprovalPath {
  readonly stages: readonly PlannedStage[];
}

/** `hash` of the order revision a decision saw; the decision counts for no other. */
export type DecisionWord = "approve" | "reject" | "request_changes";

export interface StageDecision {
  readonly stageKey: string;
  readonly inputsHash: string;
  readonly revisionHash: string;
  readonly decision: DecisionWord;
  readonly decidedBy: string;
  readonly comment: string | null;
}
