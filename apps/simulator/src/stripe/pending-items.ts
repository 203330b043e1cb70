import type { Step } from "./step.ts";
import type { InvoiceItemRow, InvoiceLineRow } from "./stripe-rows.ts";

/** Pending items of the customer, as lines of an invoice; the items now belong to it. */
export function pendingItems(
  step: Step,
  customer: string,
  currency: string,
  subscription: string | null,
): InvoiceItemRow[] {
  return step.account.tables.invoiceitem
    .where("pending", customer)
    .filter(
      (item) =>
        item.currency === currency &&
        (item.subscription === null || item.subscription === subscription),
    )
    .sort((left, right) => left.sequence - right.sequence);
}

export function lineOfItem(item: InvoiceItemRow): Omit<InvoiceLineRow, "id"> {
  return {
    amount: item.amount,
    description: item.description,
    quantity: item.quantity,
    price: item.price,
    product: item.product,
    unitAmountDecimal: item.unitAmountDecimal,
    periodStart: item.periodStart,
    periodEnd: item.periodEnd,
    isProration: item.isProration,
    metadata: item.metadata,
    invoiceItem: item.id,
    subscription: item.subscription,
    subscriptionItem: item.subscriptionItem,
  };
}

export function attachItems(step: Step, items: readonly InvoiceItemRow[], invoice: string): void {
  for (const item of items)
    step.account.store.put(step.account.tables.invoiceitem, { ...item, invoice });
}
