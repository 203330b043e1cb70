import type { Org, RecordRow } from "../salesforce/org.ts";
import type { DealLineInput } from "./control-input.ts";
import type { HumanEdit } from "./human-edit.ts";
import { ensurePricebookEntry, ensureProduct } from "./price-book.ts";

/** Adds one line to a deal, making product and price book entry as needed. */
export function addDealLine(
  org: Org,
  edit: HumanEdit,
  input: { readonly deal: string; readonly currency: string; readonly line: DealLineInput },
): RecordRow {
  const { deal, currency, line } = input;
  const product = ensureProduct(org, edit, { code: line.product, name: line.product_name });
  const entry = ensurePricebookEntry(org, edit, {
    product,
    currency,
    listPrice: line.list_price,
    fallbackPrice: line.unit_price,
  });
  return edit.create("OpportunityLineItem", {
    OpportunityId: deal,
    PricebookEntryId: entry.id,
    Quantity: line.quantity,
    UnitPrice: line.unit_price,
    ServiceDate: line.starts_on ?? null,
    Description: line.description ?? null,
    ...termField(org, line.term_months),
  });
}

/** The line's term, in the custom field the org has for it; nothing when it has none. */
export function termField(org: Org, months: number | undefined): Record<string, number> {
  const name = `${org.settings().fieldPrefix}_Term_Months__c`;
  const isThere = org.schema().object("OpportunityLineItem")?.field(name) !== undefined;
  return months === undefined || !isThere ? {} : { [name]: months };
}
