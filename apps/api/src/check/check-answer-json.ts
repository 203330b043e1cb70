import type { CheckAnswer } from "@usher/entitlement-core/check";
import type { Limit } from "@usher/entitlement-core/kernel";
import { toWireBreakdownEntry } from "../wire/to-wire-entitlement.ts";
import type { Freshness } from "./rights-feed.ts";

/**
 * The answer as JSON of the contract, written by hand: it is the whole cost of a check over HTTP.
 * `check-answer-json.test.ts` holds it to what `JSON.stringify` of the contract's shape would say.
 */
export function checkAnswerJson({
  answer,
  breakdown,
  freshness,
  source,
}: {
  readonly answer: CheckAnswer;
  /** `breakdownJson(answer)`, perhaps kept from an earlier check. */
  readonly breakdown: string;
  readonly freshness: Freshness;
  readonly source: "live" | "books";
}): string {
  const { resetAt, validUntil, value } = answer;
  return `{"allowed":${answer.allowed},"reason":"${answer.reason}","state":"${answer.state}","limit":${limitJson(answer.limit)},"value":${value === null ? "null" : JSON.stringify(value)},"usage":${answer.usage},"remaining":${limitJson(answer.remaining)},"overage":${answer.overage},"in_overage":${answer.inOverage},"reset_at":${instantJson(resetAt)},"valid_until":${instantJson(validUntil)},"as_of":${instantJson(freshness.asOf)},"lag_ms":${freshness.lagMs},"source":"${source}","breakdown":${breakdown}}`;
}

export function breakdownJson(answer: CheckAnswer): string {
  return JSON.stringify(answer.breakdown.map(toWireBreakdownEntry));
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
