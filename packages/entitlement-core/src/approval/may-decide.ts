import type { Instant } from "../kernel/instant.ts";
import { accept, type Outcome, refuse } from "../kernel/outcome.ts";
import type { Refusal } from "../order/refusal.ts";
import type { DecisionWord, PlannedStage } from "./approval-path.ts";
import { normalizeEmail, type StagePeople } from "./settle-stage.ts";

/** Where a task stands in the list of tasks. */
export type TaskStatus =
  | "waiting"
  | "open"
  | "approved"
  | "rejected"
  | "changes_requested"
  | "superseded"
  | "parked"
  | "denied";

export interface DecisionRequest {
  /** E-mail address of whoever decides, as proven by how they came in. */
  readonly by: string;
  readonly decision: DecisionWord;
  readonly comment: string | null;
  /** The revision they looked at. */
  readonly revisionHash: string;
}

/**
 * Whether this person may decide this task now. A no carries the code that the API answers with.
 * Who may never decide learns that first, so that nobody is sent to re-read an order in vain.
 */
export function mayDecide({
  task,
  people,
  request,
  now,
}: {
  readonly task: {
    readonly status: TaskStatus;
    readonly revisionHash: string;
    /** Null: not asked yet. */
    readonly dueAt: Instant | null;
    readonly stage: Pick<PlannedStage, "whenSilent">;
  };
  readonly people: StagePeople;
  readonly request: DecisionRequest;
  readonly now: Instant;
}): Outcome<true, Refusal> {
  const by = normalizeEmail(request.by);
  if (people.excludedEmails.some((email) => normalizeEmail(email) === by)) {
    return no(
      "self_approval",
      `${request.by} requested, owns or last edited this deal and cannot decide it. Ask another approver.`,
    );
  }
  if (!people.approverEmails.some((email) => normalizeEmail(email) === by)) {
    return no("not_an_approver", `This task is not asked of ${request.by}.`);
  }
  if (request.revisionHash !== task.revisionHash || task.status === "superseded") {
    return no(
      "stale_revision",
      "The order has changed since you opened it. Read it again: what changed is shown there.",
    );
  }
  switch (task.status) {
    case "approved":
    case "rejected":
    case "changes_requested":
    case "denied":
      return no(
        "already_decided",
        `This task was already decided: ${task.status.replace("_", " ")}.`,
      );
    case "parked":
      return tooLate("park");
    case "waiting":
      return no(
        "order_phase_conflict",
        "This task is not open yet: an earlier step of the path is still to be decided.",
      );
    case "open":
      // The instant itself ends the time for an answer, not whoever comes to write that down.
      if (task.dueAt !== null && task.dueAt <= now) return tooLate(task.stage.whenSilent);
      break;
  }
  if (request.decision !== "approve" && (request.comment ?? "").trim() === "") {
    return no(
      "comment_required",
      "Say why in the comment: it is shown to whoever has to change the deal.",
    );
  }
  return accept(true);
}

function tooLate(whenSilent: PlannedStage["whenSilent"]): Outcome<true, Refusal> {
  return whenSilent === "deny"
    ? no("already_decided", "Nobody decided in time, and the policy takes that as a no.")
    : no(
        "order_phase_conflict",
        "Nobody decided in time and the order is parked. Resume the order; that asks again.",
      );
}

function no(code: Refusal["code"], sentence: string): Outcome<true, Refusal> {
  return refuse({ code, sentence });
}
