import { BY_FIELD, indexKey, type Org, type RecordRow } from "../salesforce/org.ts";
import type { FieldDefinition } from "../salesforce/schema/field.ts";
import { findByField, standardPricebookId } from "../salesforce/seed-org.ts";
import type { HumanEdit } from "./human-edit.ts";

/** The product of that code; made when there is none. */
export function ensureProduct(
  org: Org,
  edit: HumanEdit,
  input: {
    readonly code: string;
    readonly name?: string | undefined;
    readonly family?: string | null | undefined;
  },
): RecordRow {
  const known = findByField(org, "Product2", "ProductCode", input.code);
  if (known !== undefined) return known;
  return edit.create("Product2", {
    Name: input.name ?? input.code,
    ProductCode: input.code,
    Family: input.family ?? null,
    IsActive: true,
  });
}

/** The product's entry of the standard price book in `currency`, at `listPrice` when that is given. */
export function ensurePricebookEntry(
  org: Org,
  edit: HumanEdit,
  input: {
    readonly product: RecordRow;
    readonly currency: string;
    readonly listPrice: string | undefined;
    readonly fallbackPrice: string;
  },
): RecordRow {
  const { product, currency, listPrice, fallbackPrice } = input;
  const field = org.schema().object("PricebookEntry")?.field("Product2Id") as FieldDefinition;
  const known = org
    .table("PricebookEntry")
    .where(BY_FIELD, indexKey(field, product.id))
    .find((row) => row.values["CurrencyIsoCode"] === currency && row.values["IsDeleted"] !== true);
  if (known === undefined) {
    return edit.create("PricebookEntry", {
      Pricebook2Id: standardPricebookId(org),
      Product2Id: product.id,
      CurrencyIsoCode: currency,
      UnitPrice: listPrice ?? fallbackPrice,
      IsActive: true,
    });
  }
  if (listPrice === undefined || known.values["UnitPrice"] === Number(listPrice)) return known;
  return edit.update("PricebookEntry", known.id, {
    UnitPrice: listPrice,
    CurrencyIsoCode: currency,
  });
}
