import type { WireOrderEvent } from "@usher/api-contract";

/** One line of a timeline, for people. An event this version does not know is told by its name. */
export function sentenceOfEvent(event: WireOrderEvent): string {
  const data = event.data as Readonly<Record<string, unknown>>;
  const text = (name: string) => String(data[name] ?? "");
  switch (event.type) {
    case "order_received":
      return "Received";
    case "revision_received":
      return `Revision ${text("revision")} received`;
    case "order_validated":
      return "Checked: nothing is wrong with the deal";
    case "approval_requested":
      return `Approval asked of ${nestedText(data, "waiting_on", "who") || "the approvers"}`;
    case "approval_decided":
      return `${text("decided_by")}: ${text("decision").replace("_", " ")}${quote(data["comment"])}`;
    case "approval_kept":
      return `${text("decided_by")}'s approval of ${text("stage_key")} still counts`;
    case "approval_lapsed":
      return `Nobody decided ${text("stage_key")} in time: ${text("outcome")}`;
    case "order_approved":
      return "Approved";
    case "order_rejected":
      return `Rejected by ${text("by")}${quote(data["comment"])}`;
    case "provisioning_started":
      return "Provisioning";
    case "order_billed":
      return `Billed in ${text("system")}: ${text("record_id")}`;
    case "payment_recorded":
      return `Payment ${text("outcome")} in ${text("system")}`;
    case "entitlements_granted":
      return `Granted${until(data["active_until_iso"])}`;
    case "token_issued":
      return `Token ${text("jti")} signed with key ${text("kid")}`;
    case "crm_told":
      return `${text("system")} shows ${text("status")}`;
    case "problem_found":
      return nestedText(data, "problem", "sentence");
    case "order_resumed":
      return `Taken up again: ${text("because")}`;
    case "step_undone":
      return `${text("step")} ${text("outcome")}`;
    case "order_canceled":
      return `Canceled by ${text("by")}${quote(data["reason"])}`;
    case "order_ended":
      return "Ended";
    default:
      return event.type.replaceAll("_", " ");
  }
}

function nestedText(data: Readonly<Record<string, unknown>>, outer: string, inner: string): string {
  const nested = data[outer];
  if (typeof nested !== "object" || nested === null) return "";
  return String((nested as Readonly<Record<string, unknown>>)[inner] ?? "");
}

const quote = (comment: unknown): string => (typeof comment === "string" ? `: “${comment}”` : "");
const until = (iso: unknown): string =>
  typeof iso === "string" ? `, until ${iso.slice(0, 10)}` : "";
