import { fromUnits, toUnits } from "./exact-decimal.ts";

/** A line as the revision wants it. */
export interface WantedLine {
  readonly lineId: string;
  /** Internal id. */
  readonly item: string;
  /** Whole and at least 1. */
  readonly quantity: number;
  /** Decimal text in the order's currency. */
  readonly rate: string;
  readonly description: string;
}

/** A line of the sales order; `lineId` null: a person's. Decimals are text. */
export interface HeldLine {
  readonly line: number;
  readonly lineId: string | null;
  readonly item: string;
  readonly quantity: string;
  readonly rate: string;
  readonly quantityBilled: string;
}

/** What credit memos of the order have taken back. */
export type CreditedLine = Pick<HeldLine, "lineId" | "item" | "quantity" | "rate">;

export interface PlannedLine {
  /** Null: a new one. */
  readonly line: number | null;
  /** Null: a person's line, which stays as it is. */
  readonly set: {
    readonly lineId: string;
    readonly item: string;
    readonly quantity: string;
    readonly rate: string;
    readonly isClosed: boolean;
    /** Null: what it says stays. */
    readonly description: string | null;
  } | null;
}

export interface CreditLine {
  readonly lineId: string;
  readonly item: string;
  readonly quantity: string;
  readonly rate: string;
}

export interface OrderPlan {
  /** All lines of the sales order, as it is to be. */
  readonly lines: readonly PlannedLine[];
  /** What was billed and is not wanted any more. */
  readonly credit: readonly CreditLine[];
}

/**
 * From what NetSuite holds of an order to what the revision wants (`wanted` empty: taken back).
 * What is sold under one line, item and rate is one position:
 *
 * - Not billed: its line is set to what is wanted; without anything wanted the line goes, or is
 *   closed where the whole order is taken back, since an order without lines cannot be.
 * - Billed: what was billed stays on its line, as NetSuite insists. More is added to it; what is too
 *   much is credited and the line closed. A line that was billed at another rate is credited whole
 *   and sold anew: nothing that was billed is re-priced.
 */
export function planOrderLines(input: {
  readonly wanted: readonly WantedLine[];
  readonly held: readonly HeldLine[];
  readonly credited: readonly CreditedLine[];
}): OrderPlan {
  const { wanted, held, credited } = input;
  const isTakenBack = wanted.length === 0;
  const lines: PlannedLine[] = held
    .filter(({ lineId }) => lineId === null)
    .map(({ line }) => ({ line, set: null }));
  const credit: CreditLine[] = [];
  for (const position of positionsOf(input)) {
    const isOf = (one: CreditedLine | WantedLine) => keyOf(one) === position.key;
    const { lineId, item, rate } = position;
    const ofPosition = held.filter(isOf);
    const want = wanted.find(isOf);
    const target = toUnits(String(want?.quantity ?? 0));
    const billed = sum(ofPosition.map(({ quantityBilled }) => toUnits(quantityBilled)));
    const returned = sum(credited.filter(isOf).map(({ quantity }) => toUnits(quantity)));
    const surplus = billed - returned - target;
    if (surplus > 0n) credit.push({ lineId, item, rate, quantity: fromUnits(surplus) });
    // Of several lines the first carries what is still to be billed, the others what was billed.
    let open = surplus >= 0n ? 0n : -surplus;
    for (const line of ofPosition) {
      const own = toUnits(line.quantityBilled);
      const quantity = own + open;
      const isLeft = quantity > 0n;
      if (!isLeft && !isTakenBack) continue;
      lines.push({
        line: line.line,
        set: {
          lineId,
          item,
          rate,
          quantity: isLeft ? fromUnits(quantity) : line.quantity,
          isClosed: isTakenBack || surplus > 0n,
          description: want?.description ?? null,
        },
      });
      open = 0n;
    }
    if (open > 0n) {
      const quantity = fromUnits(open);
      const description = want?.description ?? null;
      const set = { lineId, item, rate, quantity, isClosed: false, description };
      lines.push({ line: null, set });
    }
  }
  return { lines, credit };
}

/** Held ones first, so that lines keep their places. */
function positionsOf(input: {
  readonly wanted: readonly WantedLine[];
  readonly held: readonly HeldLine[];
}) {
  const found = new Map<string, { key: string; lineId: string; item: string; rate: string }>();
  for (const { lineId, item, rate } of [...input.held, ...input.wanted]) {
    const key = keyOf({ lineId, item, rate });
    if (lineId !== null && !found.has(key)) found.set(key, { key, lineId, item, rate });
  }
  return found.values();
}

function keyOf(one: Pick<CreditedLine, "lineId" | "item" | "rate">): string {
  return JSON.stringify([one.lineId, one.item, fromUnits(toUnits(one.rate))]);
}

function sum(units: readonly bigint[]): bigint {
  return units.reduce((total, one) => total + one, 0n);
}
