import type { Stripe } from "stripe";
import seed from "./fixtures/credit_note.json" with { type: "json" };
import type { CreditNoteLineRow, CreditNoteRow } from "./stripe-rows.ts";
import { type Wire, wireList } from "./wire.ts";

export function showCreditNote(row: CreditNoteRow) {
  return {
    ...seed,
    id: row.id,
    object: "credit_note",
    amount: row.total,
    amount_shipping: 0,
    created: row.created,
    currency: row.currency,
    customer: row.customer,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: row.created,
    invoice: row.invoice,
    lines: wireList(`/v1/credit_notes/${row.id}/lines`, row.lines.map(showLine)),
    livemode: false,
    memo: row.memo,
    metadata: row.metadata,
    number: row.number,
    out_of_band_amount: row.outOfBandAmount,
    pdf: `https://pay.stripe.com/credit_notes/acct_simulator/${row.id}/pdf?s=ap`,
    post_payment_amount: row.isBeforePayment ? 0 : row.total,
    pre_payment_amount: row.isBeforePayment ? row.total : 0,
    pretax_credit_amounts: [],
    reason: row.reason,
    refunds: [],
    shipping_cost: null,
    status: row.status,
    subtotal: row.total,
    subtotal_excluding_tax: row.total,
    total: row.total,
    total_excluding_tax: row.total,
    total_taxes: [],
    type: row.isBeforePayment ? "pre_payment" : "post_payment",
    voided_at: row.voidedAt,
  } satisfies Wire<Stripe.CreditNote>;
}

function showLine(line: CreditNoteLineRow) {
  return {
    id: line.id,
    object: "credit_note_line_item",
    amount: line.amount,
    description: line.description,
    discount_amount: 0,
    discount_amounts: [],
    ...(line.invoiceLineItem === null ? {} : { invoice_line_item: line.invoiceLineItem }),
    livemode: false,
    metadata: null,
    pretax_credit_amounts: [],
    quantity: line.quantity,
    tax_rates: [],
    taxes: null,
    type: line.type,
    unit_amount: line.unitAmount,
    unit_amount_decimal: line.unitAmount === null ? null : String(line.unitAmount),
  } satisfies Wire<Stripe.CreditNoteLineItem>;
}
