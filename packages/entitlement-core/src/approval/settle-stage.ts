import type { PlannedStage, StageDecision } from "./approval-path.ts";

/** The people a stage can be decided by: its approvers resolved to e-mail addresses, and those who may not. */
export interface StagePeople {
  /** Every person the stage's users and groups stand for. */
  readonly approverEmails: readonly string[];
  /** Requester, deal owner and last editor: their decisions never count, in any role. */
  readonly excludedEmails: readonly string[];
}

/** Where a stage stands. */
export type StageStanding =
  | { readonly kind: "open"; readonly approvedBy: readonly string[]; readonly missing: number }
  | { readonly kind: "approved"; readonly approvedBy: readonly string[] }
  | { readonly kind: "rejected"; readonly by: string; readonly comment: string | null }
  | { readonly kind: "changes-requested"; readonly by: string; readonly comment: string | null }
  /** So few people may decide that the quorum cannot be reached. */
  | { readonly kind: "unreachable"; readonly needed: number; readonly eligible: number };

/**
 * Settles one stage from the decisions that count for it: of the stage's inputs as they are, by
 * people who may decide. One reject settles it, whatever else was said and in whatever order;
 * then a request for changes; then the quorum. Silence settles nothing.
 */
export function settleStage({
  stage,
  people,
  decisions,
  revisionHash,
}: {
  readonly stage: PlannedStage;
  readonly people: StagePeople;
  readonly decisions: readonly StageDecision[];
  /** The revision that is decided on now: a request for changes counts for the one it was made on alone. */
  readonly revisionHash: string;
}): StageStanding {
  const eligible = eligibleApprovers(people);
  const counted = decisionsThatCount({ stage, people, decisions, revisionHash });

  const no = firstByPerson(counted.filter(({ decision }) => decision === "reject"));
  if (no !== null) return { kind: "rejected", by: no.decidedBy, comment: no.comment };

  const change = firstByPerson(counted.filter(({ decision }) => decision === "request_changes"));
  if (change !== null) {
    return { kind: "changes-requested", by: change.decidedBy, comment: change.comment };
  }

  const approvedBy = [
    ...new Set(
      counted
        .filter(({ decision }) => decision === "approve")
        .map(({ decidedBy }) => normalizeEmail(decidedBy)),
    ),
  ].sort();
  const needed = neededYeses(stage, eligible.length);
  if (eligible.length < needed) {
    return { kind: "unreachable", needed, eligible: eligible.length };
  }
  const missing = needed - approvedBy.length;
  return missing <= 0 ? { kind: "approved", approvedBy } : { kind: "open", approvedBy, missing };
}

/** The decisions that count for a stage as it is now: same inputs, an approver, nobody who is excluded. */
export function decisionsThatCount({
  stage,
  people,
  decisions,
  revisionHash,
}: {
  readonly stage: PlannedStage;
  readonly people: StagePeople;
  readonly decisions: readonly StageDecision[];
  readonly revisionHash: string;
}): readonly StageDecision[] {
  const eligible = new Set(eligibleApprovers(people));
  return decisions.filter(
    (one) =>
      one.stageKey === stage.key &&
      one.inputsHash === stage.inputsHash &&
      // Whoever asked for a change gets to see it, even where it touched none of the stage's inputs.
      (one.decision !== "request_changes" || one.revisionHash === revisionHash) &&
      eligible.has(normalizeEmail(one.decidedBy)),
  );
}

/** The approvers who may decide: everyone asked who is not excluded, once each, in lower case, sorted. */
export function eligibleApprovers({
  approverEmails,
  excludedEmails,
}: StagePeople): readonly string[] {
  const excluded = new Set(excludedEmails.map(normalizeEmail));
  return [...new Set(approverEmails.map(normalizeEmail))]
    .filter((email) => !excluded.has(email))
    .sort();
}

/** E-mail addresses are compared without regard to case, as the database's own constraint does. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

// "All" of nobody would be a yes without anyone having said it; so at least one is always needed.
function neededYeses({ quorum }: PlannedStage, eligible: number): number {
  switch (quorum.kind) {
    case "any":
      return 1;
    case "all":
      return Math.max(1, eligible);
    case "count":
      return Math.max(1, quorum.count);
  }
}

// By name rather than by time, so that the order in which decisions are read changes nothing.
function firstByPerson(decisions: readonly StageDecision[]): StageDecision | null {
  return decisions.reduce<StageDecision | null>(
    (first, one) => (first === null || sortKey(one) < sortKey(first) ? one : first),
    null,
  );
}

function sortKey({ decidedBy, comment, revisionHash }: StageDecision): string {
  return JSON.stringify([normalizeEmail(decidedBy), comment, revisionHash]);
}
