import { parseDecimal, toUnits } from "../decimal.ts";
import type { NetSuiteAccount } from "../netsuite/netsuite-account.ts";
import type { TransactionLine, TransactionRow } from "../netsuite/netsuite-rows.ts";
import { amountOf } from "../netsuite/transaction-lines.ts";
import { orderStatusOf } from "../netsuite/transform-record.ts";
import { createProductSums } from "./product-sums.ts";

/** Figures of the account for an audit: what is booked, less what was credited, by item. */
export function summarizeNetSuite(account: NetSuiteAccount) {
  const { tables } = account;
  const orders: Record<string, number> = {};
  const booked = createProductSums();
  let invoices = 0;
  let credits = 0;
  for (const row of tables.transaction.all()) {
    if (row.type === "invoice") invoices += 1;
    if (row.type === "creditMemo") credits += 1;
    if (row.type === "invoice" || row.standing === "voided") continue;
    if (row.type === "salesOrder") {
      const status = orderStatusOf(row);
      orders[status] = (orders[status] ?? 0) + 1;
    }
    for (const line of row.lines) {
      const quantity = standingQuantity(row, line);
      if (Number(quantity) !== 0) booked.add(toSum(account, row, line, quantity));
    }
  }
  return {
    counts: {
      customers: tables.customer.size,
      items: tables.item.size,
      sales_orders: orders,
      invoices,
      credit_memos: credits,
    },
    booked_by_product: booked.toJson(),
  };
}

/** Of a closed line only what was billed stands; a credit takes away. */
function standingQuantity(row: TransactionRow, line: TransactionLine): string {
  if (row.type === "creditMemo") return `-${line.quantity}`;
  return line.isClosed ? line.quantityBilled : line.quantity;
}

function toSum(
  account: NetSuiteAccount,
  row: TransactionRow,
  line: TransactionLine,
  quantity: string,
) {
  const currency = account.settings().currencies.find(({ id }) => id === row.currency);
  const precision = currency?.precision ?? 2;
  const amount = parseDecimal(amountOf(quantity, line.rate, precision));
  return {
    product: account.tables.item.get(line.item)?.itemId ?? "(no item)",
    quantity: Number(quantity),
    minor: amount === undefined ? 0 : Number(toUnits(amount, precision)),
    currency: currency?.symbol ?? "",
  };
}
