import type { Deal } from "@usher/entitlement-core/deal";

export interface DealWish {
  readonly id: string;
  /** Price of one unit; the list price is 100.00, so 70.00 asks finance. */
  readonly price?: string;
  readonly quantity?: string;
  readonly productCode?: string;
  readonly name?: string;
  readonly isWon?: boolean;
  readonly account?: string;
  readonly currency?: string;
  /** Default: the first of this month. */
  readonly startsOn?: string;
}

/** A won deal with one line of PRO for twelve months from this month on. */
export function aDeal(wish: DealWish): Omit<Deal, "version"> {
  const productCode = wish.productCode ?? "PRO";
  const account = wish.account ?? `acc-${wish.id}`;
  return {
    system: "pretend",
    id: wish.id,
    name: wish.name ?? `Deal ${wish.id}`,
    isWon: wish.isWon ?? true,
    kind: "new",
    currency: wish.currency ?? "USD",
    account: { id: account, name: account, country: "DE" },
    owner: { email: "sam@seller.test", name: "Sam Seller" },
    lastEditor: { email: "sam@seller.test", name: "Sam Seller" },
    lines: [
      {
        id: `${wish.id}-1`,
        productCode,
        productName: productCode,
        quantity: wish.quantity ?? "5",
        unitPrice: wish.price ?? "100.00",
        currency: null,
        startsOn: wish.startsOn ?? `${new Date().toISOString().slice(0, 8)}01`,
        months: 12,
        endsOn: null,
      },
    ],
  };
}
