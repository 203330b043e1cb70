import type { Sku } from "../catalog/offering.ts";
import type { DealPerson } from "../deal/deal.ts";
import type { OfferingVersionId } from "../kernel/ids.ts";
import type { CurrencyCode, Money } from "../kernel/money.ts";
import type { Term } from "../kernel/term.ts";

export type { Term } from "../kernel/term.ts";

export type OrderKind = "new" | "amend" | "renew" | "cancel";

export interface OrderLine {
  readonly lineId: string;
  readonly sku: Sku;
  readonly offeringVersionId: OfferingVersionId;
  /** What the CRM called it; kept so that a person finds the line again. */
  readonly productCode: string;
  /** Whole and at least 1. */
  readonly quantity: number;
  readonly unitPrice: Money;
  /** List price of one unit in the order's currency, null when the catalog has none in it. */
  readonly listPrice: Money | null;
  readonly term: Term;
}

export interface OrderCustomer {
  readonly externalId: string;
  readonly name: string;
  readonly country: string | null;
}

/**
 * What an order revision is about: the thing that is approved, billed and granted.
 * Its hash (`hashOrderContent`, RFC 8785) is what every approval decision is bound to. The deal's
 * version is not part of it, so an edit that changes nothing here is the same revision.
 */
export interface OrderContent {
  readonly kind: OrderKind;
  readonly source: { readonly system: string; readonly id: string };
  readonly dealName: string;
  readonly customer: OrderCustomer;
  readonly currency: CurrencyCode;
  readonly owner: DealPerson | null;
  readonly lines: readonly [OrderLine, ...OrderLine[]];
}
