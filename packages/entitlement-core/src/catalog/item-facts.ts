import type { ApprovalCondition, ApprovalStageRule, Quorum } from "../approval/approval-policy.ts";
import type { CurrencyCode } from "../kernel/currency.ts";
import { formatMoney } from "../kernel/money.ts";
import type { Feature } from "./feature.ts";

/** What an item of the catalog says, in words for people, each under the name by which they know it. */
export type Facts = Readonly<Record<string, string>>;

export function featureFacts(feature: Feature): Facts {
  return {
    name: feature.name,
    description: feature.description ?? "none",
    kind: feature.kind,
    "when the hub is away": feature.failPolicy,
    ...(feature.kind === "config" ? { combined: feature.combine } : {}),
    ...(feature.kind === "metered" ? { unit: feature.unit } : {}),
  };
}

export function stageFacts(stage: ApprovalStageRule): Facts {
  return {
    name: stage.name,
    "asked when": stage.when.map(conditionText).join(", or "),
    approvers: stage.approvers
      .map((one) => ("user" in one ? one.user : `group ${one.group}`))
      .join(", "),
    "needs a yes of": quorumText(stage.quorum),
    step: String(stage.step),
    due: `${stage.dueAfterHours} hours`,
    "when nobody answers": stage.whenSilent === "deny" ? "rejected" : "parked",
  };
}

/** When a stage is asked, for people: `discount above 20 %`. */
function conditionText(condition: ApprovalCondition): string {
  switch (condition.fact) {
    case "discount-percent":
      return `discount above ${condition.above} %`;
    case "total-value":
      return `value above ${formatMoney({ minor: condition.aboveMinor, currency: condition.currency as CurrencyCode })}`;
    case "term-months":
      return `term above ${condition.above} months`;
    case "country":
      return "isOneOf" in condition
        ? `country is ${condition.isOneOf.join(" or ")}`
        : `country is not ${condition.isNotOneOf.join(" nor ")}`;
    case "sku-class":
      return `class is ${condition.isOneOf.join(" or ")}`;
    case "first-order-of-customer":
      return "first order of a customer";
    case "always":
      return "always";
  }
}

function quorumText(quorum: Quorum): string {
  switch (quorum.kind) {
    case "any":
      return "any one";
    case "all":
      return "all";
    case "count":
      return String(quorum.count);
  }
}
