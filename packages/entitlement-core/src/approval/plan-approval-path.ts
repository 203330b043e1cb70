import { isNonEmpty } from "../kernel/outcome.ts";
import type { OrderContent } from "../order/order-content.ts";
import type { ApprovalFacts } from "./approval-facts.ts";
import type { ApprovalPath, ApprovalReason, PlannedStage } from "./approval-path.ts";
import type { ApprovalPolicy } from "./approval-policy.ts";
import { hashStageInputs } from "./hash-stage-inputs.ts";
import { judgeCondition } from "./judge-condition.ts";

/**
 * Who must say yes to this order and why, in the order in which they are asked: by step, and
 * within a step as the policy lists them. Empty: nobody needs to be asked.
 */
export function planApprovalPath({
  policy,
  content,
  facts,
}: {
  readonly policy: ApprovalPolicy;
  readonly content: OrderContent;
  readonly facts: ApprovalFacts;
}): ApprovalPath {
  const subject = { content, facts };
  const stages: PlannedStage[] = [];
  for (const { when, ...rule } of policy.stages) {
    const reasons: ApprovalReason[] = [];
    for (const condition of when) {
      const sentence = judgeCondition(condition, subject);
      if (sentence !== null) reasons.push({ condition, sentence });
    }
    if (isNonEmpty(reasons)) {
      stages.push({ ...rule, reasons, inputsHash: hashStageInputs(when, subject) });
    }
  }
  return { stages: stages.sort((one, other) => one.step - other.step) };
}
