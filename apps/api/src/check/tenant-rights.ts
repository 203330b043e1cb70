import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import {
  type CheckTable,
  type CustomerRights,
  createCheckTable,
} from "@usher/entitlement-core/check";
import type { CustomerId } from "@usher/entitlement-core/kernel";
import { type AnswersBudget, entryCharacters } from "./answers-budget.ts";
import { holdsAt, type KeptAnswer } from "./kept-answer.ts";
import { createKnownLists, type KnownLists } from "./known-lists.ts";

/** A customer as checks know it. Its answers are dropped whenever its rights or usage are replaced. */
export interface KnownCustomer {
  readonly id: CustomerId;
  /** The last answer for each feature, by the feature's number; null: none yet. */
  answers: (KeptAnswer | undefined)[] | null;
}

export interface CustomerToKeep extends CustomerRights {
  readonly externalId: string;
}

/** One tenant's rights in memory, with what HTTP needs around the table: names, and texts made once. */
export interface TenantRights {
  readonly table: CheckTable;
  readonly catalog: PublishedCatalog | null;
  /** To be overwritten by each check: what an answer says must be used before the next one. */
  readonly answer: ReturnType<CheckTable["createAnswer"]>;
  /** By `cus_…` or `ext:…`; undefined: not known here (yet). */
  customerOf(reference: string): KnownCustomer | undefined;
  replace(customer: CustomerToKeep): void;
  setCatalog(catalog: PublishedCatalog): void;
  /** The last answer about the feature, whatever amount and country it was about. */
  keptAnswer(customer: KnownCustomer, feature: string): KeptAnswer | undefined;
  /** For features of the catalog only: others could be made up without end. */
  keepAnswer(customer: KnownCustomer, feature: string, kept: KeptAnswer): void;
  /** The answer that was kept for a question of exactly this text, should it still hold at the instant. */
  answerToText(text: string, at: number): KeptAnswer | undefined;
  /** Says that `text` is the question of an answer that was kept. */
  keepText(text: string, kept: KeptAnswer): void;
  /** Whole lists of such questions. */
  readonly lists: KnownLists;
}

const answersMax = 50_000;
const textLengthMax = 500;
const never = Number.NEGATIVE_INFINITY;

export function createTenantRights(
  first: PublishedCatalog | null,
  budget: AnswersBudget,
): TenantRights {
  const table = createCheckTable({ features: first?.features ?? [] });
  // Under both names, so that no check has to take a reference apart.
  const byReference = new Map<string, KnownCustomer>();
  const withAnswers = new Set<KnownCustomer>();
  const byText = new Map<string, KeptAnswer>();
  const account = budget.openAccount(() => forgetAnswers());
  const lists = createKnownLists(account);
  // Numbers instead of keys: a list by number is one look into memory, a map of keys is several.
  let featureNumbers = numberFeatures(first);
  let kept = 0;
  let heldByTexts = 0;
  let catalog = first;

  const forgetTexts = () => {
    account.release(heldByTexts);
    byText.clear();
    heldByTexts = 0;
  };

  const forgetAnswers = () => {
    for (const customer of withAnswers) customer.answers = null;
    withAnswers.clear();
    forgetTexts();
    lists.forgetAll();
    kept = 0;
    // What is left are the answers themselves.
    account.release(account.held);
  };

  return {
    table,
    answer: table.createAnswer(),
    get catalog() {
      return catalog;
    },
    customerOf: (reference) => byReference.get(reference),
    replace(rights) {
      table.replaceCustomer(rights);
      const known = byReference.get(rights.customer) ?? { id: rights.customer, answers: null };
      byReference.set(rights.customer, known);
      byReference.set(`ext:${rights.externalId}`, known);
      for (const answer of known.answers ?? []) {
        if (answer === undefined) continue;
        answer.until = never;
        kept -= 1;
        account.release(charactersOf(answer));
      }
      known.answers = null;
      withAnswers.delete(known);
    },
    setCatalog(next) {
      catalog = next;
      table.setFeatures(next.features);
      featureNumbers = numberFeatures(next);
      forgetAnswers();
    },
    keptAnswer({ answers }, feature) {
      if (answers === null) return undefined;
      const number = featureNumbers.get(feature);
      return number === undefined ? undefined : answers[number];
    },
    keepAnswer(customer, feature, answer) {
      const number = featureNumbers.get(feature);
      if (number === undefined) return;
      // Texts are a convenience: when they have become too many, they are simply made anew.
      if (kept >= answersMax) forgetAnswers();
      customer.answers ??= Array.from({ length: featureNumbers.size }, () => undefined);
      withAnswers.add(customer);
      const before = customer.answers[number];
      if (before === undefined) kept += 1;
      else {
        before.until = never;
        account.release(charactersOf(before));
      }
      customer.answers[number] = answer;
      account.spend(charactersOf(answer));
      // Forgotten at once, for want of room: then nothing would tell a text of it that it is outdated.
      if (customer.answers === null) answer.until = never;
    },
    answerToText(text, at) {
      const answer = byText.get(text);
      return answer !== undefined && holdsAt(answer, at) ? answer : undefined;
    },
    keepText(text, answer) {
      if (text.length > textLengthMax || answer.until === never) return;
      // One answer can be asked for in many spellings.
      if (byText.size >= answersMax) forgetTexts();
      const before = byText.get(text);
      const grows =
        charactersOf(answer) + (before === undefined ? text.length : -charactersOf(before));
      byText.set(text, answer);
      heldByTexts += grows;
      account.spend(grows);
    },
    lists,
  };
}

/** Once for whoever holds it: a text holds on to an answer also once another has taken its place. */
function charactersOf({ octets }: KeptAnswer): number {
  return entryCharacters + octets.length;
}

function numberFeatures(catalog: PublishedCatalog | null): ReadonlyMap<string, number> {
  return new Map(catalog?.features.map(({ key }, index) => [key as string, index]));
}
