import type { NetSuiteCall } from "./netsuite-call.ts";
import { userError } from "./netsuite-error.ts";
import type { TransactionLine, TransactionRow } from "./netsuite-rows.ts";
import { amountOf, compare, isZero, minus } from "./transaction-lines.ts";

/**
 * What is left to bill of an approved order, as an invoice. Custom body fields and columns go with it.
 * @see https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_157901123882.html
 */
export function billOrder(
  call: Pick<NetSuiteCall, "account">,
  order: TransactionRow,
): TransactionRow {
  const { account } = call;
  const precision =
    account.settings().currencies.find(({ id }) => id === order.currency)?.precision ?? 2;
  const left = (line: TransactionLine) => minus(line.quantity, line.quantityBilled);
  const due = order.lines.filter((line) => !line.isClosed && compare(left(line), "0") > 0);
  if (!order.isApproved || due.length === 0)
    throw userError("Invalid initialize request: there is nothing to bill on this order.");
  const id = account.newId();
  const lines = due.map((line, at) => {
    const quantity = left(line);
    return {
      ...line,
      line: at + 1,
      quantity,
      amount: amountOf(quantity, line.rate, precision),
      quantityBilled: "0",
      orderLine: line.line,
    };
  });
  const invoice: TransactionRow = {
    ...order,
    id,
    type: "invoice",
    externalId: null,
    tranId: `INV${id}`,
    createdFrom: order.id,
    lines,
    nextLine: lines.length + 1,
    standing: "open",
    lastModifiedMs: account.now(),
  };
  account.store.put(account.tables.transaction, invoice);
  account.store.put(account.tables.transaction, {
    ...order,
    lines: order.lines.map((line) =>
      due.includes(line) ? { ...line, quantityBilled: line.quantity } : line,
    ),
    lastModifiedMs: account.now(),
  });
  return invoice;
}

/** Id of a sales order's status. */
export function orderStatusOf(order: TransactionRow): "A" | "F" | "G" | "H" {
  if (!order.isApproved) return "A";
  const open = order.lines.filter(
    (line) => !line.isClosed && compare(line.quantity, line.quantityBilled) > 0,
  );
  if (open.length > 0) return "F";
  return order.lines.some((line) => !isZero(line.quantityBilled)) ? "G" : "H";
}
