import type { Org, RecordRow } from "../salesforce/org.ts";
import { normalizeSalesforceId } from "../salesforce/salesforce-id.ts";
import type { SchemaObject } from "../salesforce/schema/schema.ts";
import { childrenOf } from "../salesforce/write-record.ts";
import { ControlError } from "./control-error.ts";
import type { DealLineInput, EditDealInput } from "./control-input.ts";
import { addDealLine, termField } from "./deal-lines.ts";
import { beginHumanEdit, type HumanEdit } from "./human-edit.ts";

/** A sales person's edit of a deal, in one transaction. Returns the deal as it is then. */
export function editDeal(org: Org, dealId: string, input: EditDealInput): RecordRow {
  return org.store.transact(() => {
    const deal = livingDeal(org, dealId);
    const edit = beginHumanEdit({ org, ageSeconds: input.stamp_age_seconds });
    const currency = input.currency ?? String(deal.values["CurrencyIsoCode"]);
    const isNewCurrency = currency !== deal.values["CurrencyIsoCode"];
    const kept =
      isNewCurrency && input.lines === undefined
        ? dealLines(org, deal.id).map((row) => toInput(org, row))
        : undefined;
    if (input.lines !== undefined || kept !== undefined) removeLines(org, edit, deal.id);
    const body = {
      ...(input.name === undefined ? {} : { Name: input.name }),
      ...(input.close_date === undefined ? {} : { CloseDate: input.close_date }),
      ...(isNewCurrency ? { CurrencyIsoCode: currency } : {}),
      ...input.fields,
    };
    if (Object.keys(body).length > 0) edit.update("Opportunity", deal.id, body);
    for (const line of [...(input.lines ?? kept ?? []), ...(input.add_lines ?? [])]) {
      addDealLine(org, edit, { deal: deal.id, currency, line });
    }
    for (const change of input.edit_lines ?? []) editLine(org, edit, deal.id, change);
    // The stage last, as a person would: a deal is won with its lines in place.
    if (input.stage !== undefined) edit.update("Opportunity", deal.id, { StageName: input.stage });
    return livingDeal(org, deal.id);
  });
}

function editLine(
  org: Org,
  edit: HumanEdit,
  deal: string,
  change: NonNullable<EditDealInput["edit_lines"]>[number],
) {
  const line = dealLines(org, deal).find(
    (row) =>
      row.id === (change.id && normalizeSalesforceId(change.id)) ||
      row.values["ProductCode"] === change.product,
  );
  if (line === undefined) {
    throw new ControlError(
      404,
      `Deal ${deal} has no line ${change.id ?? `of product ${change.product}`}.`,
    );
  }
  if (change.remove) {
    edit.delete("OpportunityLineItem", line.id);
    return;
  }
  edit.update("OpportunityLineItem", line.id, {
    ...(change.quantity === undefined ? {} : { Quantity: change.quantity }),
    ...(change.unit_price === undefined ? {} : { UnitPrice: change.unit_price }),
    ...(change.starts_on === undefined ? {} : { ServiceDate: change.starts_on }),
    ...termField(org, change.term_months),
  });
}

function removeLines(org: Org, edit: HumanEdit, deal: string) {
  for (const line of dealLines(org, deal)) edit.delete("OpportunityLineItem", line.id);
}

function toInput(org: Org, row: RecordRow): DealLineInput {
  const { values } = row;
  const term = values[`${org.settings().fieldPrefix}_Term_Months__c`];
  return {
    product: String(values["ProductCode"]),
    quantity: String(values["Quantity"]),
    unit_price: String(values["UnitPrice"]),
    list_price: String(values["ListPrice"] ?? values["UnitPrice"]),
    ...(values["ServiceDate"] === null ? {} : { starts_on: String(values["ServiceDate"]) }),
    ...(typeof term === "number" ? { term_months: term } : {}),
  };
}

export function dealLines(org: Org, deal: string): RecordRow[] {
  const object = org.schema().object("OpportunityLineItem") as SchemaObject;
  return childrenOf(org, object, "OpportunityId", deal);
}

export function livingDeal(org: Org, id: string): RecordRow {
  const row = org.table("Opportunity").get(normalizeSalesforceId(id) ?? "");
  if (row === undefined || row.values["IsDeleted"] === true)
    throw new ControlError(404, `No deal ${id}.`);
  return row;
}

/** Takes the account of a deal away: its deals lose it, or are deleted with it. */
export function deleteAccountOf(org: Org, dealId: string, deals: "keep" | "delete"): void {
  org.store.transact(() => {
    const deal = livingDeal(org, dealId);
    const accountId = deal.values["AccountId"];
    if (typeof accountId !== "string")
      throw new ControlError(409, `Deal ${dealId} has no account.`);
    const edit = beginHumanEdit({ org });
    if (deals === "keep") {
      const opportunity = org.schema().object("Opportunity") as SchemaObject;
      for (const row of childrenOf(org, opportunity, "AccountId", accountId)) {
        edit.update("Opportunity", row.id, { AccountId: null });
      }
    }
    edit.delete("Account", accountId);
  });
}
