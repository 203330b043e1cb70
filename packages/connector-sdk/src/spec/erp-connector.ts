import type { CallContext } from "./call-context.ts";

export interface ErpCustomer {
  /** Usher's customer id; kept in the ERP so that a lost answer is found again. */
  readonly customerId: string;
  /** The CRM's id of the account. A customer the ERP already knows by it is used as it is. */
  readonly externalId: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | null;
  /** The ERP's id from an earlier `ErpBooking`: saves looking the customer up. */
  readonly remoteCustomerId?: string | null;
}

/** Something sold, known to the ERP by its sku. */
export interface ErpItem {
  readonly sku: string;
  readonly name: string;
}

export interface ErpOrderLine {
  /** Unique within the order and stable over its revisions. */
  readonly lineId: string;
  readonly sku: string;
  readonly name: string;
  /** Whole and at least 1. */
  readonly quantity: number;
  /** Price of one unit for the whole term, minor units of the order's currency. */
  readonly unitAmountMinor: number;
  /** First day of the term, a calendar date of the contract such as `2026-12-01`. */
  readonly startsOn: string;
  readonly months: number;
}

export interface ErpOrder {
  /** Usher's order id: the external id under which the ERP keeps the order. */
  readonly orderId: string;
  readonly revision: number;
  readonly customer: ErpCustomer;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly lines: readonly ErpOrderLine[];
}

/** One sales order that now stands in the ERP for this order. */
export interface ErpRecord {
  readonly kind: "sales_order";
  readonly id: string;
  /** What people in the ERP call it. */
  readonly number: string;
  readonly lineIds: readonly string[];
  /** What it comes to before taxes, as the ERP itself says; minor units of the order's currency. */
  readonly totalMinor: number;
}

export interface ErpBooking {
  readonly remoteCustomerId: string;
  /** Usually one. A line that a later revision adds may need a sales order of its own. */
  readonly records: readonly ErpRecord[];
}

export interface ErpInvoice {
  readonly id: string;
  /** Null until the ERP has given it one. */
  readonly number: string | null;
  readonly state: "draft" | "posted" | "paid" | "canceled";
  /** Before taxes; negative for a credit. Minor units of `currency`. */
  readonly untaxedMinor: number;
  /** With taxes. */
  readonly totalMinor: number;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** Where an order stands with accounting. */
export interface ErpInvoiceStatus {
  /** `none`: nothing was invoiced; `exception`: an invoice was canceled, and a person in accounting has to say what follows. */
  readonly state: "none" | "pending" | "awaiting_payment" | "partially_paid" | "paid" | "exception";
  /** In the order in which they were made. */
  readonly invoices: readonly ErpInvoice[];
}

/**
 * What an ERP must be able to do for Usher. Every method throws `ConnectorError` and nothing else.
 * Amounts are minor units here and decimal strings on the wire: no amount is ever a float.
 * No method creates blindly: what an earlier attempt made, whose answer may have been lost, is
 * found by our own external id and gone on with.
 */
export interface ErpConnector {
  /** Read-only: proves that credentials, rights and the settings an order needs are there. */
  check(context: CallContext): Promise<void>;
  /** Finds the customer or makes it. A name that was changed in the ERP is left as it is. */
  upsertCustomer(
    input: ErpCustomer,
    context: CallContext,
  ): Promise<{ readonly remoteCustomerId: string }>;
  /** Finds the item by its sku or makes it. An item the ERP has is left as it is. */
  upsertItem(input: ErpItem, context: CallContext): Promise<{ readonly remoteItemId: string }>;
  /**
   * Books the revision: customer, items and sales order, up to what lets accounting invoice it.
   * What is half-made is finished; a revision that stands already is only read back. A booked
   * earlier revision is amended. `conflict_stale` where a later revision stands.
   */
  bookOrder(input: ErpOrder, context: CallContext): Promise<ErpBooking>;
  /** As `bookOrder`, for an order that must stand already: `not_found` where it does not. */
  amendOrder(input: ErpOrder, context: CallContext): Promise<ErpBooking>;
  /**
   * Takes the order back as far as it has come: cancels what was not invoiced and credits what was.
   * Repeatable; an order that was never booked is no error.
   */
  cancelOrder(
    input: { readonly orderId: string; readonly revision: number; readonly reason: string },
    context: CallContext,
  ): Promise<void>;
  /** Re-reads the order's invoices. An order that was never booked has none. */
  readInvoices(
    input: { readonly orderId: string },
    context: CallContext,
  ): Promise<ErpInvoiceStatus>;
}
