import type { TenantTransaction } from "@usher/database";
import type { DecisionWord } from "@usher/entitlement-core/approval";
import type { ApprovalDecisionId, ApprovalTaskId } from "@usher/entitlement-core/kernel";

/** A decision as a list of tasks shows it. */
export interface ShownDecision {
  readonly id: ApprovalDecisionId;
  readonly taskId: ApprovalTaskId;
  readonly decision: DecisionWord;
  readonly decidedBy: string;
  readonly comment: string | null;
  readonly revisionHash: string;
  readonly channel: string;
  readonly decidedAt: Date;
}

/** The decisions of a whole page of tasks in one statement, oldest first. */
export async function decisionsOfTasks(
  tx: TenantTransaction,
  taskIds: readonly ApprovalTaskId[],
): Promise<ReadonlyMap<ApprovalTaskId, readonly ShownDecision[]>> {
  const byTask = new Map<ApprovalTaskId, ShownDecision[]>();
  if (taskIds.length === 0) return byTask;
  const rows = await tx.db
    .selectFrom("approval_decisions")
    .select([
      "id",
      "task_id",
      "decision",
      "decided_by",
      "comment",
      "revision_hash",
      "channel",
      "decided_at",
    ])
    .where("task_id", "in", [...taskIds])
    .orderBy("id")
    .execute();
  for (const row of rows) {
    const taskId = row.task_id as ApprovalTaskId;
    const shown: ShownDecision = {
      id: row.id as ApprovalDecisionId,
      taskId,
      decision: row.decision as DecisionWord,
      decidedBy: row.decided_by,
      comment: row.comment,
      revisionHash: row.revision_hash,
      channel: row.channel,
      decidedAt: row.decided_at as unknown as Date,
    };
    byTask.set(taskId, [...(byTask.get(taskId) ?? []), shown]);
  }
  return byTask;
}
