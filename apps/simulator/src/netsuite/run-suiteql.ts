import type { HttpAnswer } from "../http-answer.ts";
import type { NetSuiteAccount } from "./netsuite-account.ts";
import { answer, type NetSuiteCall } from "./netsuite-call.ts";
import { insufficientPermission, NetSuiteError } from "./netsuite-error.ts";
import type { TransactionRow } from "./netsuite-rows.ts";
import { invalidQuery, parseSuiteQl, type SuiteQlQuery } from "./parse-suiteql.ts";
import { readExactJson } from "./read-exact-json.ts";
import { orderStatusOf } from "./transform-record.ts";

const ROWS_A_PAGE_MAX = 1_000;
const ROWS_MAX = 100_000;

type QueryRow = Readonly<Record<string, string | null>>;

/**
 * `POST /services/rest/query/v1/suiteql`. Each page is a run of its own: what ORDER BY leaves open
 * comes in another order each time.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157909186990.html
 */
export function runSuiteQl(call: NetSuiteCall): HttpAnswer {
  const { account } = call;
  if (account.settings().missingPermissions.includes("suiteql"))
    throw insufficientPermission("SuiteAnalytics Workbook");
  if (!(call.header("prefer") ?? "").split(/[,\s]+/).includes("transient"))
    throw new NetSuiteError({
      status: 400,
      code: "INVALID_HEADER",
      detail: "Invalid header. The header 'Prefer: transient' is required.",
    });
  const limit = wholeOf(call, "limit", ROWS_A_PAGE_MAX);
  const offset = wholeOf(call, "offset", 0);
  if (limit < 1 || limit > ROWS_A_PAGE_MAX || offset % limit !== 0)
    throw new NetSuiteError({
      status: 400,
      code: "INVALID_PARAMETER",
      detail: `Invalid parameter. The limit is from 1 to ${ROWS_A_PAGE_MAX}, and the offset is divisible by it.`,
    });
  const { q } = readExactJson(call.body);
  if (typeof q !== "string") throw invalidQuery("there is no q");
  const rows = select(account, parseSuiteQl(q)).slice(0, ROWS_MAX);
  const items = rows.slice(offset, offset + limit);
  return answer({
    links: [],
    count: items.length,
    hasMore: offset + items.length < rows.length,
    // Columns without a value are left out, and every value is text.
    items: items.map((row) => ({
      links: [],
      ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)),
    })),
    offset,
    totalResults: rows.length,
  });
}

function select(account: NetSuiteAccount, query: SuiteQlQuery): readonly QueryRow[] {
  const rows = shuffled([...rowsOf(account, query)], account.random).filter((row) =>
    query.conditions.every(({ column, values }) => values.includes(columnOf(row, column) ?? "")),
  );
  rows.sort((one, other) => {
    for (const { column, isDescending } of query.orderBy) {
      const order = compareValues(columnOf(one, column), columnOf(other, column));
      if (order !== 0) return isDescending ? -order : order;
    }
    return 0;
  });
  return rows.map((row) =>
    Object.fromEntries(query.columns.map((column) => [column, columnOf(row, column)])),
  );
}

function columnOf(row: QueryRow, column: string): string | null {
  const value = row[column];
  if (value === undefined) throw invalidQuery(`Field '${column}' for record was not found`);
  return value;
}

const STANDING = {
  open: "A",
  settled: "B",
  pendingApproval: "D",
  rejected: "E",
  voided: "V",
} as const;
const TYPES = { salesOrder: "SalesOrd", invoice: "CustInvc", creditMemo: "CustCred" } as const;

function* rowsOf(account: NetSuiteAccount, { table }: SuiteQlQuery): Generator<QueryRow> {
  const { tables } = account;
  switch (table) {
    case "customer":
      for (const row of tables.customer.all()) {
        const { id, externalId, entityId, companyName } = row;
        yield { id, externalid: externalId, entityid: entityId, companyname: companyName };
      }
      return;
    case "item":
      for (const row of tables.item.all()) {
        yield {
          id: row.id,
          externalid: row.externalId,
          itemid: row.itemId,
          itemtype: row.type === "serviceSaleItem" ? "Service" : "NonInvtPart",
          isinactive: row.isInactive ? "T" : "F",
        };
      }
      return;
    case "currency":
      for (const { id, symbol, precision } of account.settings().currencies)
        yield { id, symbol, currencyprecision: String(precision) };
      return;
    case "customfield":
      for (const scriptId of account.settings().customFields)
        yield { scriptid: scriptId.toUpperCase() };
      return;
    case "transaction":
      for (const row of tables.transaction.all()) yield transactionRow(account, row);
      return;
    default:
      throw invalidQuery(`Record '${table}' was not found`);
  }
}

function transactionRow(account: NetSuiteAccount, row: TransactionRow): QueryRow {
  const custom: Record<string, string | null> = {};
  for (const name of account.settings().customFields) {
    const value = row.custom[name];
    if (name.startsWith("custbody_")) custom[name] = value === undefined ? null : String(value);
  }
  return {
    id: row.id,
    externalid: row.externalId,
    tranid: row.tranId,
    type: TYPES[row.type],
    status: row.type === "salesOrder" ? orderStatusOf(row) : STANDING[row.standing],
    voided: row.standing === "voided" ? "T" : "F",
    entity: row.entity,
    currency: row.currency,
    createdfrom: row.createdFrom,
    ...custom,
  };
}

function compareValues(one: string | null, other: string | null): number {
  if (one === other) return 0;
  // Oracle: nulls come last.
  if (one === null || other === null) return one === null ? 1 : -1;
  const [left, right] = [Number(one), Number(other)];
  if (Number.isFinite(left) && Number.isFinite(right) && left !== right) return left - right;
  return one < other ? -1 : 1;
}

function shuffled<T>(rows: T[], random: () => number): T[] {
  for (let at = rows.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [rows[at], rows[other]] = [rows[other] as T, rows[at] as T];
  }
  return rows;
}

function wholeOf(call: NetSuiteCall, name: string, otherwise: number): number {
  const text = call.query.get(name);
  if (text === null) return otherwise;
  return /^\d{1,6}$/.test(text) ? Number(text) : -1;
}
