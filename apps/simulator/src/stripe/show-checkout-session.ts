import type { Stripe } from "stripe";
import { lineAmount } from "./amount.ts";
import type { CheckoutSessionRow } from "./checkout-rows.ts";
import seed from "./fixtures/checkout_session.json" with { type: "json" };
import type { StripeAccount } from "./stripe-account.ts";
import type { Wire } from "./wire.ts";

export function showCheckoutSession(account: StripeAccount, row: CheckoutSessionRow) {
  const total =
    row.trialEnd === null
      ? row.items.reduce((sum, { price, quantity }) => {
          const { unitAmountDecimal = "0" } = account.tables.price.get(price) ?? {};
          return sum + lineAmount(unitAmountDecimal, quantity);
        }, 0)
      : 0;
  const amount = total + row.lines.reduce((sum, line) => sum + line.amount, 0);
  return {
    ...seed,
    id: row.id,
    object: "checkout.session",
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allowed_payment_method_types: null,
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    cancel_url: row.cancelUrl,
    client_reference_id: row.clientReferenceId,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: row.created,
    currency: row.currency,
    currency_conversion: null,
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: row.customer,
    customer_details: null,
    expires_at: row.expiresAt,
    invoice: row.invoice,
    invoice_creation:
      row.mode === "payment"
        ? {
            enabled: row.makesInvoice,
            invoice_data: {
              account_tax_ids: null,
              custom_fields: null,
              description: null,
              footer: null,
              issuer: null,
              metadata: row.madeMetadata,
              rendering_options: null,
            },
          }
        : null,
    livemode: false,
    managed_payments: null,
    metadata: row.metadata,
    mode: row.mode,
    payment_intent: null,
    payment_method_configuration_details: null,
    payment_status: row.paymentStatus,
    permissions: null,
    saved_payment_method_options: null,
    shipping_address_collection: null,
    shipping_cost: null,
    status: row.status,
    subscription: row.subscription,
    success_url: row.successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: "hosted_page",
    url: row.status === "open" ? `${account.pagesOrigin()}/c/pay/${row.id}` : null,
    wallet_options: null,
  } satisfies Wire<Stripe.Checkout.Session>;
}
