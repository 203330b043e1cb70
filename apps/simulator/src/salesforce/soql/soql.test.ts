import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSimulator } from "../../create-simulator.ts";
import { SalesforceError } from "../salesforce-error.ts";
import { addRecord } from "../seed-org.ts";
import { parseSoql } from "./parse-soql.ts";
import { runQuery } from "./run-query.ts";
import type { Condition, Literal, SoqlQuery } from "./soql-query.ts";

const name = fc.constantFrom("Id", "Name", "Amount", "IsWon", "Account", "Usher_Seq__c");
const path = fc.array(name, { minLength: 1, maxLength: 3 });
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc
    .string({ maxLength: 12 })
    .filter((text) => !/[%_\\]/.test(text))
    .map((text) => ({ kind: "string" as const, text })),
  fc.integer({ min: -9999, max: 9999 }).map((value) => ({ kind: "number" as const, value })),
  fc.boolean().map((value) => ({ kind: "boolean" as const, value })),
  fc.constant({ kind: "null" as const }),
  fc
    .integer({ min: 0, max: 4_000_000_000 })
    .map((seconds) => ({ kind: "datetime" as const, ms: seconds * 1000 })),
  fc.integer({ min: 0, max: 20_000 }).map((days) => ({
    kind: "date" as const,
    day: new Date(days * 86_400_000).toISOString().slice(0, 10),
  })),
  fc
    .integer({ min: 0, max: 365 })
    .map((count) => ({ kind: "relativeDate" as const, name: "LAST_N_DAYS", count })),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({
      kind: fc.constant("compare" as const),
      path,
      operator: fc.constantFrom("=", "!=", "<", ">", "<=", ">=", "LIKE"),
      value: literal,
    }),
    fc.record({
      kind: fc.constant("in" as const),
      path,
      isNegated: fc.boolean(),
      values: fc.array(literal, { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant("not" as const), item: tie("condition") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      items: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
    }),
  ),
})) as unknown as { condition: fc.Arbitrary<Condition> };
const query: fc.Arbitrary<SoqlQuery> = fc.record({
  select: fc.array(
    path.map((one) => ({ kind: "field" as const, path: one })),
    { minLength: 1, maxLength: 3 },
  ),
  from: fc.constant("Opportunity"),
  where: fc.option(condition, { nil: undefined }),
  orderBy: fc.array(fc.record({ path, isDescending: fc.boolean(), nullsLast: fc.boolean() }), {
    maxLength: 2,
  }),
  limit: fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined }),
  offset: fc.integer({ min: 0, max: 100 }),
  allRows: fc.boolean(),
});

describe("parsing SOQL", () => {
  it("reads back every query that is written out", () => {
    fc.assert(
      fc.property(query, (one) => {
        expect(parseSoql(write(one))).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  it("answers MALFORMED_QUERY, and nothing else, to any text that is no query", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `SELECT Id FROM Opportunity WHERE ${text}`),
        ),
        (text) => {
          try {
            parseSoql(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SalesforceError);
            expect((error as SalesforceError).items[0]?.errorCode).toBe("MALFORMED_QUERY");
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    "SELECT FROM Opportunity",
    "SELECT Id FROM Opportunity WHERE Name = 'x",
    "SELECT Id FROM Opportunity WHERE A = 1 AND B = 2 OR C = 3",
    "SELECT Id FROM Opportunity WHERE SystemModstamp > 2026-11-24T06:39:48.000 0000",
    "SELECT Id FROM Opportunity LIMIT -1",
    "SELECT COUNT(Id) FROM Opportunity",
    `SELECT Id FROM Opportunity WHERE ${"NOT ".repeat(200)}IsWon = true`,
  ])("refuses %s", (soql) => {
    expect(() => parseSoql(soql)).toThrow(/MALFORMED_QUERY/);
  });

  it("takes the escapes of string literals", () => {
    const { where } = parseSoql(
      String.raw`SELECT Id FROM Account WHERE Name = 'O\'Neill \\ \"x\" 50\%'`,
    );
    expect(where).toMatchObject({ value: { text: String.raw`O'Neill \ "x" 50\%` } });
  });
});

describe("running SOQL", () => {
  const { org } = pipeline();
  const options = { org, version: "v67.0", includeDeleted: false };
  const ids = (soql: string) => runQuery(parseSoql(soql), options).ids;

  it("finds by index and range exactly what a look at every row finds", () => {
    const stamps = [...org.table("Opportunity").all()].map(
      (row) => row.values["SystemModstamp"] as number,
    );
    const accounts = [...org.table("Account").all()].map((row) => row.id);
    const some = [...org.table("Opportunity").all()].map((row) => row.id);
    const at = fc.constantFrom(...stamps).map((ms) => new Date(ms).toISOString());
    const clause = fc.oneof(
      fc.constantFrom(...accounts).map((id) => `AccountId = '${id}'`),
      fc
        .constantFrom("=", ">", ">=", "<", "<=", "!=")
        .chain((operator) => at.map((stamp) => `SystemModstamp ${operator} ${stamp}`)),
      fc
        .constantFrom(...some)
        .chain((id) =>
          at.map(
            (stamp) =>
              `(SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > '${id}'))`,
          ),
        ),
      fc
        .subarray(some, { minLength: 1, maxLength: 5 })
        .map((list) => `Id IN (${list.map((id) => `'${id}'`).join(",")})`),
      fc.constant("IsWon = true"),
      fc.constant("NOT (Amount > 300)"),
      fc.constant("Account.Name LIKE 'a%1'"),
    );
    const join = fc.constantFrom(" AND ", " OR ");
    fc.assert(
      fc.property(
        fc.array(clause, { minLength: 1, maxLength: 3 }),
        join,
        fc.constantFrom("", " ORDER BY SystemModstamp, Id"),
        (clauses, between, order) => {
          const where = clauses.join(between);
          const found = ids(`SELECT Id FROM Opportunity WHERE ${where}${order}`);
          // Behind OR with an impossible clause no index can be used, so every row is looked at.
          const scanned = ids(
            `SELECT Id FROM Opportunity WHERE (${where}) OR Name = 'no such deal' ORDER BY SystemModstamp, Id`,
          );
          expect(order === "" ? [...found].sort() : found).toEqual(
            order === "" ? [...scanned].sort() : scanned,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("pages through rows of one stamp by (SystemModstamp, Id) without loss or repeat", () => {
    const seen: string[] = [];
    let behind = "SystemModstamp >= 2000-01-01T00:00:00Z";
    for (let page = 0; page < 100; page += 1) {
      const found = runQuery(
        parseSoql(
          `SELECT Id, SystemModstamp FROM Opportunity WHERE ${behind} ORDER BY SystemModstamp ASC, Id ASC LIMIT 7`,
        ),
        options,
      );
      if (found.ids.length === 0) break;
      seen.push(...found.ids);
      const last = org.table("Opportunity").get(found.ids.at(-1) ?? "");
      const stamp = new Date(last?.values["SystemModstamp"] as number).toISOString();
      behind = `(SystemModstamp > ${stamp} OR (SystemModstamp = ${stamp} AND Id > '${last?.id}'))`;
    }
    expect(seen).toHaveLength(60);
    expect(new Set(seen).size).toBe(60);
  });

  it.each([
    ["SELECT Nope FROM Opportunity", "INVALID_FIELD"],
    ["SELECT Id FROM Opportunity WHERE Account.Nope = 'x'", "INVALID_FIELD"],
    ["SELECT Nope__r.Name FROM Opportunity", "INVALID_FIELD"],
    ["SELECT Id FROM Nope", "INVALID_TYPE"],
    ["SELECT Id, (SELECT Id FROM Nopes) FROM Opportunity", "INVALID_TYPE"],
    ["SELECT Id FROM Opportunity WHERE Amount > '5'", "INVALID_FIELD"],
    ["SELECT Id FROM Opportunity WHERE IsWon = 'true'", "INVALID_FIELD"],
    ["SELECT Id FROM Opportunity WHERE SystemModstamp > 2026-11-24", "INVALID_FIELD"],
    ["SELECT Id FROM Opportunity WHERE Amount > null", "MALFORMED_QUERY"],
    ["SELECT Id FROM Opportunity WHERE Id = 'xyz'", "INVALID_QUERY_FILTER_OPERATOR"],
    ["SELECT Id FROM Opportunity OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"],
  ])("answers %s with %s", (soql, code) => {
    expect(() => ids(soql)).toThrow(code);
  });

  it("compares text without case, and != also finds rows without a value", () => {
    expect(ids("SELECT Id FROM Account WHERE Name = 'ACCOUNT 1'")).toHaveLength(1);
    expect(ids("SELECT Id FROM Opportunity WHERE NextStep != 'call'")).toHaveLength(60);
    expect(ids("SELECT Id FROM Opportunity WHERE NextStep NOT IN ('call')")).toHaveLength(60);
  });

  it("sorts by several fields, nulls where they belong", () => {
    const found = runQuery(
      parseSoql(
        "SELECT Account.Name, Amount FROM Opportunity ORDER BY Account.Name NULLS LAST, Amount DESC",
      ),
      options,
    );
    const shown = found.ids.map((id) => found.show(org.table("Opportunity").get(id) as never)) as {
      Account: { Name: string } | null;
      Amount: number;
    }[];
    const keys = shown.map(
      (row) => `${row.Account?.Name ?? "~"}|${String(100_000 - row.Amount).padStart(9, "0")}`,
    );
    expect(keys).toEqual([...keys].sort());
    expect(shown.at(-1)?.Account).toBeNull();
  });

  it("joins by a semi-join", () => {
    const found = ids(
      "SELECT Id FROM Opportunity WHERE Id IN (SELECT OpportunityId FROM OpportunityLineItem WHERE Quantity > 1)",
    );
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(60);
  });
});

function pipeline() {
  let now = Date.parse("2026-11-24T06:00:00Z");
  const { parts } = createSimulator({ seed: 7, now: () => now });
  const { org } = parts;
  const accounts = [1, 2, 3].map((number) =>
    addRecord(org, "Account", { Name: `Account ${number}` }),
  );
  const product = addRecord(org, "Product2", { Name: "Pro", ProductCode: "PRO" });
  const [book] = org.table("Pricebook2").all();
  const entry = addRecord(org, "PricebookEntry", {
    Pricebook2Id: book?.id,
    Product2Id: product.id,
    UnitPrice: 100,
  });
  for (let number = 0; number < 60; number += 1) {
    // Twenty rows to a second: most stamps are shared.
    now += 50;
    const deal = addRecord(org, "Opportunity", {
      Name: `Deal ${number}`,
      AccountId: number % 5 === 0 ? null : accounts[number % 3]?.id,
      StageName: number % 2 === 0 ? "Closed Won" : "Prospecting",
      CloseDate: "2026-11-24",
    });
    addRecord(org, "OpportunityLineItem", {
      OpportunityId: deal.id,
      PricebookEntryId: entry.id,
      Quantity: 1 + (number % 4),
      UnitPrice: 90 + number,
    });
  }
  return { org };
}

function write(one: SoqlQuery): string {
  const parts = [
    `SELECT ${one.select.map((item) => (item.kind === "field" ? item.path.join(".") : "")).join(", ")} FROM ${one.from}`,
  ];
  if (one.where !== undefined) parts.push(`WHERE ${writeCondition(one.where, true)}`);
  if (one.orderBy.length > 0) {
    parts.push(
      `ORDER BY ${one.orderBy.map((item) => `${item.path.join(".")} ${item.isDescending ? "DESC" : "ASC"} NULLS ${item.nullsLast ? "LAST" : "FIRST"}`).join(", ")}`,
    );
  }
  if (one.limit !== undefined) parts.push(`LIMIT ${one.limit}`);
  if (one.offset > 0) parts.push(`OFFSET ${one.offset}`);
  if (one.allRows) parts.push("ALL ROWS");
  return parts.join(" ");
}

function writeCondition(one: Condition, isTop = false): string {
  switch (one.kind) {
    case "and":
    case "or": {
      const text = one.items
        .map((item) => writeCondition(item))
        .join(` ${one.kind.toUpperCase()} `);
      return isTop ? text : `(${text})`;
    }
    case "not":
      return `NOT ${writeCondition(one.item)}`;
    case "compare":
      return `${one.path.join(".")} ${one.operator} ${writeLiteral(one.value)}`;
    case "in":
      return `${one.path.join(".")} ${one.isNegated ? "NOT IN" : "IN"} (${one.values.map(writeLiteral).join(", ")})`;
    case "inQuery":
      return `${one.path.join(".")} IN (${write(one.query)})`;
  }
}

function writeLiteral(one: Literal): string {
  switch (one.kind) {
    case "string":
      return `'${one.text.replace(/['"\\]/g, (character) => `\\${character}`).replace(/\n/g, "\\n")}'`;
    case "number":
    case "boolean":
      return String(one.value);
    case "null":
      return "null";
    case "datetime":
      return new Date(one.ms).toISOString().replace(".000Z", "+00:00");
    case "date":
      return one.day;
    case "relativeDate":
      return `${one.name}:${one.count}`;
  }
}
