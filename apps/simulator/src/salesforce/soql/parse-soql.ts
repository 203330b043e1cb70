import type { SalesforceError } from "../salesforce-error.ts";
import type {
  Condition,
  Literal,
  Operator,
  OrderItem,
  Path,
  SelectItem,
  SoqlQuery,
} from "./soql-query.ts";
import { malformed, type Token, tokenizeSoql } from "./tokenize-soql.ts";

const RELATIVE_DATES = /^(TODAY|YESTERDAY|TOMORROW|(LAST|NEXT)_N_DAYS)$/i;
const OPERATORS = new Set(["=", "!=", "<>", "<", ">", "<=", ">="]);
const DEPTH_MAX = 50;

/**
 * Parses the SOQL an integration of this size writes: fields, parent paths, one level of child
 * queries, COUNT(), WHERE with AND / OR / NOT and semi-joins, ORDER BY, LIMIT, OFFSET. Anything
 * else (aggregates, GROUP BY, TYPEOF, FOR VIEW …) is MALFORMED_QUERY.
 * @see https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
 */
export function parseSoql(soql: string): SoqlQuery {
  const tokens = tokenizeSoql(soql);
  let at = 0;

  const peek = (ahead = 0) => tokens[Math.min(at + ahead, tokens.length - 1)] as Token;
  const isWord = (word: string, ahead = 0) => {
    const token = peek(ahead);
    return token.kind === "word" && token.text.toUpperCase() === word;
  };
  const isSymbol = (symbol: string, ahead = 0) => {
    const token = peek(ahead);
    return token.kind === "symbol" && token.text === symbol;
  };

  function unexpected(expected?: string): SalesforceError {
    const token = peek();
    const shown = token.kind === "end" ? "<EOF>" : token.text;
    const wish = expected === undefined ? "" : ` expecting ${expected}`;
    return malformed(soql, token.at, `unexpected token: '${shown}'${wish}`);
  }

  function takeWord(word: string) {
    if (!isWord(word)) throw unexpected(word);
    at += 1;
  }

  function takeSymbol(symbol: string) {
    if (!isSymbol(symbol)) throw unexpected(`'${symbol}'`);
    at += 1;
  }

  function skipWord(word: string): boolean {
    if (!isWord(word)) return false;
    at += 1;
    return true;
  }

  function skipSymbol(symbol: string): boolean {
    if (!isSymbol(symbol)) return false;
    at += 1;
    return true;
  }

  function takeName(): string {
    const token = peek();
    if (token.kind !== "word") throw unexpected("a name");
    at += 1;
    return token.text;
  }

  function takePath(): Path {
    const path = [takeName()];
    while (skipSymbol(".")) path.push(takeName());
    return path;
  }

  function takeWholeNumber(): number {
    const token = peek();
    if (token.kind !== "number" || !Number.isInteger(token.value) || token.value < 0)
      throw unexpected("a whole number");
    at += 1;
    return token.value;
  }

  function takeQuery(isNested: boolean): SoqlQuery {
    takeWord("SELECT");
    const select = [takeSelectItem(isNested)];
    while (skipSymbol(",")) select.push(takeSelectItem(isNested));
    takeWord("FROM");
    const from = takeName();
    const where = skipWord("WHERE") ? takeOr(0) : undefined;
    const orderBy: OrderItem[] = [];
    if (skipWord("ORDER")) {
      takeWord("BY");
      do orderBy.push(takeOrderItem());
      while (skipSymbol(","));
    }
    const limit = skipWord("LIMIT") ? takeWholeNumber() : undefined;
    const offset = skipWord("OFFSET") ? takeWholeNumber() : 0;
    let allRows = false;
    if (skipWord("ALL")) {
      takeWord("ROWS");
      allRows = true;
    }
    return { select, from, where, orderBy, limit, offset, allRows };
  }

  function takeSelectItem(isNested: boolean): SelectItem {
    if (isSymbol("(")) {
      if (isNested) throw unexpected("a field");
      at += 1;
      const query = takeQuery(true);
      takeSymbol(")");
      return { kind: "children", query };
    }
    if (isWord("COUNT") && isSymbol("(", 1) && isSymbol(")", 2)) {
      at += 3;
      return { kind: "count" };
    }
    return { kind: "field", path: takePath() };
  }

  function takeOrderItem(): OrderItem {
    const path = takePath();
    const isDescending = skipWord("DESC") || (skipWord("ASC") && false);
    let nullsLast = isDescending;
    if (skipWord("NULLS")) {
      nullsLast = skipWord("LAST");
      if (!nullsLast) takeWord("FIRST");
    }
    return { path, isDescending, nullsLast };
  }

  /** SOQL has no precedence between AND and OR: mixing them needs parentheses. */
  function takeOr(depth: number): Condition {
    if (depth > DEPTH_MAX) throw malformed(soql, peek().at, "the condition is nested too deeply");
    const items = [takeUnary(depth)];
    let kind: "and" | "or" | undefined;
    while (isWord("AND") || isWord("OR")) {
      const next = isWord("AND") ? "and" : "or";
      if (kind !== undefined && kind !== next) throw unexpected();
      kind = next;
      at += 1;
      items.push(takeUnary(depth));
    }
    return kind === undefined ? (items[0] as Condition) : { kind, items };
  }

  function takeUnary(depth: number): Condition {
    if (depth > DEPTH_MAX) throw malformed(soql, peek().at, "the condition is nested too deeply");
    if (skipWord("NOT")) return { kind: "not", item: takeUnary(depth + 1) };
    if (skipSymbol("(")) {
      const inside = takeOr(depth + 1);
      takeSymbol(")");
      return inside;
    }
    return takeComparison();
  }

  function takeComparison(): Condition {
    const path = takePath();
    if (isWord("NOT") && isWord("IN", 1)) {
      at += 2;
      return takeIn(path, true);
    }
    if (skipWord("IN")) return takeIn(path, false);
    if (skipWord("LIKE")) return { kind: "compare", path, operator: "LIKE", value: takeLiteral() };
    const token = peek();
    if (token.kind !== "symbol" || !OPERATORS.has(token.text)) throw unexpected("an operator");
    at += 1;
    const operator = (token.text === "<>" ? "!=" : token.text) as Operator;
    return { kind: "compare", path, operator, value: takeLiteral() };
  }

  function takeIn(path: Path, isNegated: boolean): Condition {
    takeSymbol("(");
    if (isWord("SELECT")) {
      const query = takeQuery(true);
      takeSymbol(")");
      return { kind: "inQuery", path, isNegated, query };
    }
    const values = [takeLiteral()];
    while (skipSymbol(",")) values.push(takeLiteral());
    takeSymbol(")");
    return { kind: "in", path, isNegated, values };
  }

  function takeLiteral(): Literal {
    const token = peek();
    at += 1;
    switch (token.kind) {
      case "string":
        return { kind: "string", text: token.text };
      case "number":
        return { kind: "number", value: token.value };
      case "datetime":
        return { kind: "datetime", ms: token.ms };
      case "date":
        return { kind: "date", day: token.text };
      case "word":
        if (/^null$/i.test(token.text)) return { kind: "null" };
        if (/^(true|false)$/i.test(token.text)) {
          return { kind: "boolean", value: token.text.toLowerCase() === "true" };
        }
        if (RELATIVE_DATES.test(token.text)) {
          const name = token.text.toUpperCase();
          if (!name.endsWith("_N_DAYS")) return { kind: "relativeDate", name, count: 0 };
          takeSymbol(":");
          return { kind: "relativeDate", name, count: takeWholeNumber() };
        }
        break;
      case "symbol":
      case "end":
        break;
    }
    at -= 1;
    throw unexpected("a value");
  }

  const query = takeQuery(false);
  if (peek().kind !== "end") throw unexpected();
  return query;
}
