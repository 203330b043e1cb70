import type { Stripe } from "stripe";
import seed from "./fixtures/invoiceitem.json" with { type: "json" };
import { pricingOf } from "./show-invoice.ts";
import type { InvoiceItemRow } from "./stripe-rows.ts";
import type { Wire } from "./wire.ts";

export function showInvoiceItem(row: InvoiceItemRow) {
  return {
    ...seed,
    id: row.id,
    object: "invoiceitem",
    amount: row.amount,
    currency: row.currency,
    customer: row.customer,
    customer_account: null,
    date: row.created,
    description: row.description,
    discountable: row.isDiscountable,
    discounts: [],
    invoice: row.invoice,
    livemode: false,
    metadata: row.metadata,
    net_amount: row.amount,
    parent:
      row.subscription === null
        ? null
        : {
            subscription_details: {
              subscription: row.subscription,
              ...(row.subscriptionItem === null ? {} : { subscription_item: row.subscriptionItem }),
            },
            type: "subscription_details",
          },
    period: { end: row.periodEnd, start: row.periodStart },
    pricing: pricingOf(row),
    proration: row.isProration,
    quantity: row.quantity,
    quantity_decimal: String(row.quantity),
    tax_rates: [],
    test_clock: null,
  } satisfies Wire<Stripe.InvoiceItem>;
}
