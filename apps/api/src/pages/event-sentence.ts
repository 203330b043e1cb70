import { formatMoney, type Money } from "@usher/entitlement-core/kernel";
import type { OrderEvent } from "@usher/entitlement-core/order";
import type { Sign } from "./marks.ts";
import { systemName } from "./system-name.ts";

/** How the timeline tells an event: a sentence, and a sign by which the eye finds its kind. */
export interface EventSentence {
  readonly sign: Sign;
  readonly kind: "good" | "bad" | "wait" | "work" | "calm";
  readonly sentence: string;
  /** The words of a person, or a fix; shown below. */
  readonly more: string | null;
}

export function eventSentence(event: OrderEvent): EventSentence {
  switch (event.type) {
    case "order_received":
      return say("arrow", "work", "Order received", `Deal version ${event.dealVersion}`);
    case "revision_received":
      return say(
        "pen",
        "work",
        `The deal changed: this is revision ${event.revision}`,
        `Deal version ${event.dealVersion}`,
      );
    case "order_validated":
      return say("check", "calm", "Checked: nothing is missing");
    case "approval_requested":
      return say(
        "clock",
        "wait",
        `Asked for approval: ${event.waitingOn.who}`,
        // Who is asked says the stage already; the stages after it are worth a line.
        event.stages.length < 2
          ? null
          : `Stages: ${event.stages.map((stage) => stage.name).join(", ")}`,
      );
    case "approval_decided":
      return decided(event);
    case "approval_kept":
      return say(
        "check",
        "good",
        `The yes of ${event.decidedBy} still stands: nothing it looked at has changed`,
      );
    case "approval_lapsed":
      return say(
        "alert",
        "bad",
        event.outcome === "parked"
          ? "Nobody decided in time: the order is parked"
          : "Nobody decided in time: denied by policy",
      );
    case "order_approved":
      return say("check", "good", "Approved: everyone who was asked has said yes");
    case "order_rejected":
      return say("cross", "bad", `Rejected by ${event.by}`, event.comment);
    case "provisioning_started":
      return say("arrow", "work", "Provisioning started");
    case "order_billed":
      return say(
        "coin",
        "good",
        `Billed in ${systemName(event.system)}: ${money(event.totalMinor, event.currency)}`,
        event.recordId,
      );
    case "order_booked":
      return say(
        "coin",
        "good",
        `Booked in ${systemName(event.system)} as ${event.number}: ${money(event.totalMinor, event.currency)}`,
        event.recordId,
      );
    case "payment_recorded":
      return event.outcome === "paid"
        ? say("coin", "good", `Paid in ${systemName(event.system)}`, event.recordId)
        : say("coin", "bad", `Payment failed in ${systemName(event.system)}`, event.recordId);
    case "access_kept":
      return say("check", "calm", "Nothing changed for the customer: access stays as it is");
    case "entitlements_granted":
      return say("check", "good", `Access granted: ${count(event.entitlementIds.length, "right")}`);
    case "token_issued":
      return say("key", "good", "License token signed", event.jti);
    case "crm_told":
      return say(
        "arrow",
        "calm",
        `Told ${systemName(event.system)}: ${event.status}`,
        event.recordId,
      );
    case "problem_found":
      return say("alert", "bad", "Action needed", event.problem.sentence);
    case "order_resumed":
      return say("arrow", "work", `Resumed by ${event.by}`, event.because);
    case "undoing_started":
      return say(
        "arrow",
        "work",
        `Taking back what was made: the order was ${event.becomes} by ${event.by}`,
        event.reason,
      );
    case "step_undone":
      return event.outcome === "undone"
        ? say("check", "calm", `Taken back: ${madeBy[event.step]}`, event.detail)
        : say("alert", "bad", `Could not take back: ${madeBy[event.step]}`, event.detail);
    case "order_canceled":
      return say("cross", "calm", `Canceled by ${event.by}`, event.reason);
    case "order_ended":
      return say("check", "calm", "The term has ended");
  }
}

/** What a step has made, in the words of whoever reads the timeline. */
const madeBy = { grant: "access", bill: "the bill", book: "the ERP order" } as const;

function decided(event: Extract<OrderEvent, { type: "approval_decided" }>): EventSentence {
  switch (event.decision) {
    case "approve":
      return say("check", "good", `${event.decidedBy} approved`, event.comment);
    case "reject":
      return say("cross", "bad", `${event.decidedBy} rejected`, event.comment);
    case "request_changes":
      return say("pen", "wait", `${event.decidedBy} asked for changes`, event.comment);
  }
}

function say(
  sign: Sign,
  kind: EventSentence["kind"],
  sentence: string,
  more: string | null = null,
): EventSentence {
  return { sign, kind, sentence, more };
}

function money(minor: number, currency: string): string {
  return formatMoney({ minor, currency: currency as Money["currency"] });
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
