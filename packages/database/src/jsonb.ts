import { type RawBuilder, sql } from "kysely";

/**
 * `value` as a jsonb parameter. Written out because the driver would turn an array into a
 * PostgreSQL array and a string into bare text.
 */
export function jsonb<Value>(value: Value): RawBuilder<Value> {
  return sql<Value>`${JSON.stringify(value)}::jsonb`;
}

/** As `jsonb`, where null is SQL's null rather than JSON's. */
export function jsonbOrNull<Value>(value: Value | null): RawBuilder<Value> | null {
  return value === null ? null : jsonb(value);
}
