import type { WireApprovalPathPreview } from "@usher/api-contract";
import type { AvoidingChange, PreviewedStage } from "@usher/entitlement-core/approval";
import { toWireMoney } from "./to-wire-money.ts";

type WirePreviewedStage = WireApprovalPathPreview["stages"][number];

/** A stage that would be asked, why, and what would be just enough for not having to ask. */
export function toWirePreviewedStage({ stage, avoidedBy }: PreviewedStage): WirePreviewedStage {
  return {
    key: stage.key,
    name: stage.name,
    step: stage.step,
    approvers: stage.approvers.map((one) => ({ ...one })),
    quorum: { ...stage.quorum },
    due_after_hours: stage.dueAfterHours,
    when_silent: stage.whenSilent,
    reasons: stage.reasons.map(({ condition, sentence }) => ({ fact: condition.fact, sentence })),
    avoided_by: avoidedBy?.map(toWireAvoidingChange) ?? null,
  };
}

function toWireAvoidingChange(
  change: AvoidingChange,
): NonNullable<WirePreviewedStage["avoided_by"]>[number] {
  switch (change.kind) {
    case "raise-unit-price":
      return {
        change: "raise_unit_price",
        line_id: change.lineId,
        to_at_least: toWireMoney(change.toAtLeast),
      };
    case "shorten-term":
      return {
        change: "shorten_term",
        line_id: change.lineId,
        to_at_most_months: change.toAtMostMonths,
      };
    case "lower-total":
      return { change: "lower_total", to_at_most: toWireMoney(change.toAtMost) };
  }
}
