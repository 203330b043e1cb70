import type { OrderContent } from "../order/order-content.ts";

/** What approval rules look at besides the order's content. Plain JSON. */
export interface ApprovalFacts {
  readonly isFirstOrderOfCustomer: boolean;
  /** The class of each sku on the order, from the catalog (`skuClassesOf`). A sku that is missing here is of an unknown class. */
  readonly skuClasses: Readonly<Record<string, string>>;
}

/** An order's content with the facts around it: what a rule is judged on. */
export interface ApprovalSubject {
  readonly content: OrderContent;
  readonly facts: ApprovalFacts;
}

/** The classes of a catalog's skus, in the shape that `ApprovalFacts` takes. */
export function skuClassesOf(catalog: {
  readonly offerings: readonly { readonly sku: string; readonly skuClass: string }[];
}): Readonly<Record<string, string>> {
  return Object.fromEntries(catalog.offerings.map(({ sku, skuClass }) => [sku, skuClass]));
}
