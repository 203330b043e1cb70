import { NetSuiteError } from "./netsuite-error.ts";

export interface SuiteQlCondition {
  readonly column: string;
  /** Any of them. */
  readonly values: readonly string[];
}

export interface SuiteQlQuery {
  readonly columns: readonly string[];
  readonly table: string;
  /** All of them. */
  readonly conditions: readonly SuiteQlCondition[];
  readonly orderBy: readonly { readonly column: string; readonly isDescending: boolean }[];
}

const SHAPE =
  /^\s*SELECT\s+(?<columns>[\w\s,]+?)\s+FROM\s+(?<table>\w+)(?:\s+WHERE\s+(?<where>.+?))?(?:\s+ORDER\s+BY\s+(?<order>[\w\s,]+?))?\s*$/is;
const LITERAL = String.raw`'(?:[^']|'')*'|-?\d+(?:\.\d+)?`;
const CONDITION = new RegExp(
  String.raw`^\s*(\w+)\s*(?:=\s*(${LITERAL})|IN\s*\(\s*((?:${LITERAL})(?:\s*,\s*(?:${LITERAL}))*)\s*\))\s*(?:AND\s+|$)`,
  "is",
);

/**
 * SuiteQL as far as it goes here: columns of one table, conditions with `=` and `IN` joined by AND,
 * ORDER BY. Anything else is refused, never ignored.
 */
export function parseSuiteQl(text: string): SuiteQlQuery {
  const match = SHAPE.exec(text);
  const { columns, table, where, order } = match?.groups ?? {};
  if (columns === undefined || table === undefined) throw invalidQuery("unexpected statement");
  const conditions: SuiteQlCondition[] = [];
  let rest = where ?? "";
  while (rest.trim() !== "") {
    const found = CONDITION.exec(rest);
    const [whole = "", column = "", single, list] = found ?? [];
    if (found === null) throw invalidQuery("unexpected condition");
    const literals = (list ?? single ?? "").match(new RegExp(LITERAL, "g")) ?? [];
    conditions.push({ column: column.toLowerCase(), values: literals.map(readLiteral) });
    rest = rest.slice(whole.length);
  }
  return {
    columns: namesOf(columns),
    table: table.toLowerCase(),
    conditions,
    orderBy: (order ?? "")
      .split(",")
      .filter((part) => part.trim() !== "")
      .map((part) => {
        const [column = "", direction] = part.trim().toLowerCase().split(/\s+/);
        return { column, isDescending: direction === "desc" };
      }),
  };
}

export function invalidQuery(why: string): NetSuiteError {
  return new NetSuiteError({
    status: 400,
    code: "INVALID_PARAMETER",
    detail: `Invalid search query. Detailed unprocessed description follows. Search error occurred: ${why}.`,
  });
}

function readLiteral(literal: string): string {
  return literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
}

function namesOf(list: string): readonly string[] {
  return list.split(",").map((name) => name.trim().toLowerCase());
}
