import { setImmediate as nextTurn } from "node:timers/promises";
import type { Org, RecordRow } from "../salesforce/org.ts";
import { dayOf } from "../salesforce/salesforce-time.ts";
import { ensureUser, findByField } from "../salesforce/seed-org.ts";
import { ControlError } from "./control-error.ts";
import type { BulkInput } from "./control-input.ts";
import { addDealLine } from "./deal-lines.ts";
import { beginHumanEdit, type HumanEdit } from "./human-edit.ts";
import { ensurePricebookEntry, ensureProduct } from "./price-book.ts";
import { countryFields } from "./win-deal.ts";

export interface BulkResult {
  readonly accounts: number;
  readonly products: number;
  readonly opportunities: number;
  readonly won: number;
  readonly lines: number;
  /** Opportunities whose `ref` was there already: left as they are. */
  readonly unchanged: number;
}

/** Opportunities put into one transaction before others get their turn. */
const BATCH = 250;

const STAGE_NAMES: Readonly<Record<string, string>> = {
  Won: "Closed Won",
  Lost: "Closed Lost",
  Engaging: "Qualification",
};

/** Loads a pipeline. What has the same `ref` as an earlier load is left alone, so a load can be repeated. */
export async function bulkLoad(org: Org, input: BulkInput): Promise<BulkResult> {
  const edit = beginHumanEdit({ org, isSilent: !input.notify });
  const accounts = new Map<string, string>();
  const counts = { accounts: 0, products: 0, opportunities: 0, won: 0, lines: 0, unchanged: 0 };
  org.store.transact(() => {
    for (const given of input.accounts) counts.accounts += loadAccount(org, edit, accounts, given);
    for (const given of input.products) {
      const product = ensureProduct(org, edit, given);
      if (given.list_price !== undefined) {
        ensurePricebookEntry(org, edit, {
          product,
          currency: given.currency,
          listPrice: given.list_price,
          fallbackPrice: given.list_price,
        });
      }
      counts.products += 1;
    }
  });
  for (let from = 0; from < input.opportunities.length; from += BATCH) {
    const batch = input.opportunities.slice(from, from + BATCH);
    org.store.transact(() => {
      for (const given of batch) {
        const deal = loadOpportunity(org, edit, accounts, given);
        if (deal === undefined) counts.unchanged += 1;
        else {
          counts.opportunities += 1;
          counts.lines += given.lines.length;
          if (deal.values["IsWon"] === true) counts.won += 1;
        }
      }
    });
    await nextTurn();
  }
  return counts;
}

function loadAccount(
  org: Org,
  edit: HumanEdit,
  accounts: Map<string, string>,
  given: BulkInput["accounts"][number],
): number {
  const ref = given.ref ?? given.name;
  const known = findByField(org, "Account", "External_Ref__c", ref);
  const row =
    known ??
    edit.create("Account", {
      Name: given.name,
      External_Ref__c: ref,
      Industry: given.industry ?? null,
      ...countryFields(given.country),
    });
  accounts.set(ref, row.id);
  accounts.set(given.name, row.id);
  return known === undefined ? 1 : 0;
}

function loadOpportunity(
  org: Org,
  edit: HumanEdit,
  accounts: ReadonlyMap<string, string>,
  given: BulkInput["opportunities"][number],
): RecordRow | undefined {
  if (findByField(org, "Opportunity", "External_Ref__c", given.ref) !== undefined) return undefined;
  const stage = STAGE_NAMES[given.stage] ?? given.stage;
  const deal = edit.create("Opportunity", {
    Name: given.name ?? `${given.account ?? "No account"}: ${given.ref}`.slice(0, 120),
    External_Ref__c: given.ref,
    AccountId: accountId(org, accounts, given),
    StageName: stage,
    CloseDate: given.close_date ?? dayOf(org.now()),
    CurrencyIsoCode: given.currency,
    OwnerId: ownerId(org, edit, given.owner),
  });
  for (const line of given.lines)
    addDealLine(org, edit, { deal: deal.id, currency: given.currency, line });
  return deal;
}

function accountId(
  org: Org,
  accounts: ReadonlyMap<string, string>,
  given: BulkInput["opportunities"][number],
): string | null {
  if (given.account === undefined || given.account === null || given.account === "") return null;
  const id = accounts.get(given.account) ?? findByField(org, "Account", "Name", given.account)?.id;
  if (id === undefined) {
    throw new ControlError(
      422,
      `Opportunity ${given.ref} names account "${given.account}", which is neither in this load nor in the org.`,
    );
  }
  return id;
}

function ownerId(
  org: Org,
  edit: HumanEdit,
  owner: BulkInput["opportunities"][number]["owner"],
): string {
  if (owner === undefined || owner === null) return edit.author.userId;
  if (typeof owner !== "string") return ensureUser(org, owner).id;
  const email = `${owner
    .toLowerCase()
    .replace(/[^a-z]+/g, ".")
    .replace(/^\.|\.$/g, "")}@seller.example`;
  return ensureUser(org, { name: owner, email }).id;
}
