import type { PlannedStage } from "../approval/approval-path.ts";
import { dealWords } from "../deal/record-words.ts";
import type { OrderContent } from "./order-content.ts";
import type { Problem } from "./problem.ts";

/** The deal was billed in one currency and now names another: no bill is ever converted. */
export function currencyChangedProblem({
  content,
  billedIn,
}: {
  readonly content: OrderContent;
  readonly billedIn: string;
}): Problem {
  const words = dealWords(content.source.system);
  const record = words.deal({ name: content.dealName, id: content.source.id });
  const where = { record, field: words.fields.currency };
  const sentence = `${record} was billed in ${billedIn} and is now in ${content.currency}. Set ${words.fields.currency} back to ${billedIn}, or cancel the order and win a new deal in ${content.currency}.`;
  return {
    code: "currency_changed",
    sentence,
    where,
    resumeAt: "validation",
    blockedOnProductCodes: [],
    faults: [{ code: "currency_changed", sentence, where }],
  };
}

/** A stage that cannot be settled, because too few of those it asks may decide. */
export function noEligibleApproverProblem({
  stage,
  needed,
  eligible,
}: {
  readonly stage: PlannedStage;
  readonly needed: number;
  readonly eligible: number;
}): Problem {
  const sentence = `Stage ${stage.name} needs ${needed} ${needed === 1 ? "approver" : "approvers"} and has ${eligible} who may decide: whoever requested, owns or last edited the deal does not count. Add people to ${stage.approvers.map((one) => ("user" in one ? one.user : `group ${one.group}`)).join(", ")} and resume the order.`;
  return {
    code: "no_eligible_approver",
    sentence,
    where: null,
    resumeAt: "approval",
    blockedOnProductCodes: [],
    faults: [{ code: "no_eligible_approver", sentence, where: null }],
  };
}
