import type { CallContext } from "./call-context.ts";
import type { Checkpoint } from "./crm-connector.ts";
import type { InboundEvent } from "./webhook.ts";

export interface BillingCustomer {
  /** Usher's customer id; stored in the vendor's metadata so that a lost answer is found again. */
  readonly customerId: string;
  readonly externalId: string;
  readonly name: string;
  readonly country: string | null;
  /** The vendor's id from an earlier `BillingResult`: saves looking the customer up. */
  readonly remoteCustomerId?: string | null;
  /** Where bills go. Without it the connection's own address is used, if it has one. */
  readonly email?: string | null;
}

export interface BillingLine {
  readonly lineId: string;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** Price of one unit for the whole term, minor units. */
  readonly unitAmountMinor: number;
  readonly billing:
    | { readonly kind: "subscription"; readonly interval: "month" | "year" }
    | { readonly kind: "invoice" };
  readonly startsAtIso: string;
  readonly endsAtIso: string;
  readonly months: number;
}

export interface BillingOrder {
  readonly orderId: string;
  readonly revision: number;
  readonly customer: BillingCustomer;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly lines: readonly BillingLine[];
  /**
   * No attempt to bill this revision can have been made before this instant (epoch milliseconds),
   * such as when the revision was approved. While a vendor's idempotency keys still cover the time
   * since then, a first revision is billed without looking for earlier bills, which saves calls.
   */
  readonly notBilledBeforeMs?: number;
}

/** One thing that now exists in the billing system for this order. */
export interface BillingRecord {
  readonly kind: "subscription" | "invoice";
  readonly id: string;
  readonly lineIds: readonly string[];
  /** What the record bills over the whole term, minor units of the order's currency. */
  readonly totalMinor: number;
}

export interface BillingResult {
  readonly remoteCustomerId: string;
  readonly records: readonly BillingRecord[];
}

/** A verified event of the billing system, reduced to what concerns an order. The object was re-read. */
export type BillingChange =
  | {
      readonly kind: "payment";
      readonly orderId: string | null;
      readonly recordId: string;
      readonly outcome: "paid" | "failed";
    }
  | {
      readonly kind: "subscription";
      readonly orderId: string | null;
      readonly recordId: string;
      readonly state: "active" | "past_due" | "canceled";
    }
  | {
      readonly kind: "checkout";
      readonly orderId: string | null;
      readonly recordId: string;
      /** `pending`: gone through, with a payment that takes days. */
      readonly outcome: "paid" | "pending" | "failed" | "expired";
    }
  | { readonly kind: "irrelevant"; readonly because: string };

/** An order that its customer confirms and pays on a page of the billing system's. */
export interface CheckoutRequest {
  readonly order: BillingOrder;
  /** Where the customer is sent afterwards. */
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface CheckoutPage {
  readonly remoteCustomerId: string;
  readonly recordId: string;
  /** Null once the customer has gone through it. */
  readonly url: string | null;
  /** Epoch milliseconds: the page cannot be used from then on, and another can be asked for. */
  readonly expiresAtMs: number;
}

/** A thing sold, and the features it carries, by the catalog in force. */
export interface SoldProduct {
  readonly sku: string;
  readonly name: string;
  /** By the catalog's feature keys; each named once. */
  readonly features: readonly { readonly key: string; readonly name: string }[];
}

/** What had to be changed so that the billing system's products carry the catalog's features; all empty when nothing differed. */
export interface FeatureChanges {
  /** Features made or renamed, by key. */
  readonly features: readonly string[];
  /** `sku feature`, each. */
  readonly attached: readonly string[];
  readonly detached: readonly string[];
}

/** Some of what a billing system announced, for a hub that its webhooks did not reach. */
export interface AnnouncementPage {
  /** As a webhook would have brought them, under the vendor's event ids: what came twice acts once. */
  readonly events: readonly InboundEvent[];
  readonly checkpoint: Checkpoint;
  /** False when everything up to now has been read. */
  readonly hasMore: boolean;
  /**
   * True on the first page of a read of everything that stands, because the vendor has forgotten
   * what it announced since the checkpoint. Nothing is lost by it, but it takes longer: tell the operator.
   */
  readonly isFullRead?: boolean;
}

/** What a billing system must be able to do for Usher. Every method throws `ConnectorError` and nothing else. */
export interface BillingConnector {
  check(context: CallContext): Promise<void>;
  /** Makes the order's bills, or finds those an earlier attempt made. Replaces those of an earlier revision. */
  bill(input: BillingOrder, context: CallContext): Promise<BillingResult>;
  /** Takes back what `bill` made for the order: cancels subscriptions, voids or credits invoices. Repeatable. */
  cancelBilling(
    input: {
      readonly orderId: string;
      readonly customerId: string;
      readonly reason: string;
      /** As of `BillingResult`. Pass it where known: a vendor's search may lag behind by a minute. */
      readonly remoteCustomerId?: string | null;
    },
    context: CallContext,
  ): Promise<void>;
  /** Re-reads the object an inbound event hints at. */
  readChange(
    input: { readonly eventId: string; readonly body: unknown },
    context: CallContext,
  ): Promise<BillingChange>;
  /**
   * Opens the page on which the order's customer pays, or finds the one that is open for this
   * revision; pages of earlier revisions are closed. What the customer buys there is the order's
   * bill: `bill` finds it. Leave `notBilledBeforeMs` out of such an order, so that it looks. Throws
   * `validation` for lines that one page cannot hold. Left out by a system that has no such page.
   */
  startCheckout?(input: CheckoutRequest, context: CallContext): Promise<CheckoutPage>;
  /**
   * Brings the features of the products to what is given, and writes nothing where nothing differs.
   * Products that are not given, and features that others have put there, are left alone.
   * Repeatable. Left out by a system that knows no features, or is not to be told of them.
   */
  keepFeatures?(
    input: { readonly products: readonly SoldProduct[] },
    context: CallContext,
  ): Promise<FeatureChanges>;
  /**
   * One page of what was announced since `checkpoint` (null: from about now), whether a webhook
   * brought it or not. Safe to repeat; may repeat events. Store page and checkpoint in one
   * transaction. Left out by a system that keeps no log of its events.
   */
  readAnnouncements?(
    input: { readonly checkpoint: Checkpoint | null },
    context: CallContext,
  ): Promise<AnnouncementPage>;
}
