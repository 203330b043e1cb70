import type { Row } from "../store/table.ts";
import type { CheckoutSessionRow } from "./checkout-rows.ts";
import type { Metadata } from "./params.ts";
import type { SubscriptionScheduleRow } from "./subscription-schedule-rows.ts";

/** What all resources share. `sequence` orders them as they were made; `created` has whole seconds. */
export interface ResourceRow extends Row {
  readonly sequence: number;
  readonly created: number;
}

export interface AddressRow {
  readonly city: string | null;
  readonly country: string | null;
  readonly line1: string | null;
  readonly line2: string | null;
  readonly postal_code: string | null;
  readonly state: string | null;
}

export interface CustomerRow extends ResourceRow {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly description: string | null;
  readonly address: AddressRow | null;
  readonly metadata: Metadata;
  readonly currency: string | null;
  /** Minor units; negative is credit. */
  readonly balance: number;
  readonly taxExempt: "none" | "exempt" | "reverse";
  readonly preferredLocales: readonly string[];
  readonly defaultPaymentMethod: string | null;
  readonly invoicePrefix: string;
  readonly nextInvoiceSequence: number;
  readonly isDelinquent: boolean;
  readonly isDeleted: boolean;
}

export interface ProductRow extends ResourceRow {
  readonly updated: number;
  readonly name: string;
  readonly description: string | null;
  readonly isActive: boolean;
  readonly metadata: Metadata;
  readonly unitLabel: string | null;
  readonly statementDescriptor: string | null;
  readonly taxCode: string | null;
  readonly url: string | null;
  readonly defaultPrice: string | null;
}

export type Interval = "day" | "week" | "month" | "year";

export interface PriceRow extends ResourceRow {
  readonly product: string;
  readonly currency: string;
  /** Minor units, up to 12 places behind the point. */
  readonly unitAmountDecimal: string;
  readonly recurring: { readonly interval: Interval; readonly intervalCount: number } | null;
  readonly lookupKey: string | null;
  readonly nickname: string | null;
  readonly isActive: boolean;
  readonly metadata: Metadata;
  readonly taxBehavior: "exclusive" | "inclusive" | "unspecified";
}

export type SubscriptionStatus =
  | "active"
  | "canceled"
  | "incomplete"
  | "incomplete_expired"
  | "past_due"
  | "trialing"
  | "unpaid";
export type CollectionMethod = "charge_automatically" | "send_invoice";

export interface SubscriptionItemRow {
  readonly id: string;
  readonly created: number;
  readonly price: string;
  readonly quantity: number;
  readonly metadata: Metadata;
}

export interface SubscriptionRow extends ResourceRow {
  readonly customer: string;
  readonly status: SubscriptionStatus;
  readonly collectionMethod: CollectionMethod;
  readonly daysUntilDue: number | null;
  readonly currency: string;
  readonly description: string | null;
  readonly metadata: Metadata;
  readonly items: readonly SubscriptionItemRow[];
  readonly startDate: number;
  readonly billingCycleAnchor: number;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly trialStart: number | null;
  readonly trialEnd: number | null;
  readonly cancelAt: number | null;
  readonly cancelAtPeriodEnd: boolean;
  readonly canceledAt: number | null;
  readonly endedAt: number | null;
  readonly cancellation: {
    readonly comment: string | null;
    readonly feedback: string | null;
    readonly reason: "cancellation_requested" | "payment_failed" | null;
  };
  readonly latestInvoice: string | null;
  readonly defaultPaymentMethod: string | null;
  /** The schedule that manages it; left out in journals from before there were any. */
  readonly schedule?: string | null;
  /** Start of the schedule's phase that it is in. */
  readonly phaseStart?: number;
}

export interface InvoiceLineRow {
  readonly id: string;
  readonly amount: number;
  readonly description: string | null;
  readonly quantity: number;
  readonly price: string | null;
  readonly product: string | null;
  readonly unitAmountDecimal: string | null;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly isProration: boolean;
  readonly metadata: Metadata;
  readonly invoiceItem: string | null;
  readonly subscription: string | null;
  readonly subscriptionItem: string | null;
}

export type InvoiceStatus = "draft" | "open" | "paid" | "uncollectible" | "void";
export type BillingReason =
  | "manual"
  | "subscription_create"
  | "subscription_update"
  | "subscription_cycle";

export interface InvoiceRow extends ResourceRow {
  readonly customer: string;
  readonly customerName: string | null;
  readonly customerEmail: string | null;
  readonly customerPhone: string | null;
  readonly customerAddress: AddressRow | null;
  readonly currency: string;
  readonly collectionMethod: CollectionMethod;
  readonly status: InvoiceStatus;
  readonly isAutoAdvance: boolean;
  readonly autoFinalizesAt: number | null;
  readonly billingReason: BillingReason;
  readonly description: string | null;
  readonly footer: string | null;
  readonly metadata: Metadata;
  readonly subscription: string | null;
  readonly subscriptionMetadata: Metadata | null;
  readonly lines: readonly InvoiceLineRow[];
  readonly daysUntilDue: number | null;
  readonly dueDate: number | null;
  readonly number: string | null;
  readonly startingBalance: number;
  readonly endingBalance: number | null;
  readonly amountPaid: number;
  readonly isPaidOutOfBand: boolean;
  readonly attemptCount: number;
  readonly isAttempted: boolean;
  readonly nextPaymentAttempt: number | null;
  readonly creditedBeforePayment: number;
  readonly creditedAfterPayment: number;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly finalizedAt: number | null;
  readonly paidAt: number | null;
  readonly voidedAt: number | null;
  readonly uncollectibleAt: number | null;
  readonly defaultPaymentMethod: string | null;
  readonly isDeleted: boolean;
}

export interface InvoiceItemRow extends ResourceRow {
  readonly customer: string;
  readonly currency: string;
  readonly amount: number;
  readonly description: string | null;
  readonly quantity: number;
  readonly price: string | null;
  readonly product: string | null;
  readonly unitAmountDecimal: string | null;
  readonly periodStart: number;
  readonly periodEnd: number;
  readonly isProration: boolean;
  readonly isDiscountable: boolean;
  readonly metadata: Metadata;
  /** Null while it waits for an invoice. */
  readonly invoice: string | null;
  readonly subscription: string | null;
  readonly subscriptionItem: string | null;
}

export interface CreditNoteLineRow {
  readonly id: string;
  readonly amount: number;
  readonly description: string | null;
  readonly quantity: number | null;
  readonly unitAmount: number | null;
  readonly type: "invoice_line_item" | "custom_line_item";
  readonly invoiceLineItem: string | null;
}

export interface CreditNoteRow extends ResourceRow {
  readonly customer: string;
  readonly invoice: string;
  readonly currency: string;
  readonly number: string;
  readonly lines: readonly CreditNoteLineRow[];
  readonly total: number;
  readonly memo: string | null;
  readonly reason: "duplicate" | "fraudulent" | "order_change" | "product_unsatisfactory" | null;
  readonly metadata: Metadata;
  readonly isBeforePayment: boolean;
  readonly outOfBandAmount: number | null;
  readonly status: "issued" | "void";
  readonly voidedAt: number | null;
}

/** The tables a resource can live in, by the API's name of the resource. */
export interface ResourceRows {
  readonly customer: CustomerRow;
  readonly product: ProductRow;
  readonly price: PriceRow;
  readonly subscription: SubscriptionRow;
  readonly subscription_schedule: SubscriptionScheduleRow;
  readonly "checkout.session": CheckoutSessionRow;
  readonly invoice: InvoiceRow;
  readonly invoiceitem: InvoiceItemRow;
  readonly credit_note: CreditNoteRow;
}
export type ResourceKind = keyof ResourceRows;

export interface EventRow extends ResourceRow {
  readonly type: string;
  /** The resource as it stood when the event happened. */
  readonly kind: ResourceKind;
  readonly snapshot: ResourceRows[ResourceKind];
  readonly previousAttributes: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** The first result of an idempotency key. */
export interface IdempotencyRow extends Row {
  readonly fingerprint: string;
  readonly status: number;
  /** The body, deflated, in base64: there are thousands. */
  readonly body: string;
  readonly requestId: string;
  readonly createdMs: number;
}
