import type { OrderForPlanning } from "@usher/database";
import type { ApprovalView } from "./approval-page.ts";
import type { TimeFormat } from "./format-time.ts";

/** Why there is nothing to decide: someone has, the order has moved on, or it is not this viewer's to decide. */
export function closedNotice({
  found,
  task,
  viewerEmail,
  time,
}: {
  readonly found: OrderForPlanning;
  readonly task: OrderForPlanning["tasks"][number];
  readonly viewerEmail: string;
  readonly time: TimeFormat;
}): ApprovalView["closed"] {
  const email = viewerEmail.toLowerCase();
  const last = found.decisions.findLast((one) => one.taskId === task.id);
  if (last !== undefined && (task.status !== "open" || last.decidedBy === email)) {
    const words = {
      approve: "approved",
      reject: "rejected",
      request_changes: "asked for changes to",
    } as const;
    const name = found.names[last.decidedBy] ?? last.decidedBy;
    return {
      tone: last.decision === "approve" ? "good" : "warn",
      sentence: `${name} ${words[last.decision]} this at ${time.text(last.decidedAt)}`,
      detail: last.comment,
    };
  }
  if (task.status === "superseded") {
    return {
      tone: "info",
      sentence: "The order has changed since you were asked",
      detail:
        "This request no longer counts. A new one was made for what changed, if it still has to be asked.",
    };
  }
  if (task.status === "parked" || task.status === "denied") {
    return {
      tone: "warn",
      sentence:
        task.status === "parked"
          ? "Nobody decided in time"
          : "Nobody decided in time: denied by policy",
      detail: task.status === "parked" ? "The order is parked. Resume it to be asked again." : null,
    };
  }
  if (task.excludedEmails.includes(email)) {
    return {
      tone: "info",
      sentence: "This is not yours to decide",
      detail: "You requested, own or last edited this deal, so somebody else has to look at it.",
    };
  }
  if (!task.approverEmails.includes(email)) {
    const who = task.approverEmails.map((one) => found.names[one] ?? one).join(", ");
    return { tone: "info", sentence: "This is not asked of you", detail: `Asked: ${who}.` };
  }
  if (task.status === "waiting") {
    return {
      tone: "info",
      sentence: "Not asked yet",
      detail: "An earlier step has to be decided first.",
    };
  }
  return null;
}
