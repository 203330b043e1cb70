import { invalidRequest } from "./stripe-error.ts";

/** One clause of Stripe's search language. */
export interface SearchClause {
  /** `email`, or `metadata` with `key`. */
  readonly field: string;
  readonly key: string | undefined;
  readonly operator: ":" | "~" | ">" | "<" | ">=" | "<=";
  readonly value: string | number | null;
  readonly isNegated: boolean;
}

export interface SearchQuery {
  readonly clauses: readonly SearchClause[];
  readonly join: "and" | "or";
}

const CLAUSES_MAX = 10;
const CLAUSE =
  /\s*(-?)([a-z_.]+)(?:\[(["'])((?:(?!\3).)+)\3\])?\s*(>=|<=|:|~|>|<)\s*(?:(["'])((?:\\.|(?!\6)[^\\])*)\6|(null|-?\d+(?:\.\d+)?|true|false))/y;
const JOIN = /\s+(?:(AND|OR)\s+)?/iy;

/**
 * Parses `metadata['order']:'o_1' AND status:'active'`. AND and OR cannot be mixed.
 * @see https://docs.stripe.com/search#search-query-language
 */
export function parseSearch(text: string): SearchQuery {
  const clauses: SearchClause[] = [];
  let join: "and" | "or" | undefined;
  let at = 0;
  for (;;) {
    CLAUSE.lastIndex = at;
    const match = CLAUSE.exec(text);
    if (match === null) throw invalid(text, at);
    at = CLAUSE.lastIndex;
    clauses.push(toClause(match));
    if (text.slice(at).trim() === "") break;
    JOIN.lastIndex = at;
    const next = JOIN.exec(text);
    if (next === null) throw invalid(text, at);
    at = JOIN.lastIndex;
    const word = (next[1]?.toLowerCase() ?? "and") as "and" | "or";
    if (join !== undefined && join !== word) {
      throw invalidRequest(
        "We were unable to parse your search query: AND and OR can't be combined in one query.",
        { param: "query" },
      );
    }
    join = word;
  }
  if (clauses.length > CLAUSES_MAX)
    throw invalidRequest(`A search query has at most ${CLAUSES_MAX} clauses.`, { param: "query" });
  return { clauses, join: join ?? "and" };
}

function toClause(match: RegExpExecArray): SearchClause {
  const [, minus, field = "", , key, operator = ":", , quoted, bare] = match;
  const value =
    quoted !== undefined
      ? quoted.replace(/\\(.)/g, "$1")
      : bare === "null"
        ? null
        : /^-?\d/.test(bare ?? "")
          ? Number(bare)
          : (bare ?? "");
  return {
    field,
    key,
    operator: operator as SearchClause["operator"],
    value,
    isNegated: minus === "-",
  };
}

function invalid(text: string, at: number) {
  return invalidRequest(
    `We were unable to parse your search query: unexpected text at ${at}: \`${text.slice(at, at + 20)}\`. For more information, see https://docs.stripe.com/search.`,
    { param: "query" },
  );
}
