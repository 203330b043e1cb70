import { refusal, type SalesforceError } from "../salesforce-error.ts";
import { isDate, parseDateTime } from "../salesforce-time.ts";

export type Token =
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  | { readonly kind: "symbol"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly value: number; readonly text: string; readonly at: number }
  | { readonly kind: "datetime"; readonly ms: number; readonly text: string; readonly at: number }
  | { readonly kind: "date"; readonly text: string; readonly at: number }
  | { readonly kind: "end"; readonly text: ""; readonly at: number };

const SYMBOL = /(?:<=|>=|!=|<>|[=<>(),.:])/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const DATE_TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})/y;
const DATE = /\d{4}-\d{2}-\d{2}(?![\dT])/y;
const NUMBER = /[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  N: "\n",
  r: "\r",
  R: "\r",
  t: "\t",
  T: "\t",
  b: "\b",
  B: "\b",
  f: "\f",
  F: "\f",
  '"': '"',
  "'": "'",
  "\\": "\\",
  // `\_` and `\%` keep their backslash: LIKE reads them as literal characters.
  _: "\\_",
  "%": "\\%",
};

/** @see https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm */
export function tokenizeSoql(soql: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(soql)?.[0];
  }

  while (at < soql.length) {
    const character = soql[at] as string;
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (character === "'") {
      const { text, end } = readString(soql, at);
      tokens.push({ kind: "string", text, at });
      at = end;
      continue;
    }
    const token = nextToken(match, at);
    if (token === undefined)
      throw malformed(soql, at, `line 1:${at} no viable alternative at character '${character}'`);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: "end", text: "", at });
  return tokens;
}

function nextToken(match: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const dateTime = match(DATE_TIME);
  const ms = dateTime === undefined ? undefined : parseDateTime(dateTime);
  if (dateTime !== undefined && ms !== undefined)
    return { kind: "datetime", ms, text: dateTime, at };
  const date = match(DATE);
  if (date !== undefined && isDate(date)) return { kind: "date", text: date, at };
  const number = match(NUMBER);
  if (number !== undefined) return { kind: "number", value: Number(number), text: number, at };
  const word = match(WORD);
  if (word !== undefined) return { kind: "word", text: word, at };
  const symbol = match(SYMBOL);
  return symbol === undefined ? undefined : { kind: "symbol", text: symbol, at };
}

function readString(soql: string, start: number): { text: string; end: number } {
  let text = "";
  let at = start + 1;
  while (at < soql.length) {
    const character = soql[at] as string;
    if (character === "'") return { text, end: at + 1 };
    if (character === "\\") {
      const escaped = ESCAPES[soql[at + 1] ?? ""];
      if (escaped === undefined) {
        throw malformed(
          soql,
          at,
          `Invalid string literal '${soql.slice(start, at + 2)}'. Illegal character sequence '${soql.slice(at, at + 2)}' in string literal`,
        );
      }
      text += escaped;
      at += 2;
    } else {
      text += character;
      at += 1;
    }
  }
  throw malformed(soql, start, `line 1:${start} mismatched character '<EOF>' expecting '''`);
}

/** MALFORMED_QUERY with the place marked, as the vendor words it. */
export function malformed(soql: string, at: number, message: string): SalesforceError {
  const from = Math.max(0, at - 30);
  const line = soql.slice(from, at + 30);
  return refusal(
    400,
    "MALFORMED_QUERY",
    `\n${line}\n${" ".repeat(at - from)}^\nERROR at Row:1:Column:${at + 1}\n${message}`,
  );
}
