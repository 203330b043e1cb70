import type { CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import type { StripeClient } from "./stripe-client.ts";
import { stripeKey } from "./stripe-key.ts";
import { metadataKeys } from "./stripe-metadata.ts";

interface TakeBack {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly invoice: Stripe.Invoice;
  readonly reason: string;
}

/**
 * Undoes an invoice as far as it has come: a draft or an open one is voided, a paid one
 * credited in full to the customer's balance (money back is for a person to decide). Repeatable: an
 * invoice that is void or credited already is left alone.
 * @see https://docs.stripe.com/invoicing/overview#invoice-statuses
 */
export async function takeBackInvoice(input: TakeBack): Promise<void> {
  const { invoice } = input;
  if (invoice.status === "draft") await takeBackDraft(input);
  if (invoice.status === "open") await voidOpen(input);
  if (invoice.status === "paid") await creditPaid(input);
}

// Not deleted: a subscription's draft cannot be, and the items of any other would wait for the
// customer's next invoice. Finalized without sending it, then voided, it is gone with its items.
async function takeBackDraft(input: TakeBack): Promise<void> {
  const { client, context, invoice } = input;
  const finalized = await client.call(
    {
      what: `Closing draft invoice ${invoice.id}`,
      isWrite: true,
      run: (stripe) =>
        stripe.invoices.finalizeInvoice(
          invoice.id,
          { auto_advance: false },
          { idempotencyKey: stripeKey("usher:finalize-to-void", invoice.id) },
        ),
    },
    context,
  );
  await takeBackInvoice({ ...input, invoice: finalized });
}

async function voidOpen({ client, context, invoice }: TakeBack): Promise<void> {
  await client.call(
    {
      what: `Voiding invoice ${invoice.number ?? invoice.id}`,
      isWrite: true,
      run: (stripe) =>
        stripe.invoices.voidInvoice(
          invoice.id,
          {},
          { idempotencyKey: stripeKey("usher:void", invoice.id) },
        ),
    },
    context,
  );
}

async function creditPaid({ client, context, invoice, reason }: TakeBack): Promise<void> {
  const owed = invoice.amount_paid - invoice.post_payment_credit_notes_amount;
  if (owed <= 0) return;
  await client.call(
    {
      what: `Crediting invoice ${invoice.number ?? invoice.id}`,
      isWrite: true,
      run: (stripe) =>
        stripe.creditNotes.create(
          {
            invoice: invoice.id,
            amount: owed,
            credit_amount: owed,
            memo: reason.slice(0, 500),
            metadata: { [metadataKeys.orderId]: invoice.metadata?.[metadataKeys.orderId] ?? "" },
          },
          { idempotencyKey: stripeKey("usher:credit", invoice.id, owed) },
        ),
    },
    context,
  );
}
