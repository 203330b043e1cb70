import type { PublishedCatalog } from "@usher/entitlement-core/catalog";
import {
  type CheckTable,
  type CustomerRights,
  createCheckTable,
} from "@usher/entitlement-core/check";
import type { CustomerId } from "@usher/entitlement-core/kernel";

/** A right's sources as JSON, with the stretch of time over which that text is right. */
export interface KeptBreakdown {
  readonly json: string;
  readonly from: number;
  readonly until: number;
}

export interface CustomerToKeep extends CustomerRights {
  readonly externalId: string;
}

/** One tenant's rights in memory, with what HTTP needs around the table: names, and texts made once. */
export interface TenantRights {
  readonly table: CheckTable;
  readonly catalog: PublishedCatalog | null;
  /** Our id for `cus_…` or `ext:…`; undefined: not known here (yet). */
  customerOf(reference: string): CustomerId | undefined;
  replace(customer: CustomerToKeep): void;
  setCatalog(catalog: PublishedCatalog): void;
  /** Breakdowns as JSON by question; dropped whenever the customer's rights are replaced. */
  keptBreakdown(customer: CustomerId, question: string): KeptBreakdown | undefined;
  keepBreakdown(customer: CustomerId, question: string, kept: KeptBreakdown): void;
}

const breakdownsMax = 200_000;

export function createTenantRights(first: PublishedCatalog | null): TenantRights {
  const table = createCheckTable({ features: first?.features ?? [] });
  const byExternalId = new Map<string, CustomerId>();
  const known = new Set<string>();
  const breakdowns = new Map<CustomerId, Map<string, KeptBreakdown>>();
  let kept = 0;
  let catalog = first;

  const forgetBreakdowns = () => {
    breakdowns.clear();
    kept = 0;
  };

  return {
    table,
    get catalog() {
      return catalog;
    },
    customerOf(reference) {
      if (reference.startsWith("ext:")) return byExternalId.get(reference.slice(4));
      return known.has(reference) ? (reference as CustomerId) : undefined;
    },
    replace(rights) {
      table.replaceCustomer(rights);
      known.add(rights.customer);
      byExternalId.set(rights.externalId, rights.customer);
      kept -= breakdowns.get(rights.customer)?.size ?? 0;
      breakdowns.delete(rights.customer);
    },
    setCatalog(next) {
      catalog = next;
      table.setFeatures(next.features);
      forgetBreakdowns();
    },
    keptBreakdown: (customer, question) => breakdowns.get(customer)?.get(question),
    keepBreakdown(customer, question, breakdown) {
      // Texts are a convenience: when they have become too many, they are simply made anew.
      if (kept >= breakdownsMax) forgetBreakdowns();
      let ofCustomer = breakdowns.get(customer);
      if (ofCustomer === undefined) {
        ofCustomer = new Map();
        breakdowns.set(customer, ofCustomer);
      }
      if (!ofCustomer.has(question)) kept += 1;
      ofCustomer.set(question, breakdown);
    },
  };
}
