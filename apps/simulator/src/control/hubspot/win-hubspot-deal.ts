import type { ObjectRow } from "../../hubspot/portal.ts";
import { ensureOwner, SALES_OWNER } from "../../hubspot/seed-portal.ts";
import {
  createObject,
  linkObjects,
  updateObject,
  type Writing,
} from "../../hubspot/write-object.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import { ControlError } from "../control-error.ts";
import type { WinDealInput } from "../control-input.ts";
import { beginHubSpotEdit, stageIdOf } from "./hubspot-edit.ts";
import { addHubSpotLine } from "./hubspot-lines.ts";

/** Makes company, owner, products, deal and lines as needed, in one transaction. Returns the deal. */
export function winHubSpotDeal(parts: SimulatorParts, input: WinDealInput): ObjectRow {
  const { portal } = parts;
  return portal.store.transact(() => {
    const owner = ensureOwner(portal, input.owner ?? SALES_OWNER);
    const writing = beginHubSpotEdit(parts, { owner, ageSeconds: input.stamp_age_seconds });
    const company = findOrMakeCompany(writing, input.account);
    const codes = input.lines.map((line) => line.product).join(", ") || "no lines";
    const deal = createObject(writing, "deals", {
      dealname:
        input.name ?? `${company?.properties["name"] ?? "No company"}: ${codes}`.slice(0, 120),
      dealstage: stageIdOf(portal, "Negotiation/Review"),
      closedate: `${input.close_date ?? dayOf(portal.now())}T12:00:00Z`,
      deal_currency_code: input.currency,
      hubspot_owner_id: owner.id,
      ...input.fields,
    });
    if (company !== undefined)
      linkObjects(writing, { type: "deals", id: deal.id }, { type: "companies", id: company.id });
    for (const line of input.lines)
      addHubSpotLine(writing, { dealId: deal.id, currency: input.currency, line });
    // The stage last, as a person would: a deal is won with its lines in place.
    return updateObject(writing, "deals", deal.id, { dealstage: stageIdOf(portal, input.stage) });
  });
}

function findOrMakeCompany(
  writing: Writing,
  given: WinDealInput["account"],
): ObjectRow | undefined {
  if (given === null) return undefined;
  const { portal } = writing;
  if ("id" in given) {
    const known = portal.table("companies").get(given.id);
    if (known === undefined || known.archivedMs !== null)
      throw new ControlError(404, `No company ${given.id}.`);
    return known;
  }
  return (
    portal.find({ type: "companies", property: "name", value: given.name }) ??
    createObject(writing, "companies", { name: given.name, ...companyCountry(given.country) })
  );
}

/** A two-letter code goes to both properties, anything else to the free text. */
export function companyCountry(country: string | null | undefined): Record<string, string> {
  if (country === undefined || country === null || country === "") return {};
  return /^[A-Z]{2}$/.test(country) ? { country, hs_country_code: country } : { country };
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
