import type { CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import type { StripeClient } from "./stripe-client.ts";
import { stripeKey } from "./stripe-key.ts";
import { metadataKeys } from "./stripe-metadata.ts";

/**
 * Undoes an invoice as far as it has come: a draft is deleted, an open one voided, a paid one
 * credited in full to the customer's balance (money back is for a person to decide). Repeatable: an
 * invoice that is void or credited already is left alone.
 */
export async function takeBackInvoice(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly invoice: Stripe.Invoice;
  readonly reason: string;
}): Promise<void> {
  const { client, context, invoice, reason } = input;
  const { id } = invoice;
  const what = `Taking back invoice ${invoice.number ?? id}`;
  switch (invoice.status) {
    case "draft":
      await client.call({ what, isWrite: true, run: (stripe) => stripe.invoices.del(id) }, context);
      return;
    case "open":
      await client.call(
        {
          what,
          isWrite: true,
          run: (stripe) =>
            stripe.invoices.voidInvoice(id, {}, { idempotencyKey: stripeKey("usher:void", id) }),
        },
        context,
      );
      return;
    case "paid": {
      const owed = invoice.amount_paid - invoice.post_payment_credit_notes_amount;
      if (owed <= 0) return;
      await client.call(
        {
          what,
          isWrite: true,
          run: (stripe) =>
            stripe.creditNotes.create(
              {
                invoice: id,
                amount: owed,
                credit_amount: owed,
                memo: reason.slice(0, 500),
                metadata: {
                  [metadataKeys.orderId]: invoice.metadata?.[metadataKeys.orderId] ?? "",
                },
              },
              { idempotencyKey: stripeKey("usher:credit", id, owed) },
            ),
        },
        context,
      );
      return;
    }
    default:
  }
}
