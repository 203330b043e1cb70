import type { NetSuiteCall } from "./netsuite-call.ts";
import type { CustomerRow, ItemRow, TransactionLine, TransactionRow } from "./netsuite-rows.ts";
import { exactNumber } from "./read-exact-json.ts";
import { sumOf } from "./transaction-lines.ts";
import { orderStatusOf } from "./transform-record.ts";

const ORDER_STATUS = {
  A: "Pending Approval",
  F: "Pending Billing",
  G: "Billed",
  H: "Closed",
} as const;

export function showCustomer(call: NetSuiteCall, row: CustomerRow) {
  return {
    ...shared(call, "customer", row),
    entityId: row.entityId,
    companyName: row.companyName,
    isPerson: false,
    ...(row.subsidiary === null ? {} : { subsidiary: { id: row.subsidiary } }),
    currency: { id: row.currencies[0] },
    lastModifiedDate: new Date(row.lastModifiedMs).toISOString(),
  };
}

export function showItem(call: NetSuiteCall, row: ItemRow) {
  return {
    ...shared(call, row.type, row),
    itemId: row.itemId,
    displayName: row.displayName,
    incomeAccount: { id: row.incomeAccount },
    isInactive: row.isInactive,
  };
}

/** Sublists are links, unless the caller expands them. Empty values are left out, as NetSuite does. */
export function showTransaction(call: NetSuiteCall, row: TransactionRow) {
  const currency = call.account.settings().currencies.find(({ id }) => id === row.currency);
  const amounts = row.lines.map(({ amount }) => amount);
  const sum = exactNumber(sumOf(amounts, currency?.precision ?? 2));
  const status = row.type === "salesOrder" ? orderStatusOf(row) : null;
  const isExpanded = call.query.get("expandSubResources") === "true";
  const items = { links: [], items: row.lines.map((line) => showLine(call, row, line)) };
  return {
    ...shared(call, row.type, row),
    tranId: row.tranId,
    entity: { id: row.entity },
    currency: { id: row.currency, refName: currency?.symbol },
    subtotal: sum,
    total: sum,
    ...(row.memo === null ? {} : { memo: row.memo }),
    ...(row.createdFrom === null ? {} : { createdFrom: { id: row.createdFrom } }),
    ...(status === null ? {} : { orderStatus: { id: status, refName: ORDER_STATUS[status] } }),
    ...row.custom,
    lastModifiedDate: new Date(row.lastModifiedMs).toISOString(),
    item: isExpanded ? { ...items, totalResults: row.lines.length } : { links: [] },
  };
}

function showLine(call: NetSuiteCall, row: TransactionRow, line: TransactionLine) {
  const item = call.account.tables.item.get(line.item);
  return {
    links: [],
    line: line.line,
    item: { id: line.item, refName: item?.itemId },
    quantity: exactNumber(line.quantity),
    rate: exactNumber(line.rate),
    amount: exactNumber(line.amount),
    ...(line.description === null ? {} : { description: line.description }),
    ...(row.type === "salesOrder"
      ? { isClosed: line.isClosed, quantityBilled: exactNumber(line.quantityBilled) }
      : {}),
    ...line.custom,
  };
}

function shared(call: NetSuiteCall, type: string, row: { id: string; externalId: string | null }) {
  const href = `${call.origin}/services/rest/record/v1/${type}/${row.id}`;
  return {
    links: [{ rel: "self", href }],
    id: row.id,
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
  };
}
