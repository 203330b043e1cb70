/** What one product comes to. Amounts are minor units by currency (upper case). */
export interface ProductSum {
  readonly count: number;
  readonly quantity: number;
  readonly amount_minor: Readonly<Record<string, number>>;
}

export interface ProductSums {
  add(line: {
    readonly product: string;
    readonly quantity: number;
    readonly minor: number;
    readonly currency: string;
  }): void;
  /** Sorted by product. */
  toJson(): Record<string, ProductSum>;
}

export function createProductSums(): ProductSums {
  const byProduct = new Map<
    string,
    { count: number; quantity: number; amount: Record<string, number> }
  >();
  return {
    add({ product, quantity, minor, currency }) {
      const sum = byProduct.get(product) ?? { count: 0, quantity: 0, amount: {} };
      const code = currency.toUpperCase();
      sum.count += 1;
      sum.quantity += quantity;
      sum.amount[code] = (sum.amount[code] ?? 0) + minor;
      byProduct.set(product, sum);
    },
    toJson: () =>
      Object.fromEntries(
        [...byProduct.entries()]
          .sort(([left], [right]) => (left < right ? -1 : 1))
          .map(([product, { count, quantity, amount }]) => [
            product,
            { count, quantity, amount_minor: amount },
          ]),
      ),
  };
}
