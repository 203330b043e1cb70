import { finalizeInvoice } from "./finalize-invoice.ts";
import { payInvoice } from "./pay-invoice.ts";
import type { Step } from "./step.ts";

/** Finalizes the drafts whose hour has come. Number of invoices finalized. */
export function finalizeDueInvoices(step: Step): number {
  const { account } = step;
  const now = account.nowSeconds();
  const due = account.tables.invoice
    .where("waiting", "yes")
    .filter((row) => row.autoFinalizesAt !== null && row.autoFinalizesAt <= now && !row.isDeleted);
  for (const row of due) {
    account.store.transact(() => {
      const open = finalizeInvoice(step, row);
      const charges = open.status === "open" && open.collectionMethod === "charge_automatically";
      const customer = account.tables.customer.get(open.customer);
      if (
        charges &&
        (open.defaultPaymentMethod ?? customer?.defaultPaymentMethod ?? null) !== null
      ) {
        payInvoice(step, open, { isOutOfBand: false });
      }
    });
  }
  return due.length;
}
