import { save } from "./call.ts";
import { amountDue, invoiceTotal } from "./invoice-amounts.ts";
import { markPaid } from "./settle-invoice.ts";
import type { Step } from "./step.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { CustomerRow, InvoiceRow } from "./stripe-rows.ts";

/** Draft → open; nothing to pay → paid. A charged invoice that advances by itself is paid at once. */
export function finalizeInvoice(step: Step, before: InvoiceRow): InvoiceRow {
  const { account } = step;
  if (before.status !== "draft") {
    throw invalidRequest(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    );
  }
  const now = account.nowSeconds();
  const customer = account.tables.customer.get(before.customer) as CustomerRow;
  const startingBalance = customer.balance;
  const asked = invoiceTotal(before) + startingBalance;
  // Credit that is left, or a new one, stays with the customer; a debt is put on the invoice.
  const endingBalance = Math.min(0, asked);
  const open: InvoiceRow = {
    ...before,
    status: "open",
    finalizedAt: now,
    number: `${customer.invoicePrefix}-${String(customer.nextInvoiceSequence).padStart(4, "0")}`,
    startingBalance,
    endingBalance,
    autoFinalizesAt: null,
    nextPaymentAttempt:
      before.isAutoAdvance && before.collectionMethod === "charge_automatically"
        ? now + 3600
        : null,
  };
  account.store.put(account.tables.customer, {
    ...customer,
    balance: endingBalance,
    currency: customer.currency ?? before.currency,
    nextInvoiceSequence: customer.nextInvoiceSequence + 1,
  });
  save(step, {
    kind: "invoice",
    row: open,
    before,
    events: ["invoice.finalized", "invoice.updated"],
  });
  if (amountDue(open) === 0) return markPaid(step, open, { isOutOfBand: false });
  if (open.collectionMethod === "send_invoice" && open.isAutoAdvance) {
    save(step, { kind: "invoice", row: open, events: ["invoice.sent"] });
  }
  return open;
}

/** Only an open or uncollectible invoice can be voided. */
export function voidInvoice(step: Step, before: InvoiceRow): InvoiceRow {
  if (before.status !== "open" && before.status !== "uncollectible") {
    throw invalidRequest(`You can only pass in open invoices. This invoice isn't open.`);
  }
  const row: InvoiceRow = {
    ...before,
    status: "void",
    isAutoAdvance: false,
    nextPaymentAttempt: null,
    voidedAt: step.account.nowSeconds(),
  };
  save(step, { kind: "invoice", row, before, events: ["invoice.updated", "invoice.voided"] });
  return row;
}
