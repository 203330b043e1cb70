import type {
  DecisionWord,
  PlannedStage,
  StageDecision,
  TaskStatus,
} from "@usher/entitlement-core/approval";
import type {
  ApprovalDecisionId,
  ApprovalTaskId,
  Instant,
  OrderId,
} from "@usher/entitlement-core/kernel";
import type {
  ApprovalDecision as ApprovalDecisionRow,
  ApprovalTask as ApprovalTaskRow,
} from "./generated/rows.ts";
import type { Row } from "./row.ts";
import { toInstant, toInstantOrNull } from "./timestamps.ts";

/** One stage of one revision, put to its approvers. */
export interface ApprovalTask {
  readonly id: ApprovalTaskId;
  readonly orderId: OrderId;
  /** The revision it was made for; decisions on it name this revision's hash. */
  readonly revision: number;
  readonly revisionHash: string;
  /** The newest revision whose path it is part of. */
  readonly pathRevision: number;
  readonly stage: PlannedStage;
  /** Lower case. */
  readonly approverEmails: readonly string[];
  /** Requester, deal owner and last editor, lower case: none of them can decide. */
  readonly excludedEmails: readonly string[];
  readonly status: TaskStatus;
  readonly openedAt: Instant | null;
  readonly dueAt: Instant | null;
  readonly decidedAt: Instant | null;
  readonly createdAt: Instant;
}

/** A decision with the stage it was made on. */
export interface RecordedDecision extends StageDecision {
  readonly id: ApprovalDecisionId;
  readonly taskId: ApprovalTaskId;
  /** Where it was given, such as `api`, `page` or `cli`. */
  readonly channel: string;
  readonly decidedAt: Instant;
}

export function fromApprovalTaskRow(row: Row<ApprovalTaskRow>): ApprovalTask {
  return {
    id: row.id as ApprovalTaskId,
    orderId: row.order_id as OrderId,
    revision: row.revision,
    revisionHash: row.revision_hash,
    pathRevision: row.path_revision,
    stage: row.stage as unknown as PlannedStage,
    approverEmails: row.approver_emails,
    excludedEmails: row.excluded_emails,
    status: row.status as TaskStatus,
    openedAt: toInstantOrNull(row.opened_at),
    dueAt: toInstantOrNull(row.due_at),
    decidedAt: toInstantOrNull(row.decided_at),
    createdAt: toInstant(row.created_at),
  };
}

export interface ApprovalDecisionWithStageRow extends Row<ApprovalDecisionRow> {
  readonly stage_key: string;
  readonly inputs_hash: string;
}

export function fromApprovalDecisionRow(row: ApprovalDecisionWithStageRow): RecordedDecision {
  return {
    id: row.id as ApprovalDecisionId,
    taskId: row.task_id as ApprovalTaskId,
    stageKey: row.stage_key,
    inputsHash: row.inputs_hash,
    revisionHash: row.revision_hash,
    decision: row.decision as DecisionWord,
    decidedBy: row.decided_by,
    comment: row.comment,
    channel: row.channel,
    decidedAt: toInstant(row.decided_at),
  };
}
