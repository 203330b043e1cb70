import { dealWords } from "@usher/entitlement-core/deal";
import type { ErrorCode } from "@usher/entitlement-core/errors";
import { type Instant, termInterval } from "@usher/entitlement-core/kernel";
import type { OrderContent, Problem } from "@usher/entitlement-core/order";
import { tokenTtlSecondsMax } from "@usher/entitlement-core/token";
import type { StepFailure } from "./run-step.ts";

/** How long until a step is tried again by itself when the cause may have passed. */
export const retryUnreachableInMs = 5 * 60_000;

/**
 * The problem an order stands at because a step failed for good: who has to act, and how.
 * The vendor's own message is in the sentence, since it usually names the cause best.
 */
export function problemFromFailure(failure: StepFailure): Problem {
  const code = codeOf(failure);
  const sentence = `${beginningOf(code, failure.step)}: ${failure.message.trim().replace(/\.?$/, ".")} ${adviceFor(code, failure.step)}`;
  return {
    code,
    sentence,
    where: failure.where,
    resumeAt: failure.step === "plan" ? "validation" : "provisioning",
    blockedOnProductCodes: [],
    faults: [{ code, sentence, where: failure.where }],
  };
}

/** No right of the order falls into the life of a token signed now: its terms are over, or far ahead. */
export function nothingToGrantProblem({
  content,
  now,
}: {
  readonly content: OrderContent;
  readonly now: Instant;
}): Problem {
  const words = dealWords(content.source.system);
  const record = words.deal({ name: content.dealName, id: content.source.id });
  const where = { record, field: words.fields.startsOn };
  const code = "nothing_to_sign";
  const isOver = content.lines.every((line) => termInterval(line.term).to <= now);
  const sentence = isOver
    ? `${record}: every line's term is over already, so there is nothing to grant. Correct ${words.fields.startsOn} or the length, or cancel the order.`
    : `${record}: no line's term begins within ${tokenTtlSecondsMax / 86_400} days, which is as far ahead as a license token reaches. Correct ${words.fields.startsOn}, or resume the order when less than that is left.`;
  return {
    code,
    sentence,
    where,
    resumeAt: "validation",
    blockedOnProductCodes: [],
    faults: [{ code, sentence, where }],
  };
}

function codeOf({ step, type }: StepFailure): ErrorCode {
  if (step !== "bill" && step !== "book") return "unexpected_failure";
  const isBill = step === "bill";
  switch (type) {
    case "auth_expired":
    case "auth_invalid":
    case "permission":
    case "config":
      return "connection_needs_attention";
    case "rate_limited":
    case "quota_exhausted":
    case "transient":
    case "outcome_unknown":
    case "conflict_locked":
    case "conflict_stale":
      return isBill ? "billing_unreachable" : "booking_unreachable";
    case "validation":
    case "not_found":
    case "duplicate":
    case "schema_drift":
      return isBill ? "billing_refused" : "booking_refused";
    default:
      return "unexpected_failure";
  }
}

function beginningOf(code: ErrorCode, step: StepFailure["step"]): string {
  switch (code) {
    case "connection_needs_attention":
      return `The ${step === "book" ? "ERP" : "billing"} connection needs attention`;
    case "billing_unreachable":
      return "The billing system could not be reached";
    case "billing_refused":
      return "The billing system refused the order";
    case "booking_unreachable":
      return "The ERP could not be reached";
    case "booking_refused":
      return "The ERP refused the order";
    default:
      return "A step failed in a way nobody foresaw";
  }
}

function adviceFor(code: ErrorCode, step: StepFailure["step"]): string {
  switch (code) {
    case "connection_needs_attention":
      return "Renew its credentials or rights, then resume the order.";
    case "billing_unreachable":
    case "booking_unreachable":
      return "It is tried again by itself; resume the order to try at once.";
    case "billing_refused":
    case "booking_refused":
      return `Correct the deal, which resumes the order, or correct it in the ${step === "book" ? "ERP" : "billing system"} and resume the order.`;
    default:
      return "Resume the order once the cause is gone.";
  }
}
