import { finalizeInvoice } from "./finalize-invoice.ts";
import { failPayment, markPaid } from "./settle-invoice.ts";
import type { Step } from "./step.ts";
import { PAYMENT_METHODS } from "./stripe-account.ts";
import { invalidRequest, StripeError, type StripeErrorBody } from "./stripe-error.ts";
import type { CustomerRow, InvoiceRow } from "./stripe-rows.ts";

export interface PaymentOutcome {
  readonly row: InvoiceRow;
  /** The card's refusal; undefined when it paid. */
  readonly declined: StripeErrorBody | undefined;
}

/** Tries the payment method of the invoice or its customer, or takes money that came another way. */
export function payInvoice(
  step: Step,
  before: InvoiceRow,
  how: { readonly isOutOfBand: boolean; readonly paymentMethod?: string | undefined },
): PaymentOutcome {
  const { account } = step;
  if (before.status === "paid") throw invalidRequest("Invoice is already paid");
  if (before.status === "void") throw invalidRequest("This invoice can't be paid: it is void.");
  const open = before.status === "draft" ? finalizeInvoice(step, before) : before;
  if (open.status === "paid") return { row: open, declined: undefined };
  if (how.isOutOfBand)
    return { row: markPaid(step, open, { isOutOfBand: true }), declined: undefined };
  const customer = account.tables.customer.get(open.customer) as CustomerRow;
  const method = how.paymentMethod ?? open.defaultPaymentMethod ?? customer.defaultPaymentMethod;
  if (method === null) {
    throw new StripeError(400, {
      type: "invalid_request_error",
      message:
        "There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method` first, or pass in a `payment_method` here.",
    });
  }
  if (method !== PAYMENT_METHODS.fails) {
    return { row: markPaid(step, open, { isOutOfBand: false }), declined: undefined };
  }
  return { row: failPayment(step, open), declined: DECLINED };
}

const DECLINED: StripeErrorBody = {
  type: "card_error",
  code: "card_declined",
  decline_code: "generic_decline",
  message: "Your card was declined.",
};
