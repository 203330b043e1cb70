import type { CheckoutSessionRow } from "./checkout-rows.ts";
import { showCheckoutSession } from "./show-checkout-session.ts";
import { showCreditNote } from "./show-credit-note.ts";
import { showCustomer } from "./show-customer.ts";
import { showInvoice } from "./show-invoice.ts";
import { showInvoiceItem } from "./show-invoice-item.ts";
import { showPrice } from "./show-price.ts";
import { showProduct } from "./show-product.ts";
import { showSubscription } from "./show-subscription.ts";
import { showSubscriptionSchedule } from "./show-subscription-schedule.ts";
import type { StripeAccount } from "./stripe-account.ts";
import type {
  CreditNoteRow,
  CustomerRow,
  InvoiceItemRow,
  InvoiceRow,
  PriceRow,
  ProductRow,
  ResourceKind,
  ResourceRows,
  SubscriptionRow,
} from "./stripe-rows.ts";
import type { SubscriptionScheduleRow } from "./subscription-schedule-rows.ts";

/** Any resource as its JSON. */
export function showResource(
  account: StripeAccount,
  kind: ResourceKind,
  row: ResourceRows[ResourceKind],
): Record<string, unknown> {
  switch (kind) {
    case "customer":
      return showCustomer(row as CustomerRow);
    case "product":
      return showProduct(row as ProductRow);
    case "price":
      return showPrice(row as PriceRow);
    case "subscription":
      return showSubscription(account, row as SubscriptionRow);
    case "subscription_schedule":
      return showSubscriptionSchedule(account, row as SubscriptionScheduleRow);
    case "checkout.session":
      return showCheckoutSession(account, row as CheckoutSessionRow);
    case "invoice":
      return showInvoice(row as InvoiceRow);
    case "invoiceitem":
      return showInvoiceItem(row as InvoiceItemRow);
    case "credit_note":
      return showCreditNote(row as CreditNoteRow);
  }
}
