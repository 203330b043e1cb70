import type { ApprovalFacts } from "../approval/approval-facts.ts";
import type { PlannedStage, StageDecision } from "../approval/approval-path.ts";
import type { ApprovalPolicy, ApprovalStageRule } from "../approval/approval-policy.ts";

export const dana = "dana@seller.example";
export const lee = "lee@seller.example";
export const ana = "ana@seller.example";

export const facts: ApprovalFacts = {
  isFirstOrderOfCustomer: false,
  skuClasses: { "GTX-PRO": "pro", "GTX-BASIC": "basic" },
};

/** A policy of one stage that asks Dana, differing in what matters. */
export function policyOf(...stages: readonly Partial<ApprovalStageRule>[]): ApprovalPolicy {
  return {
    stages: stages.map((differing, index) => ({
      key: `stage${index + 1}`,
      name: `Stage ${index + 1}`,
      when: [{ fact: "always" }],
      approvers: [{ user: dana }],
      quorum: { kind: "any" },
      step: 1,
      dueAfterHours: 48,
      whenSilent: "park",
      ...differing,
    })),
  };
}

export function aStage(differing: Partial<PlannedStage> = {}): PlannedStage {
  return {
    key: "finance",
    name: "Finance",
    step: 1,
    approvers: [{ user: dana }],
    quorum: { kind: "any" },
    dueAfterHours: 48,
    whenSilent: "park",
    reasons: [{ condition: { fact: "always" }, sentence: "Every order is asked for." }],
    inputsHash: "inputs1",
    ...differing,
  };
}

export function aDecision(differing: Partial<StageDecision> = {}): StageDecision {
  return {
    stageKey: "finance",
    inputsHash: "inputs1",
    revisionHash: "revision1",
    decision: "approve",
    decidedBy: dana,
    comment: null,
    ...differing,
  };
}
