import type { Sku } from "../catalog/offering.ts";
import type { Instant } from "../kernel/instant.ts";
import { type Term, type TermInterval, termInterval } from "../kernel/term.ts";
import type { OrderContent } from "../order/order-content.ts";

/** One line of the running agreement: what was sold, for which calendar months and thus which instants. */
export interface ContractTerm {
  readonly lineId: string;
  readonly sku: Sku;
  readonly quantity: number;
  readonly term: Term;
  readonly interval: TermInterval;
}

/** What an order agrees with its customer, as far as time goes. */
export interface ContractTerms {
  /** From the first instant of the earliest line to the exclusive end of the latest. There may be gaps in between. */
  readonly span: TermInterval;
  readonly lines: readonly [ContractTerm, ...ContractTerm[]];
}

/** The terms that an order's lines agree, in the order of its lines. */
export function contractTermsFromOrder({ lines }: Pick<OrderContent, "lines">): ContractTerms {
  const terms = lines.map(({ lineId, sku, quantity, term }) => ({
    lineId,
    sku,
    quantity,
    term,
    interval: termInterval(term),
  })) as [ContractTerm, ...ContractTerm[]];
  return {
    span: {
      from: Math.min(...terms.map(({ interval }) => interval.from)) as Instant,
      to: Math.max(...terms.map(({ interval }) => interval.to)) as Instant,
    },
    lines: terms,
  };
}
