import { type Call, save } from "./call.ts";
import { amountDue, amountRemaining, invoiceTotal } from "./invoice-amounts.ts";
import { PAYMENT_METHODS } from "./stripe-account.ts";
import { invalidRequest, StripeError, type StripeErrorBody } from "./stripe-error.ts";
import type {
  BillingReason,
  CollectionMethod,
  CustomerRow,
  InvoiceItemRow,
  InvoiceLineRow,
  InvoiceRow,
  SubscriptionRow,
} from "./stripe-rows.ts";

/** What the steps of an invoice's life need of a call; control uses them too. */
export type Step = Pick<Call, "account" | "caller">;

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

/** Draft → open; nothing to pay → paid. A charged invoice that advances by itself is paid at once. */
export function finalizeInvoice(step: Step, before: InvoiceRow): InvoiceRow {
  const { account } = step;
  if (before.status !== "draft") {
    throw invalidRequest(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
    );
  }
  const now = account.nowSeconds();
  const customer = account.tables.customer.get(before.customer) as CustomerRow;
  const startingBalance = customer.balance;
  const asked = invoiceTotal(before) + startingBalance;
  // Credit that is left, or a new one, stays with the customer; a debt is put on the invoice.
  const endingBalance = Math.min(0, asked);
  const open: InvoiceRow = {
    ...before,
    status: "open",
    finalizedAt: now,
    number: `${customer.invoicePrefix}-${String(customer.nextInvoiceSequence).padStart(4, "0")}`,
    startingBalance,
    endingBalance,
    autoFinalizesAt: null,
    nextPaymentAttempt:
      before.isAutoAdvance && before.collectionMethod === "charge_automatically"
        ? now + 3600
        : null,
  };
  account.store.put(account.tables.customer, {
    ...customer,
    balance: endingBalance,
    currency: customer.currency ?? before.currency,
    nextInvoiceSequence: customer.nextInvoiceSequence + 1,
  });
  save(step, {
    kind: "invoice",
    row: open,
    before,
    events: ["invoice.finalized", "invoice.updated"],
  });
  if (amountDue(open) === 0) return markPaid(step, open, { isOutOfBand: false });
  if (open.collectionMethod === "send_invoice" && open.isAutoAdvance) {
    save(step, { kind: "invoice", row: open, events: ["invoice.sent"] });
  }
  return open;
}

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

export function failPayment(step: Step, before: InvoiceRow): InvoiceRow {
  const row: InvoiceRow = {
    ...before,
    attemptCount: before.attemptCount + 1,
    isAttempted: true,
    nextPaymentAttempt: before.isAutoAdvance ? step.account.nowSeconds() + 3 * 86_400 : null,
  };
  save(step, {
    kind: "invoice",
    row,
    before,
    events: ["invoice.payment_failed", "invoice.updated"],
  });
  followPayment(step, row, "failed");
  return row;
}

export function markPaid(
  step: Step,
  before: InvoiceRow,
  { isOutOfBand }: { readonly isOutOfBand: boolean },
): InvoiceRow {
  const hasCharge = amountDue(before) > 0 && !isOutOfBand;
  const row: InvoiceRow = {
    ...before,
    status: "paid",
    isAttempted: true,
    isAutoAdvance: false,
    attemptCount: before.attemptCount + (hasCharge ? 1 : 0),
    amountPaid: before.amountPaid + amountRemaining(before),
    isPaidOutOfBand: isOutOfBand,
    paidAt: step.account.nowSeconds(),
    nextPaymentAttempt: null,
  };
  save(step, {
    kind: "invoice",
    row,
    before,
    events: ["invoice.updated", "invoice.paid", "invoice.payment_succeeded"],
  });
  followPayment(step, row, "paid");
  return row;
}

export function voidInvoice(step: Step, before: InvoiceRow): InvoiceRow {
  if (before.status !== "open" && before.status !== "uncollectible") {
    throw invalidRequest(`You can only pass in open invoices. This invoice isn't open.`);
  }
  const row: InvoiceRow = {
    ...before,
    status: "void",
    isAutoAdvance: false,
    nextPaymentAttempt: null,
    voidedAt: step.account.nowSeconds(),
  };
  save(step, { kind: "invoice", row, before, events: ["invoice.updated", "invoice.voided"] });
  return row;
}

/** A paid first invoice makes its subscription active; a failed later one makes it past due. */
function followPayment(step: Step, invoice: InvoiceRow, outcome: "paid" | "failed") {
  const { account } = step;
  const before =
    invoice.subscription === null
      ? undefined
      : account.tables.subscription.get(invoice.subscription);
  if (before === undefined) return;
  const status = nextStatus(before, outcome);
  if (status === before.status) return;
  const row = { ...before, status };
  save(step, { kind: "subscription", row, before, events: ["customer.subscription.updated"] });
}

function nextStatus(
  subscription: SubscriptionRow,
  outcome: "paid" | "failed",
): SubscriptionRow["status"] {
  switch (subscription.status) {
    case "incomplete":
    case "past_due":
    case "unpaid":
      return outcome === "paid" ? "active" : subscription.status;
    case "active":
      return outcome === "failed" ? "past_due" : "active";
    case "trialing":
    case "canceled":
    case "incomplete_expired":
      return subscription.status;
  }
}

/** Pending items of the customer, as lines of an invoice; the items now belong to it. */
export function pendingItems(
  step: Step,
  customer: string,
  currency: string,
  subscription: string | null,
): InvoiceItemRow[] {
  return step.account.tables.invoiceitem
    .where("pending", customer)
    .filter(
      (item) =>
        item.currency === currency &&
        (item.subscription === null || item.subscription === subscription),
    )
    .sort((left, right) => left.sequence - right.sequence);
}

export function lineOfItem(item: InvoiceItemRow): Omit<InvoiceLineRow, "id"> {
  return {
    amount: item.amount,
    description: item.description,
    quantity: item.quantity,
    price: item.price,
    product: item.product,
    unitAmountDecimal: item.unitAmountDecimal,
    periodStart: item.periodStart,
    periodEnd: item.periodEnd,
    isProration: item.isProration,
    metadata: item.metadata,
    invoiceItem: item.id,
    subscription: item.subscription,
    subscriptionItem: item.subscriptionItem,
  };
}

export function attachItems(step: Step, items: readonly InvoiceItemRow[], invoice: string): void {
  for (const item of items)
    step.account.store.put(step.account.tables.invoiceitem, { ...item, invoice });
}

/** Finalizes the drafts whose hour has come. Number of invoices finalized. */
export function finalizeDueInvoices(step: Step): number {
  const { account } = step;
  const now = account.nowSeconds();
  const due = account.tables.invoice
    .where("waiting", "yes")
    .filter((row) => row.autoFinalizesAt !== null && row.autoFinalizesAt <= now && !row.isDeleted);
  for (const row of due) {
    account.store.transact(() => {
      const open = finalizeInvoice(step, row);
      const charges = open.status === "open" && open.collectionMethod === "charge_automatically";
      const customer = account.tables.customer.get(open.customer);
      if (
        charges &&
        (open.defaultPaymentMethod ?? customer?.defaultPaymentMethod ?? null) !== null
      ) {
        payInvoice(step, open, { isOutOfBand: false });
      }
    });
  }
  return due.length;
}
