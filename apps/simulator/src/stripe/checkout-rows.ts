import type { Metadata } from "./params.ts";
import type { InvoiceLineRow, ResourceRow, SubscriptionItemRow } from "./stripe-rows.ts";

export interface CheckoutSessionRow extends ResourceRow {
  readonly customer: string;
  readonly mode: "payment" | "subscription";
  readonly status: "open" | "complete" | "expired";
  readonly paymentStatus: "paid" | "unpaid" | "no_payment_required";
  readonly currency: string;
  readonly items: readonly SubscriptionItemRow[];
  readonly lines: readonly Omit<InvoiceLineRow, "id">[];
  readonly metadata: Metadata;
  /** What the subscription or the invoice is given. */
  readonly madeMetadata: Metadata;
  readonly makesInvoice: boolean;
  readonly trialEnd: number | null;
  readonly clientReferenceId: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly expiresAt: number;
  readonly subscription: string | null;
  readonly invoice: string | null;
}
