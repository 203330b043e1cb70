/** A query of one table. It is ordered by the id, always: pages of anything less repeat and miss rows. */
export interface SuiteQlQuery {
  readonly columns: readonly string[];
  readonly table: string;
  /** Conditions of which all hold; each is one of several values. */
  readonly where: Readonly<Record<string, readonly string[]>>;
  /** Unique in the table. */
  readonly key: string;
}

export function toSuiteQl({ columns, table, where, key }: SuiteQlQuery): string {
  const conditions = Object.entries(where).map(
    ([column, values]) => `${column} IN (${values.map(quoted).join(", ")})`,
  );
  const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${columns.join(", ")} FROM ${table}${filter} ORDER BY ${key}`;
}

/** A text literal. The only character with a meaning inside one is the quote. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
