/**
 * What a CRM says was won, in our words but not yet believed: numbers are still the vendor's
 * decimal strings, and anything may be missing. `parseDeal` turns it into an order's content or
 * into the list of everything that is wrong with it.
 */
export interface Deal {
  /** Name of the system the deal lives in: `salesforce`, `hubspot`, or the caller's own for REST. */
  readonly system: string;
  readonly id: string;
  /** Changes whenever the CRM's record or its lines change. Two announcements of one version are one revision. */
  readonly version: string;
  readonly name: string;
  readonly isWon: boolean;
  readonly kind: "new" | "amend" | "renew" | "cancel";
  readonly currency: string | null;
  /** Day on which the deal was won, `YYYY-MM-DD`; absent or null when the CRM does not say. */
  readonly closedOn?: string | null;
  readonly account: DealAccount | null;
  /** Who sold it and who touched it last: neither may approve it. */
  readonly owner: DealPerson | null;
  readonly lastEditor: DealPerson | null;
  readonly lines: readonly DealLine[];
}

export interface DealAccount {
  readonly id: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2, or null when the CRM does not say. */
  readonly country: string | null;
}

export interface DealPerson {
  readonly email: string;
  readonly name: string;
}

export interface DealLine {
  readonly id: string;
  readonly productCode: string;
  readonly productName: string;
  /** Decimal string as the vendor wrote it. */
  readonly quantity: string;
  /** Decimal string, price of one unit for the whole term. */
  readonly unitPrice: string;
  /** Set when a line is priced in another currency than the deal. */
  readonly currency: string | null;
  /** `YYYY-MM-DD`; null when the CRM does not say. */
  readonly startsOn: string | null;
  /** Either the length in whole months or the last day; both null is a fault. */
  readonly months: number | null;
  readonly endsOn: string | null;
}
