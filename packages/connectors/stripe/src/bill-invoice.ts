import type {
  BillingLine,
  BillingOrder,
  BillingRecord,
  CallContext,
} from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import { createOnce } from "./create-once.ts";
import { isLivingInvoice } from "./find-order-bills.ts";
import { totalOf } from "./group-subscription-lines.ts";
import { outrunByRevision } from "./outrun-by-revision.ts";
import { toStripeAmount } from "./stripe-amount.ts";
import type { StripeClient } from "./stripe-client.ts";
import { collectionOf } from "./stripe-collection.ts";
import type { StripeConfig } from "./stripe-config.ts";
import { stripeKey } from "./stripe-key.ts";
import {
  isBill,
  lineMetadata,
  metadataKeys,
  orderMetadata,
  revisionOf,
} from "./stripe-metadata.ts";
import type { StripeProducts } from "./stripe-products.ts";
import { takeBackInvoice } from "./take-back-invoice.ts";

export const invoiceBill = "invoice-1";

/**
 * One invoice for the lines that are billed once: a draft, its lines, finalized. A draft that an
 * earlier attempt left half-made is finished; the invoice of an earlier revision is taken back.
 */
export async function billInvoice(input: {
  readonly client: StripeClient;
  readonly products: StripeProducts;
  readonly config: StripeConfig;
  readonly context: CallContext;
  readonly order: BillingOrder;
  readonly customer: string;
  readonly lines: readonly BillingLine[];
  /** Of an earlier attempt or an earlier revision. */
  readonly existing: readonly Stripe.Invoice[];
  readonly findAll: () => Promise<readonly Stripe.Invoice[]>;
}): Promise<BillingRecord> {
  const { client, context, order, customer, lines, config, findAll } = input;
  const own = input.existing.filter((one) => isBill(one, invoiceBill));
  for (const invoice of own) {
    const revision = revisionOf(invoice.metadata);
    if (revision > order.revision) throw outrunByRevision({ order, revision });
    if (revision < order.revision) {
      await takeBackInvoice({ client, context, invoice, reason: "replaced by a later revision" });
    }
  }
  const isCurrent = (one: Stripe.Invoice) =>
    isBill(one, invoiceBill) && revisionOf(one.metadata) === order.revision;
  const invoice =
    own.find(isCurrent) ??
    (await createOnce({
      client,
      context,
      what: `Making the invoice of order ${order.orderId}`,
      key: stripeKey(context.idempotencyKey, invoiceBill),
      create: (stripe, options) =>
        stripe.invoices.create(
          {
            customer,
            currency: order.currency.toLowerCase(),
            ...collectionOf(config),
            // Stripe would finalize a draft within the hour, half-made or not.
            auto_advance: false,
            // Items that lie about for this customer are somebody else's.
            pending_invoice_items_behavior: "exclude",
            metadata: orderMetadata({ order, bill: invoiceBill }),
          },
          options,
        ),
      reread: (stripe, id) => stripe.invoices.retrieve(id),
      find: async () => (await findAll()).find(isCurrent) ?? null,
      isAlive: isLivingInvoice,
    }));
  if (invoice.status === "draft") await finish({ ...input, invoice });
  return {
    kind: "invoice",
    id: invoice.id,
    lineIds: lines.map(({ lineId }) => lineId),
    totalMinor: totalOf(lines),
  };
}

async function finish(input: {
  readonly client: StripeClient;
  readonly products: StripeProducts;
  readonly context: CallContext;
  readonly order: BillingOrder;
  readonly customer: string;
  readonly lines: readonly BillingLine[];
  readonly existing: readonly Stripe.Invoice[];
  readonly invoice: Stripe.Invoice;
}): Promise<void> {
  const { client, context, order, lines, invoice } = input;
  // Only a draft from before can hold lines whose idempotency keys may be forgotten by now.
  const isFromBefore = input.existing.some(({ id }) => id === invoice.id);
  const held = isFromBefore ? await heldLines({ client, context, invoice: invoice.id }) : new Set();
  for (const line of lines) {
    if (!held.has(line.lineId)) await addLine({ ...input, line });
  }
  await client.call(
    {
      what: `Finalizing the invoice of order ${order.orderId}`,
      isWrite: true,
      run: (stripe) =>
        stripe.invoices.finalizeInvoice(
          invoice.id,
          { auto_advance: true },
          { idempotencyKey: stripeKey(context.idempotencyKey, invoice.id, "finalize") },
        ),
    },
    context,
  );
}

async function heldLines(input: {
  readonly client: StripeClient;
  readonly context: CallContext;
  readonly invoice: string;
}): Promise<Set<string>> {
  const lines = await input.client.call(
    {
      what: "Reading the lines of a half-made invoice",
      isWrite: false,
      run: (stripe) =>
        stripe.invoices
          .listLineItems(input.invoice, { limit: 100 })
          .autoPagingToArray({ limit: 1_000 }),
    },
    input.context,
  );
  return new Set(lines.map((line) => line.metadata[metadataKeys.lineId] ?? ""));
}

async function addLine(input: {
  readonly client: StripeClient;
  readonly products: StripeProducts;
  readonly context: CallContext;
  readonly order: BillingOrder;
  readonly customer: string;
  readonly invoice: Stripe.Invoice;
  readonly line: BillingLine;
}): Promise<void> {
  const { client, products, context, order, customer, invoice, line } = input;
  const product = await products.ensure(line, context);
  await client.call(
    {
      what: `Adding a line to the invoice of order ${order.orderId}`,
      isWrite: true,
      run: (stripe) =>
        stripe.invoiceItems.create(
          {
            customer,
            invoice: invoice.id,
            price_data: {
              currency: order.currency.toLowerCase(),
              product,
              unit_amount: toStripeAmount({
                minor: line.unitAmountMinor,
                currency: order.currency,
              }),
            },
            quantity: line.quantity,
            description: line.name,
            period: {
              start: Math.floor(Date.parse(line.startsAtIso) / 1000),
              end: Math.floor(Date.parse(line.endsAtIso) / 1000),
            },
            metadata: { ...orderMetadata({ order, bill: invoiceBill }), ...lineMetadata(line) },
          },
          { idempotencyKey: stripeKey(context.idempotencyKey, invoice.id, line.lineId) },
        ),
    },
    context,
  );
}
