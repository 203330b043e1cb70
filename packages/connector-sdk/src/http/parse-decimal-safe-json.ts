import { plainDecimal } from "./plain-decimal.ts";

/** What `parseDecimalSafeJson` answers: as `unknown`, but a number in it is always a safe integer. */
export type DecimalSafeJson = unknown;

const plainInteger = /^-?\d+$/;

/**
 * `JSON.parse` in which no amount passes through floating point: a number stays a number only when
 * it is written as an integer that a double holds exactly; anything else (`0.1`, `1e2`, `12.50`, a
 * 64-bit id) arrives as a decimal string. Throws `SyntaxError` as `JSON.parse` does, and
 * `RangeError` for nesting deeper than the stack.
 * @see https://github.com/tc39/proposal-json-parse-with-source
 */
export function parseDecimalSafeJson(text: string): DecimalSafeJson {
  // Looking at every value costs more than parsing them; most answers hold no number that needs it.
  if (!mayHoldInexactNumber.test(text)) return JSON.parse(text);
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

/**
 * Finds every number with a fraction, an exponent or 16 digits, and minus zero; something inside a
 * text may look like one, which costs only time.
 */
const mayHoldInexactNumber = /(?:^|[,[]|"\s*:)\s*(?:-0|-?\d+[.eE]|-?\d{16})/;

// The third argument is newer than TypeScript's library; Node has had it since 22.
function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== "number") return value;
  const source = context.source;
  if (source === undefined) return value;
  if (Number.isSafeInteger(value) && plainInteger.test(source)) return value === 0 ? 0 : value;
  return plainDecimal(source) ?? source;
}
