import type { Stripe } from "stripe";
import seed from "./fixtures/invoice.json" with { type: "json" };
import { amountDue, amountRemaining, invoiceTotal } from "./invoice-amounts.ts";
import type { InvoiceLineRow, InvoiceRow } from "./stripe-rows.ts";
import { type Wire, wireList } from "./wire.ts";

/** Lines shown inside an invoice; the rest is behind `/lines`. */
const LINES_SHOWN = 10;

/** An invoice in the current shape: its subscription stands under `parent`. */
export function showInvoice(row: InvoiceRow) {
  const total = invoiceTotal(row);
  const lines = row.lines.slice(0, LINES_SHOWN).map((line) => showInvoiceLine(row, line));
  const isFinal = row.finalizedAt !== null;
  return {
    ...seed,
    id: row.id,
    object: "invoice",
    account_country: "US",
    account_name: "Usher simulator",
    account_tax_ids: null,
    amount_due: amountDue(row),
    amount_overpaid: 0,
    amount_paid: row.amountPaid,
    amount_remaining: amountRemaining(row),
    amount_shipping: 0,
    application: null,
    attempt_count: row.attemptCount,
    attempted: row.isAttempted,
    auto_advance: row.isAutoAdvance,
    automatic_tax: {
      enabled: false,
      liability: null,
      status: null,
      disabled_reason: null,
      provider: null,
    },
    automatically_finalizes_at: row.status === "draft" ? row.autoFinalizesAt : null,
    billing_reason: row.billingReason,
    collection_method: row.collectionMethod,
    created: row.created,
    currency: row.currency,
    custom_fields: null,
    customer: row.customer,
    customer_account: null,
    customer_address: row.customerAddress,
    customer_email: row.customerEmail,
    customer_name: row.customerName,
    customer_phone: row.customerPhone,
    customer_shipping: null,
    customer_tax_exempt: "none",
    customer_tax_ids: [],
    default_payment_method: row.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: row.description,
    discounts: [],
    due_date: row.dueDate,
    effective_at: row.finalizedAt,
    ending_balance: row.endingBalance,
    footer: row.footer,
    from_invoice: null,
    hosted_invoice_url: isFinal
      ? `https://invoice.stripe.com/i/acct_simulator/test_${row.id}?s=ap`
      : null,
    invoice_pdf: isFinal
      ? `https://pay.stripe.com/invoice/acct_simulator/test_${row.id}/pdf?s=ap`
      : null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: wireList(`/v1/invoices/${row.id}/lines`, lines, row.lines.length > LINES_SHOWN),
    livemode: false,
    metadata: row.metadata,
    next_payment_attempt: row.nextPaymentAttempt,
    number: row.number,
    on_behalf_of: null,
    parent:
      row.subscription === null
        ? null
        : {
            quote_details: null,
            subscription_details: {
              metadata: row.subscriptionMetadata,
              subscription: row.subscription,
            },
            type: "subscription_details",
          },
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: row.periodEnd,
    period_start: row.periodStart,
    post_payment_credit_notes_amount: row.creditedAfterPayment,
    pre_payment_credit_notes_amount: row.creditedBeforePayment,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: row.startingBalance,
    statement_descriptor: null,
    status: row.status,
    status_transitions: {
      finalized_at: row.finalizedAt,
      marked_uncollectible_at: row.uncollectibleAt,
      paid_at: row.paidAt,
      voided_at: row.voidedAt,
    },
    subtotal: total,
    subtotal_excluding_tax: total,
    test_clock: null,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  } satisfies Wire<Stripe.Invoice>;
}

export function showInvoiceLine(invoice: InvoiceRow, line: InvoiceLineRow) {
  return {
    id: line.id,
    object: "line_item",
    amount: line.amount,
    currency: invoice.currency,
    description: line.description,
    discount_amounts: [],
    discountable: !line.isProration,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: line.metadata,
    parent: lineParent(line),
    period: { end: line.periodEnd, start: line.periodStart },
    pretax_credit_amounts: [],
    pricing: pricingOf(line),
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    subscription: line.subscription,
    subtotal: line.amount,
    taxes: [],
  } satisfies Wire<Stripe.InvoiceLineItem>;
}

function lineParent(line: InvoiceLineRow) {
  if (line.invoiceItem !== null) {
    return {
      invoice_item_details: {
        invoice_item: line.invoiceItem,
        proration: line.isProration,
        proration_details: null,
        subscription: line.subscription,
      },
      subscription_item_details: null,
      type: "invoice_item_details",
    };
  }
  return {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: null,
      proration: line.isProration,
      proration_details: null,
      subscription: line.subscription,
      subscription_item: line.subscriptionItem ?? "",
    },
    type: "subscription_item_details",
  };
}

/** How a line came to its amount: by a price, or by an amount alone. */
export function pricingOf(line: {
  readonly price: string | null;
  readonly product: string | null;
  readonly unitAmountDecimal: string | null;
}) {
  if (line.price === null || line.product === null) {
    return { type: "price_details" as const, unit_amount_decimal: line.unitAmountDecimal };
  }
  return {
    price_details: { price: line.price, product: line.product },
    type: "price_details" as const,
    unit_amount_decimal: line.unitAmountDecimal,
  };
}
