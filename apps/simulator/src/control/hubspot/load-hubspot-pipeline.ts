import { setImmediate as nextTurn } from "node:timers/promises";
import type { ObjectRow, OwnerRow } from "../../hubspot/portal.ts";
import { ensureOwner, SALES_OWNER } from "../../hubspot/seed-portal.ts";
import { createObject, linkObjects, type Writing } from "../../hubspot/write-object.ts";
import type { SimulatorParts } from "../../simulator-parts.ts";
import type { BulkResult } from "../bulk-load.ts";
import { ControlError } from "../control-error.ts";
import type { BulkInput } from "../control-input.ts";
import { beginHubSpotEdit, stageIdOf } from "./hubspot-edit.ts";
import { addHubSpotLine, ensureHubSpotProduct } from "./hubspot-lines.ts";
import { companyCountry, dayOf } from "./win-hubspot-deal.ts";

/** Deals put into one transaction before others get their turn. */
const BATCH = 250;

/** Loads a pipeline. What has the same `ref` as an earlier load is left alone, so a load can be repeated. */
export async function loadHubSpotPipeline(
  parts: SimulatorParts,
  input: BulkInput,
): Promise<BulkResult> {
  const { portal } = parts;
  const writing = beginHubSpotEdit(parts, { isSilent: !input.notify });
  const companies = new Map<string, string>();
  const counts = { accounts: 0, products: 0, opportunities: 0, won: 0, lines: 0, unchanged: 0 };
  portal.store.transact(() => {
    for (const given of input.accounts) counts.accounts += loadCompany(writing, companies, given);
    for (const { code, name, list_price } of input.products) {
      ensureHubSpotProduct(writing, { code, name, price: list_price });
      counts.products += 1;
    }
  });
  for (let from = 0; from < input.opportunities.length; from += BATCH) {
    portal.store.transact(() => {
      for (const given of input.opportunities.slice(from, from + BATCH)) {
        const deal = loadDeal({ parts, writing, companies, given });
        if (deal === undefined) counts.unchanged += 1;
        else {
          counts.opportunities += 1;
          counts.lines += given.lines.length;
          if (deal.properties["hs_is_closed_won"] === "true") counts.won += 1;
        }
      }
    });
    await nextTurn();
  }
  return counts;
}

function loadCompany(
  writing: Writing,
  companies: Map<string, string>,
  given: BulkInput["accounts"][number],
): number {
  const ref = given.ref ?? given.name;
  const known = writing.portal.find({ type: "companies", property: "external_ref", value: ref });
  const row =
    known ??
    createObject(writing, "companies", {
      name: given.name,
      external_ref: ref,
      ...(given.industry === undefined || given.industry === null
        ? {}
        : { industry: given.industry }),
      ...companyCountry(given.country),
    });
  companies.set(ref, row.id);
  companies.set(given.name, row.id);
  return known === undefined ? 1 : 0;
}

function loadDeal(input: {
  readonly parts: SimulatorParts;
  readonly writing: Writing;
  readonly companies: ReadonlyMap<string, string>;
  readonly given: BulkInput["opportunities"][number];
}): ObjectRow | undefined {
  const { parts, writing, companies, given } = input;
  const { portal } = parts;
  if (portal.find({ type: "deals", property: "external_ref", value: given.ref }) !== undefined)
    return undefined;
  const deal = createObject(writing, "deals", {
    dealname: given.name ?? `${given.account ?? "No company"}: ${given.ref}`.slice(0, 120),
    external_ref: given.ref,
    dealstage: stageIdOf(portal, given.stage),
    closedate: `${given.close_date ?? dayOf(portal.now())}T12:00:00Z`,
    deal_currency_code: given.currency,
    hubspot_owner_id: ownerOf(parts, given.owner).id,
  });
  const companyId = companyIdOf(portal, companies, given);
  if (companyId !== null)
    linkObjects(writing, { type: "deals", id: deal.id }, { type: "companies", id: companyId });
  for (const line of given.lines)
    addHubSpotLine(writing, { dealId: deal.id, currency: given.currency, line });
  return deal;
}

function companyIdOf(
  portal: SimulatorParts["portal"],
  companies: ReadonlyMap<string, string>,
  { account, ref }: BulkInput["opportunities"][number],
): string | null {
  if (account === undefined || account === null || account === "") return null;
  const id =
    companies.get(account) ??
    portal.find({ type: "companies", property: "name", value: account })?.id;
  if (id !== undefined) return id;
  throw new ControlError(
    422,
    `Deal ${ref} names company "${account}", which is neither in this load nor in the portal.`,
  );
}

function ownerOf(
  { portal }: SimulatorParts,
  owner: BulkInput["opportunities"][number]["owner"],
): OwnerRow {
  if (owner === undefined || owner === null) return ensureOwner(portal, SALES_OWNER);
  if (typeof owner !== "string") return ensureOwner(portal, owner);
  const local = owner
    .toLowerCase()
    .replace(/[^a-z]+/g, ".")
    .replace(/^\.|\.$/g, "");
  return ensureOwner(portal, { name: owner, email: `${local}@seller.example` });
}
