import type { Org, RecordRow } from "../salesforce/org.ts";
import { dayOf } from "../salesforce/salesforce-time.ts";
import { ensureUser, findByField } from "../salesforce/seed-org.ts";
import { ControlError } from "./control-error.ts";
import type { WinDealInput } from "./control-input.ts";
import { addDealLine } from "./deal-lines.ts";
import { beginHumanEdit, type HumanEdit } from "./human-edit.ts";

/** Makes account, owner, products, deal and lines as needed, in one transaction. Returns the deal. */
export function winDeal(org: Org, input: WinDealInput): RecordRow {
  return org.store.transact(() => {
    const owner = input.owner === undefined ? undefined : ensureUser(org, input.owner);
    const edit = beginHumanEdit({ org, ageSeconds: input.stamp_age_seconds, userId: owner?.id });
    const account = findOrMakeAccount(org, edit, input.account, input.currency);
    const accountName = account === undefined ? "No account" : String(account.values["Name"]);
    const deal = edit.create("Opportunity", {
      Name:
        input.name ??
        `${accountName}: ${input.lines.map((line) => line.product).join(", ") || "no lines"}`.slice(
          0,
          120,
        ),
      AccountId: account?.id ?? null,
      StageName: "Negotiation/Review",
      CloseDate: input.close_date ?? dayOf(org.now()),
      CurrencyIsoCode: input.currency,
      OwnerId: edit.author.userId,
      ...input.fields,
    });
    for (const line of input.lines)
      addDealLine(org, edit, { deal: deal.id, currency: input.currency, line });
    return edit.update("Opportunity", deal.id, { StageName: input.stage });
  });
}

function findOrMakeAccount(
  org: Org,
  edit: HumanEdit,
  given: WinDealInput["account"],
  currency: string,
): RecordRow | undefined {
  if (given === null) return undefined;
  if ("id" in given) {
    const known = org.table("Account").get(given.id);
    if (known === undefined) throw new ControlError(404, `No account ${given.id}.`);
    return known;
  }
  const known = findByField(org, "Account", "Name", given.name);
  return (
    known ??
    edit.create("Account", {
      Name: given.name,
      CurrencyIsoCode: currency,
      ...countryFields(given.country),
    })
  );
}

/** A two-letter code goes to both fields, anything else to the free text. */
export function countryFields(country: string | null | undefined): Record<string, string> {
  if (country === undefined || country === null || country === "") return {};
  return /^[A-Z]{2}$/.test(country)
    ? { BillingCountry: country, BillingCountryCode: country }
    : { BillingCountry: country };
}
