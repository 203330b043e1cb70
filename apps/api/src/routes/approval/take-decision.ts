import {
  type DecisionOutcome,
  recordDecision,
  type TenantTransaction,
  type User,
} from "@usher/database";
import type { DecisionWord } from "@usher/entitlement-core/approval";
import type { ApprovalTaskId, Instant } from "@usher/entitlement-core/kernel";
import { ApiProblem, notFound } from "../../http/api-problem.ts";
import type { EagerDelivery } from "../order/eager-delivery.ts";

/** Someone's word on a task, as proven by how they came in. */
export interface DecisionTaken {
  readonly taskId: ApprovalTaskId;
  readonly user: User;
  readonly decision: DecisionWord;
  readonly comment: string | null;
  readonly revisionHash: string;
  readonly channel: "api" | "page";
  readonly now: number;
}

/**
 * Records the decision; the database's rules and constraints are the judge. The run is told right
 * after the commit, and by the outbox should Temporal be away.
 * Throws `ApiProblem` when it does not count: stale, decided already, one's own, not asked.
 */
export async function takeDecision({
  tx,
  taken,
  delivery,
  afterCommit,
}: {
  readonly tx: TenantTransaction;
  readonly taken: DecisionTaken;
  readonly delivery: EagerDelivery;
  readonly afterCommit: (effect: () => Promise<void>) => void;
}): Promise<Extract<DecisionOutcome, { kind: "recorded" }>> {
  const outcome = await recordDecision(tx, {
    taskId: taken.taskId,
    by: taken.user.email,
    userId: taken.user.id,
    decision: taken.decision,
    comment: taken.comment,
    revisionHash: taken.revisionHash,
    channel: taken.channel,
    now: taken.now as Instant,
  });
  switch (outcome.kind) {
    case "unknown-task":
      throw notFound("approval task");
    case "refused":
      throw new ApiProblem(outcome.reasons[0].code, outcome.reasons[0].sentence);
    case "recorded":
      break;
  }
  const { decisionId, outboxId, order } = outcome;
  if (await delivery.claim(tx, outboxId)) {
    const { taskId, revisionHash } = taken;
    afterCommit(() =>
      delivery.decide({
        tenantId: tx.tenantId,
        orderId: order.id,
        outboxId,
        decisionId,
        taskId,
        revisionHash,
      }),
    );
  }
  return outcome;
}

/** Decisions are made by people: a machine's key has nobody whose word it could give. */
export function requirePerson(user: User | null): User {
  if (user !== null) return user;
  throw new ApiProblem(
    "not_an_approver",
    "This API key belongs to no user, so there is nobody in whose name it could decide. Use a key made with user_email.",
  );
}
