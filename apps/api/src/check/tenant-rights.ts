import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import {
  type CheckTable,
  type CustomerRights,
  createCheckTable,
} from "@usher/entitlement-core/check";
import type { CustomerId } from "@usher/entitlement-core/kernel";
import type { AnswerText } from "./placed-answer.ts";

/** An answer with the question it belongs to, and the stretch of time over which it stays the same. */
export interface KeptAnswer extends AnswerText {
  readonly amount: number;
  readonly country: string | null;
  readonly allowed: boolean;
  readonly from: number;
  readonly until: number;
}

/** A customer as checks know it. Its answers are dropped whenever its rights or usage are replaced. */
export interface KnownCustomer {
  readonly id: CustomerId;
  /** The last answer for each feature; null: none yet. */
  answers: Map<string, KeptAnswer> | null;
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
  keepAnswer(customer: KnownCustomer, feature: string, kept: KeptAnswer): void;
}

const answersMax = 50_000;

export function createTenantRights(first: PublishedCatalog | null): TenantRights {
  const table = createCheckTable({ features: first?.features ?? [] });
  // Under both names, so that no check has to take a reference apart.
  const byReference = new Map<string, KnownCustomer>();
  const withAnswers = new Set<KnownCustomer>();
  let kept = 0;
  let catalog = first;

  const forgetAnswers = () => {
    for (const customer of withAnswers) customer.answers = null;
    withAnswers.clear();
    kept = 0;
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
      kept -= known.answers?.size ?? 0;
      known.answers = null;
      withAnswers.delete(known);
    },
    setCatalog(next) {
      catalog = next;
      table.setFeatures(next.features);
      forgetAnswers();
    },
    keepAnswer(customer, feature, answer) {
      // Texts are a convenience: when they have become too many, they are simply made anew.
      if (kept >= answersMax) forgetAnswers();
      customer.answers ??= new Map();
      withAnswers.add(customer);
      if (!customer.answers.has(feature)) kept += 1;
      customer.answers.set(feature, answer);
    },
  };
}
