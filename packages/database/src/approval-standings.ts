import type { PeopleByStage, StageDecision } from "@usher/entitlement-core/approval";
import type { ApprovalStandings, AskedStage } from "@usher/entitlement-core/order";
import type { ApprovalTask } from "./approval-task.ts";

/**
 * The approval as its tasks tell it, for the revision whose path they are. Null: nobody was asked
 * for that revision yet, so that its path is still to be planned by the policy.
 */
export function approvalStandingsOf({
  revision,
  tasks,
  decisions,
  names,
}: {
  readonly revision: number;
  /** Every task of the order. */
  readonly tasks: readonly ApprovalTask[];
  readonly decisions: readonly StageDecision[];
  readonly names: Readonly<Record<string, string>>;
}): ApprovalStandings | null {
  const ofPath = newestByStage(tasks.filter((task) => task.pathRevision === revision));
  if (ofPath.length === 0) return null;
  const people: PeopleByStage = Object.fromEntries(
    ofPath.map((task) => [
      task.stage.key,
      { approverEmails: task.approverEmails, excludedEmails: task.excludedEmails },
    ]),
  );
  const asked = ofPath.flatMap((task): readonly AskedStage[] =>
    task.status === "open" && task.dueAt !== null
      ? [{ stageKey: task.stage.key, inputsHash: task.stage.inputsHash, dueAt: task.dueAt }]
      : [],
  );
  return { path: { stages: ofPath.map((task) => task.stage) }, people, names, decisions, asked };
}

/** A stage that was parked and asked again has two tasks: the later one stands for it. */
function newestByStage(tasks: readonly ApprovalTask[]): readonly ApprovalTask[] {
  const newest = new Map<string, ApprovalTask>();
  for (const task of tasks) {
    const other = newest.get(task.stage.key);
    if (other === undefined || other.id < task.id) newest.set(task.stage.key, task);
  }
  return [...newest.values()].sort(
    (one, other) => one.stage.step - other.stage.step || (one.stage.key < other.stage.key ? -1 : 1),
  );
}
