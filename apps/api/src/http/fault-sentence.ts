import type { z } from "zod";

/** One fault in words: what was expected and what came, and what to do about it. */
export interface FaultSentence {
  readonly detail: string;
  readonly fix: string;
}

type Issue = Exclude<z.core.$ZodIssue, { code: "unrecognized_keys" | "invalid_union" }>;

/** zod's issue for someone who has never heard of zod. */
export function faultSentence(issue: Issue): FaultSentence {
  switch (issue.code) {
    case "invalid_type":
      return ofType(issue);
    case "invalid_value": {
      const allowed = issue.values.map(String);
      return allowed.length === 1
        ? { detail: `expected ${allowed[0]}`, fix: `Send ${allowed[0]}.` }
        : { detail: `expected one of: ${allowed.join(", ")}`, fix: "Send one of them." };
    }
    case "too_big":
      return ofSize({ issue, bound: `at most ${issue.maximum}` });
    case "too_small":
      return ofSize({ issue, bound: `at least ${issue.minimum}` });
    case "invalid_format":
      if (issue.format === "url" && !issue.message.startsWith("expected")) {
        return {
          detail: "expected a web address, such as https://example.com/thanks",
          fix: "Send the whole address, with its scheme.",
        };
      }
      return inOwnWords(issue);
    default:
      return inOwnWords(issue);
  }
}

/** The contract says itself what it expects of a text; zod's own words begin with "Invalid". */
function inOwnWords({ message }: Issue): FaultSentence {
  return {
    detail: lower(message),
    fix: message.startsWith("expected")
      ? "Send it in that form."
      : "Send it as /openapi.json describes it.",
  };
}

function ofType(issue: Extract<Issue, { code: "invalid_type" }>): FaultSentence {
  const expected = withArticle(nounOf(issue.expected));
  const received = /received (.+)$/.exec(issue.message)?.[1] ?? "something else";
  if (received === "undefined") {
    return { detail: `it is missing; expected ${expected}`, fix: "Add it." };
  }
  // Only a text in a query or header can become NaN: JSON has none.
  if (received === "NaN") return { detail: `expected ${expected}`, fix: `Send ${expected}.` };
  return { detail: `expected ${expected}, got ${withArticle(received)}`, fix: `Send ${expected}.` };
}

function ofSize({
  issue,
  bound,
}: {
  readonly issue: Extract<Issue, { code: "too_big" | "too_small" }>;
  readonly bound: string;
}): FaultSentence {
  // A rule of the route's own comes with its own sentence.
  if (issue.message.startsWith("expected")) {
    return { detail: issue.message, fix: `Send ${bound}.` };
  }
  const unit = units[issue.origin];
  if (unit === undefined) return { detail: `expected ${bound}`, fix: `Send ${bound}.` };
  const one = bound.endsWith(" 1") ? unit : `${unit}s`;
  return { detail: `expected ${bound} ${one}`, fix: `Send ${bound} ${one}.` };
}

const units: Readonly<Record<string, string>> = {
  string: "character",
  array: "item",
  set: "item",
  record: "field",
};

const nouns: Readonly<Record<string, string>> = {
  int: "whole number",
  record: "object",
  null: "null",
};

function nounOf(type: string): string {
  return nouns[type] ?? type;
}

function withArticle(noun: string): string {
  if (/^(null|Infinity|-Infinity|something)/.test(noun)) return noun;
  return /^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
