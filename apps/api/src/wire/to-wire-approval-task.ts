import type { WireApprovalTask } from "@usher/api-contract";
import type { ApprovalTask, StoredOrder } from "@usher/database";
import type { ShownDecision } from "../routes/approval/decisions-of-tasks.ts";
import { toWireInstant, toWireInstantOrNull } from "./to-wire-instant.ts";

export function toWireApprovalTask({
  task,
  order,
  decisions,
}: {
  readonly task: ApprovalTask;
  readonly order: StoredOrder;
  readonly decisions: readonly ShownDecision[];
}): WireApprovalTask {
  return {
    id: task.id,
    order_id: task.orderId,
    order_number: order.number,
    order_name: order.dealName,
    customer_name: order.customer?.name ?? null,
    revision: task.revision,
    revision_hash: task.revisionHash,
    stage_key: task.stage.key,
    stage_name: task.stage.name,
    step: task.stage.step,
    status: task.status,
    reasons: task.stage.reasons.map((reason) => ({
      fact: reason.condition.fact,
      sentence: reason.sentence,
    })),
    approvers: [...task.approverEmails],
    quorum: { ...task.stage.quorum },
    decisions: decisions.map((one) => ({
      id: one.id,
      decision: one.decision,
      decided_by: one.decidedBy,
      comment: one.comment,
      revision_hash: one.revisionHash,
      channel: one.channel,
      decided_at: one.decidedAt.toISOString(),
    })),
    opened_at: toWireInstantOrNull(task.openedAt),
    due_at: toWireInstantOrNull(task.dueAt),
    decided_at: toWireInstantOrNull(task.decidedAt),
    created_at: toWireInstant(task.createdAt),
  };
}
