import { associationsOf } from "../../hubspot/associations.ts";
import type { ObjectRow } from "../../hubspot/portal.ts";
import {
  archiveObject,
  unlinkObjects,
  updateObject,
  type Writing,
} from "../../hubspot/write-object.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { ControlError } from "../control-error.ts";
import type { EditDealInput } from "../control-input.ts";
import { beginHubSpotEdit, livingHubSpotDeal, stageIdOf } from "./hubspot-edit.ts";
import { addHubSpotLine, hubspotLines, termOf } from "./hubspot-lines.ts";

/** A sales person's edit of a deal, in one transaction. Returns the deal as it is then. */
export function editHubSpotDeal(
  parts: SimulatorParts,
  dealId: string,
  input: EditDealInput,
): ObjectRow {
  const { portal } = parts;
  return portal.store.transact(() => {
    const deal = livingHubSpotDeal(portal, dealId);
    const writing = beginHubSpotEdit(parts, { ageSeconds: input.stamp_age_seconds });
    const currency = input.currency ?? deal.properties["deal_currency_code"] ?? "USD";
    if (input.lines !== undefined) {
      for (const { id } of hubspotLines(portal, deal.id)) archiveObject(writing, "line_items", id);
    } else if (input.currency !== undefined) {
      for (const { id } of hubspotLines(portal, deal.id)) {
        updateObject(writing, "line_items", id, { hs_line_item_currency_code: currency });
      }
    }
    updateObject(writing, "deals", deal.id, {
      ...(input.name === undefined ? {} : { dealname: input.name }),
      ...(input.close_date === undefined ? {} : { closedate: `${input.close_date}T12:00:00Z` }),
      ...(input.currency === undefined ? {} : { deal_currency_code: currency }),
      ...input.fields,
    });
    for (const line of [...(input.lines ?? []), ...(input.add_lines ?? [])])
      addHubSpotLine(writing, { dealId: deal.id, currency, line });
    for (const change of input.edit_lines ?? []) editLine(writing, deal.id, change);
    if (input.stage !== undefined)
      updateObject(writing, "deals", deal.id, { dealstage: stageIdOf(portal, input.stage) });
    return livingHubSpotDeal(portal, deal.id);
  });
}

function editLine(
  writing: Writing,
  dealId: string,
  change: NonNullable<EditDealInput["edit_lines"]>[number],
) {
  const line = hubspotLines(writing.portal, dealId).find(
    (row) => row.id === change.id || row.properties["hs_sku"] === change.product,
  );
  if (line === undefined) {
    throw new ControlError(
      404,
      `Deal ${dealId} has no line ${change.id ?? `of product ${change.product}`}.`,
    );
  }
  if (change.remove) {
    archiveObject(writing, "line_items", line.id);
    return;
  }
  updateObject(writing, "line_items", line.id, {
    ...(change.quantity === undefined ? {} : { quantity: change.quantity }),
    ...(change.unit_price === undefined ? {} : { price: change.unit_price }),
    ...(change.starts_on === undefined
      ? {}
      : { hs_recurring_billing_start_date: change.starts_on }),
    ...termOf(change.term_months),
  });
}

/** Takes the company of a deal away: its deals lose it, or go to the recycle bin with it. */
export function deleteCompanyOf(
  parts: SimulatorParts,
  dealId: string,
  deals: "keep" | "delete",
): void {
  const { portal } = parts;
  portal.store.transact(() => {
    const deal = livingHubSpotDeal(portal, dealId);
    const [company] = associationsOf(portal, { type: "deals", id: deal.id }, "companies");
    if (company === undefined) throw new ControlError(409, `Deal ${dealId} has no company.`);
    const writing = beginHubSpotEdit(parts);
    const end = { type: "companies", id: company.toId } as const;
    for (const { toId } of associationsOf(portal, end, "deals")) {
      if (deals === "delete") archiveObject(writing, "deals", toId);
      else unlinkObjects(writing, { type: "deals", id: toId }, end);
    }
    archiveObject(writing, "companies", company.toId);
  });
}
