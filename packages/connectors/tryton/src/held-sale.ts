import { isSameMark, lineIdOf, markOf, type SaleMark } from "./tryton-marks.ts";
import type { TrytonSale } from "./tryton-sale-api.ts";
import { isSameDecimal } from "./tryton-values.ts";

/** A line of a sale that Usher made. */
export interface HeldLine {
  readonly id: number;
  readonly lineId: string;
  readonly productId: number | null;
  readonly sku: string | null;
  readonly unit: number | null;
  readonly description: string | null;
  /** Decimal texts, as Tryton wrote them. */
  readonly quantity: string;
  readonly unitPrice: string;
  readonly amount: string;
  /** True once an invoice over it was posted: its price is then history. */
  readonly isPosted: boolean;
}

/** A sale of the order, as far as carrying the order on depends on it. Canceled ones are not among them. */
export interface HeldSale {
  readonly id: number;
  readonly number: string | null;
  readonly party: number;
  readonly currency: string;
  readonly state: Exclude<TrytonSale["state"], "cancelled">;
  readonly timestamp: string | null;
  /** Null: a person made it under our reference. */
  readonly mark: SaleMark | null;
  /** Without lines that people added. */
  readonly lines: readonly HeldLine[];
  /** Amendments of ours that were made and not validated: an answer was lost in between. */
  readonly openAmendments: readonly { readonly id: number; readonly mark: SaleMark }[];
}

export function toHeldSale(sale: TrytonSale): HeldSale | null {
  const { state } = sale;
  if (state === "cancelled") return null;
  const amendments = sale["amendments."].flatMap((one) => {
    const mark = markOf(one.description);
    return mark === null ? [] : [{ id: one.id, state: one.state, mark }];
  });
  const lines = toHeldLines(sale);
  const [last] = amendments
    .filter((one) => one.state === "validated")
    .toSorted((one, other) => other.id - one.id);
  return {
    id: sale.id,
    number: sale.number,
    party: sale.party,
    currency: sale["currency."].code,
    state,
    timestamp: sale._timestamp,
    mark: last?.mark ?? markOf(sale.description) ?? (lines.length > 0 ? unmarked : null),
    lines,
    openAmendments: amendments
      .filter((one) => one.state === "draft")
      .map(({ id, mark }) => ({ id, mark })),
  };
}

/** Of a sale with lines of ours whose description a person has changed: of no revision, but ours. */
const unmarked: SaleMark = { revision: 0, isTakenBack: false };

function toHeldLines(sale: TrytonSale): readonly HeldLine[] {
  return sale["lines."].flatMap((line) => {
    const lineId = lineIdOf(line.note);
    if (lineId === null || line.type !== "line") return [];
    return [
      {
        id: line.id,
        lineId,
        productId: line.product,
        sku: line["product."]?.code ?? null,
        unit: line.unit,
        description: line.description,
        quantity: line.quantity ?? "0",
        unitPrice: line.unit_price ?? "0",
        amount: line.amount ?? "0",
        isPosted: line["invoice_lines."].some(
          (one) => one["invoice."]?.state === "posted" || one["invoice."]?.state === "paid",
        ),
      },
    ];
  });
}

export function isAt(sale: HeldSale, mark: SaleMark): boolean {
  return isSameMark(sale.mark, mark);
}

export function isNothing(quantity: string): boolean {
  return isSameDecimal(quantity, "0");
}
