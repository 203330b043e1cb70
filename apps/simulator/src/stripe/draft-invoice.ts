import { save } from "./call.ts";
import type { Step } from "./step.ts";
import type {
  BillingReason,
  CollectionMethod,
  CustomerRow,
  InvoiceLineRow,
  InvoiceRow,
  SubscriptionRow,
} from "./stripe-rows.ts";

export interface NewInvoice {
  readonly customer: CustomerRow;
  readonly currency: string;
  readonly collectionMethod: CollectionMethod;
  readonly billingReason: BillingReason;
  readonly lines: readonly Omit<InvoiceLineRow, "id">[];
  readonly subscription?: SubscriptionRow;
  readonly daysUntilDue?: number | null;
  readonly dueDate?: number | null;
  readonly isAutoAdvance: boolean;
  readonly description?: string | null;
  readonly footer?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly defaultPaymentMethod?: string | null;
}

/**
 * A draft. It stays one until it is finalized, by a call or, when it advances by itself, about an
 * hour later.
 * @see https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
export function draftInvoice(step: Step, input: NewInvoice): InvoiceRow {
  const { account } = step;
  const { customer, subscription } = input;
  const { id, sequence } = account.newId("in");
  const now = account.nowSeconds();
  const { autoFinalizeAfterMs } = account.settings();
  const row: InvoiceRow = {
    id,
    sequence,
    created: now,
    customer: customer.id,
    customerName: customer.name,
    customerEmail: customer.email,
    customerPhone: customer.phone,
    customerAddress: customer.address,
    currency: input.currency,
    collectionMethod: input.collectionMethod,
    status: "draft",
    isAutoAdvance: input.isAutoAdvance,
    autoFinalizesAt: input.isAutoAdvance ? now + Math.ceil(autoFinalizeAfterMs / 1000) : null,
    billingReason: input.billingReason,
    description: input.description ?? null,
    footer: input.footer ?? null,
    metadata: input.metadata ?? {},
    subscription: subscription?.id ?? null,
    subscriptionMetadata: subscription?.metadata ?? null,
    lines: input.lines.map((line) => ({ ...line, id: account.newId("il").id })),
    daysUntilDue: input.daysUntilDue ?? null,
    dueDate:
      input.dueDate ?? (input.daysUntilDue == null ? null : now + input.daysUntilDue * 86_400),
    number: null,
    startingBalance: 0,
    endingBalance: null,
    amountPaid: 0,
    isPaidOutOfBand: false,
    attemptCount: 0,
    isAttempted: false,
    nextPaymentAttempt: null,
    creditedBeforePayment: 0,
    creditedAfterPayment: 0,
    periodStart: subscription?.periodStart ?? now,
    periodEnd: subscription?.periodEnd ?? now,
    finalizedAt: null,
    paidAt: null,
    voidedAt: null,
    uncollectibleAt: null,
    defaultPaymentMethod: input.defaultPaymentMethod ?? null,
    isDeleted: false,
  };
  save(step, { kind: "invoice", row, events: ["invoice.created"] });
  return row;
}
