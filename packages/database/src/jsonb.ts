import { toUSVString } from "node:util";
import { type RawBuilder, sql } from "kysely";

/**
 * `value` as a jsonb parameter. Written out because the driver would turn an array into a
 * PostgreSQL array and a string into bare text.
 */
export function jsonb<Value>(value: Value): RawBuilder<Value> {
  return sql<Value>`${toJsonText(value)}::jsonb`;
}

/**
 * JSON that jsonb accepts. It refuses NUL and lone surrogates, which a CRM's text may hold; they
 * become U+FFFD, so that one odd name does not keep a whole deal out.
 */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return refused.test(text) ? JSON.stringify(value, (_key, one) => cleaned(one)) : text;
}

// JSON.stringify writes exactly these two as escapes.
const refused = /\\u(0000|d[89a-f])/;

function cleaned(one: unknown): unknown {
  return typeof one === "string" ? toUSVString(one).replaceAll("\0", "\uFFFD") : one;
}
