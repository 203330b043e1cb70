import type { InvoiceRow } from "./stripe-rows.ts";

/** What the lines add up to; negative when credits outweigh charges. */
export function invoiceTotal(row: InvoiceRow): number {
  return row.lines.reduce((sum, line) => sum + line.amount, 0);
}

/**
 * What the customer is asked for: the total, less the customer's credit (a negative balance)
 * taken at finalization. A negative total asks for nothing and becomes credit.
 */
export function amountDue(row: InvoiceRow): number {
  return Math.max(0, invoiceTotal(row) + row.startingBalance - (row.endingBalance ?? 0));
}

export function amountRemaining(row: InvoiceRow): number {
  if (row.status === "void") return 0;
  return Math.max(0, amountDue(row) - row.amountPaid - row.creditedBeforePayment);
}
