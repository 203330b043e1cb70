/**
 * Price book entries by sku and currency, so that selling a product again costs no call. They do not
 * move; one that was deactivated or deleted shows as a refusal, after which everything is looked up
 * anew.
 */
export interface PriceMemory {
  entryOf(
    line: { readonly sku: string; readonly currency: string },
    find: () => Promise<string>,
  ): Promise<string>;
  /** The price book that orders are made from. */
  pricebook(find: () => Promise<string>): Promise<string>;
  forget(): void;
}

/** Above this many, memory begins anew. */
const rememberedMax = 10_000;

export function createPriceMemory(): PriceMemory {
  const entries = new Map<string, string>();
  let book: string | null = null;
  return {
    async pricebook(find) {
      book ??= await find();
      return book;
    },
    async entryOf({ sku, currency }, find) {
      const key = `${currency} ${sku}`;
      const known = entries.get(key);
      if (known !== undefined) return known;
      const found = await find();
      if (entries.size >= rememberedMax) entries.clear();
      entries.set(key, found);
      return found;
    },
    forget: () => {
      entries.clear();
      book = null;
    },
  };
}
