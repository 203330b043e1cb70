import type { Stripe } from "stripe";
import seed from "./fixtures/customer.json" with { type: "json" };
import type { CustomerRow } from "./stripe-rows.ts";
import type { Wire } from "./wire.ts";

export function showCustomer(row: CustomerRow) {
  if (row.isDeleted) {
    return { id: row.id, object: "customer", deleted: true } satisfies Wire<Stripe.DeletedCustomer>;
  }
  return {
    ...seed,
    id: row.id,
    object: "customer",
    address: row.address,
    balance: row.balance,
    created: row.created,
    currency: row.currency,
    default_source: null,
    delinquent: row.isDelinquent,
    description: row.description,
    discount: null,
    email: row.email,
    invoice_prefix: row.invoicePrefix,
    invoice_settings: {
      ...seed.invoice_settings,
      default_payment_method: row.defaultPaymentMethod,
      rendering_options: null,
    },
    livemode: false,
    metadata: row.metadata,
    name: row.name,
    next_invoice_sequence: row.nextInvoiceSequence,
    phone: row.phone,
    preferred_locales: [...row.preferredLocales],
    shipping: null,
    tax_exempt: row.taxExempt,
    test_clock: null,
  } satisfies Wire<Stripe.Customer>;
}
