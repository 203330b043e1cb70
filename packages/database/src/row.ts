import type { Selectable } from "kysely";
import type { Timestamp } from "./timestamps.ts";

/** A row as a column list gives it or as `to_jsonb(row)` gives it: they differ in timestamps alone. */
export type Row<Table> = {
  readonly [Column in keyof Selectable<Table>]: WithTimestamps<Selectable<Table>[Column]>;
};

type WithTimestamps<Value> = Value extends Date ? Timestamp : Value;
