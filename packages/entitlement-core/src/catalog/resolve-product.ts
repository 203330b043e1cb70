import type { ProductAlias } from "./catalog.ts";
import { closestName } from "./closest-name.ts";
import type { Sku } from "./offering.ts";

/** What of a catalog it takes to know a product again. */
export interface ProductDirectory<Product extends { readonly sku: Sku; readonly name: string }> {
  readonly offerings: readonly Product[];
  readonly aliases: readonly ProductAlias[];
}

export type ResolvedProduct<Product> =
  | { readonly found: true; readonly offering: Product }
  | {
      readonly found: false;
      /** The code that was looked for: what an alias has to map. */
      readonly productCode: string;
      /** The offering that the code is most likely a misspelling of; null when none is close. */
      readonly suggestion: Product | null;
    };

/**
 * The offering that a CRM's product means: by sku, then by an alias of the CRM's own, then by an
 * alias for every system. Codes are compared to the letter: a guess would sell the wrong thing.
 * A product without a code is looked for by its name.
 */
export function resolveProduct<Product extends { readonly sku: Sku; readonly name: string }>({
  catalog,
  system,
  productCode,
  productName,
}: {
  readonly catalog: ProductDirectory<Product>;
  readonly system: string;
  readonly productCode: string;
  readonly productName: string;
}): ResolvedProduct<Product> {
  const code = productCode === "" ? productName : productCode;
  const alias =
    catalog.aliases.find((one) => one.system === system && one.productCode === code) ??
    catalog.aliases.find((one) => one.system === null && one.productCode === code);
  const offering =
    bySku(catalog, code) ?? (alias === undefined ? undefined : bySku(catalog, alias.sku));
  if (offering !== undefined) return { found: true, offering };
  return {
    found: false,
    productCode: code,
    suggestion:
      closestName(
        code,
        catalog.offerings.flatMap((one) => [
          { name: one.sku, value: one },
          { name: one.name, value: one },
        ]),
      ) ?? null,
  };
}

function bySku<Product extends { readonly sku: Sku }>(
  { offerings }: { readonly offerings: readonly Product[] },
  code: string,
): Product | undefined {
  return offerings.find(({ sku }) => sku === code);
}
