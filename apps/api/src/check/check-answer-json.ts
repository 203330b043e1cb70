import type { CheckAnswer } from "@usher/entitlement-core/check";
import type { BreakdownEntry } from "@usher/entitlement-core/entitlement";
import type { Limit } from "@usher/entitlement-core/kernel";
import type { Freshness } from "./rights-feed.ts";

/**
 * The answer as JSON of the contract, less its last members and its end, which are `originJson`'s.
 * Written by hand: it is most of the cost of a check over HTTP.
 * `check-answer-json.test.ts` holds it to what `JSON.stringify` of the contract's shape would say.
 */
export function checkAnswerJson(answer: CheckAnswer): string {
  const { limit, usage, value } = answer;
  return `{"allowed":${answer.allowed},"reason":"${answer.reason}","state":"${answer.state}","limit":${limitJson(limit)},"value":${value === null ? "null" : JSON.stringify(value)},"usage":${usage},"remaining":${limitJson(answer.remaining)},"overage":${answer.overage},"in_overage":${answer.inOverage},"reset_at":${instantJson(answer.resetAt)},"valid_until":${instantJson(answer.validUntil)},"breakdown":[${answer.breakdown.map(breakdownEntryJson).join(",")}]`;
}

/** Who answers and how fresh that is: the end of its JSON. The hub itself is always `live`. */
export function originJson({ asOf, lagMs }: Freshness): string {
  return `,"as_of":${instantJson(asOf)},"lag_ms":${lagMs},"source":"live"}`;
}

function breakdownEntryJson({ entitlement, inGrace }: BreakdownEntry): string {
  const { value, provenance } = entitlement;
  const limit =
    value.kind === "metered" || value.kind === "seat" ? limitJson(value.limit) : '"unlimited"';
  const set = value.kind === "config" ? JSON.stringify(value.value) : "null";
  // Ids are our own and need no escaping; a line's id is the CRM's.
  return `{"entitlement_id":"${entitlement.id}","source_kind":"${provenance.kind}","order_id":"${provenance.orderId}","revision":${provenance.revision},"line_id":${JSON.stringify(provenance.lineId)},"offering_version_id":"${provenance.offeringVersionId}","decision_ids":${JSON.stringify(provenance.decisionIds)},"limit":${limit},"value":${set},"active_from":${instantJson(entitlement.activeFrom)},"active_until":${instantJson(entitlement.activeTo)},"in_grace":${inGrace}}`;
}

function limitJson(limit: Limit): string {
  switch (limit.kind) {
    case "limited":
      return String(limit.amount);
    case "unlimited":
      return '"unlimited"';
    case "none":
      return '"none"';
  }
}

// The same few instants (ends of terms, resets, the last poll) stand in nearly every answer.
const texts = new Map<number, string>();
const textsMax = 10_000;

function instantJson(instant: number | null): string {
  if (instant === null) return "null";
  const known = texts.get(instant);
  if (known !== undefined) return known;
  if (texts.size >= textsMax) texts.clear();
  const text = `"${new Date(instant).toISOString()}"`;
  texts.set(instant, text);
  return text;
}
