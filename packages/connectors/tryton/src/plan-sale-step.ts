import { type HeldLine, type HeldSale, isAt, isNothing } from "./held-sale.ts";
import { isSameMark, type SaleMark } from "./tryton-marks.ts";
import { isSameDecimal } from "./tryton-values.ts";

/** A line as the revision wants it. */
export interface WantedLine {
  readonly lineId: string;
  readonly sku: string;
  /** Whole. */
  readonly quantity: number;
  /** Decimal text in the order's currency. */
  readonly unitPrice: string;
  readonly description: string;
}

export interface LineChange {
  readonly line: HeldLine;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly description: string | null;
}

/** What brings the order's sales one step nearer to what is wanted. */
export type SaleStep =
  | { readonly step: "outrun"; readonly by: number }
  | { readonly step: "make"; readonly lineIds: readonly string[] }
  | {
      readonly step: "quote" | "confirm" | "process" | "back-to-draft" | "cancel";
      readonly sale: HeldSale;
    }
  | { readonly step: "amend"; readonly sale: HeldSale; readonly changes: readonly LineChange[] }
  | {
      readonly step: "validate-amendment" | "drop-amendment";
      readonly sale: HeldSale;
      readonly amendment: number;
    }
  | { readonly step: "settled" };

/**
 * The next step from what Tryton holds of an order to what the revision wants, decided anew on what
 * was read each time. So an attempt whose answer was lost, a second attempt beside the first and an
 * earlier revision are all the same case: something stands there, and this says how to go on.
 *
 * - A sale that is not processed yet and not as wanted is canceled; a processed one is amended.
 * - An amendment cannot add a line: it gets a sale of its own, under the same reference.
 * - Of a line that stands twice, the copy that came further stays, the other goes.
 * - A line that was invoiced at another price is taken to nothing, which makes Tryton credit it, and
 *   sold anew: a posted invoice is never re-priced.
 * - A processed sale that was brought to this very revision is left alone, whatever a person changed since.
 */
export function planSaleStep(input: {
  readonly target: SaleMark;
  /** Empty when the order is taken back. */
  readonly wanted: readonly WantedLine[];
  readonly held: readonly HeldSale[];
}): SaleStep {
  const { target, wanted } = input;
  // Sales under our reference without our mark are people's.
  const held = input.held.filter((sale) => sale.mark !== null).toSorted(furthestFirst);
  const by = Math.max(0, ...held.map((sale) => sale.mark?.revision ?? 0));
  if (by > target.revision) return { step: "outrun", by };
  const kept = keptLines({ target, wanted, held });
  for (const sale of held) {
    const step = isProcessed(sale)
      ? stepOfProcessed({ sale, target, kept })
      : stepOfOpen({ sale, kept });
    if (step !== null) return step;
  }
  const missing = wanted.filter(
    ({ lineId }) => ![...kept.values()].some((one) => one.lineId === lineId),
  );
  if (missing.length > 0) return { step: "make", lineIds: missing.map(({ lineId }) => lineId) };
  return { step: "settled" };
}

/** By the id of the line over there: what it is to be. All other lines are to be nothing. */
type KeptLines = ReadonlyMap<number, WantedLine>;

function keptLines(input: {
  readonly target: SaleMark;
  readonly wanted: readonly WantedLine[];
  readonly held: readonly HeldSale[];
}): KeptLines {
  const kept = new Map<number, WantedLine>();
  for (const want of input.wanted) {
    const line = input.held
      .flatMap((sale) => sale.lines.map((one) => ({ ...one, isSettled: isAt(sale, input.target) })))
      .find((one) => one.lineId === want.lineId && canBecome(one, want));
    if (line !== undefined) kept.set(line.id, want);
  }
  return kept;
}

function canBecome(line: HeldLine & { readonly isSettled: boolean }, want: WantedLine): boolean {
  if (line.isSettled && !isNothing(line.quantity)) return true;
  if (line.sku !== want.sku) return false;
  return !line.isPosted || isSameDecimal(line.unitPrice, want.unitPrice);
}

function stepOfOpen({
  sale,
  kept,
}: {
  readonly sale: HeldSale;
  readonly kept: KeptLines;
}): SaleStep | null {
  if (changesOf(sale, kept).length > 0 || !sale.lines.some((line) => kept.has(line.id))) {
    // A confirmed sale can only be canceled from draft.
    return { step: sale.state === "confirmed" ? "back-to-draft" : "cancel", sale };
  }
  switch (sale.state) {
    case "draft":
      return { step: "quote", sale };
    case "quotation":
      return { step: "confirm", sale };
    default:
      // Confirming queues the processing, whose refusal it does not tell; asking for it does.
      return { step: "process", sale };
  }
}

function stepOfProcessed(input: {
  readonly sale: HeldSale;
  readonly target: SaleMark;
  readonly kept: KeptLines;
}): SaleStep | null {
  const { sale, target, kept } = input;
  const [open] = sale.openAmendments;
  if (isAt(sale, target)) {
    return open === undefined ? null : { step: "drop-amendment", sale, amendment: open.id };
  }
  if (open !== undefined) {
    const step = isSameMark(open.mark, target) ? "validate-amendment" : "drop-amendment";
    return { step, sale, amendment: open.id };
  }
  const changes = changesOf(sale, kept);
  return changes.length === 0 ? null : { step: "amend", sale, changes };
}

function changesOf(sale: HeldSale, kept: KeptLines): readonly LineChange[] {
  return sale.lines.flatMap((line): readonly LineChange[] => {
    const want = kept.get(line.id);
    if (want === undefined) {
      const { unitPrice, description } = line;
      return isNothing(line.quantity) ? [] : [{ line, quantity: 0, unitPrice, description }];
    }
    const { quantity, unitPrice, description } = want;
    const isAsWanted =
      isSameDecimal(line.quantity, String(quantity)) &&
      isSameDecimal(line.unitPrice, unitPrice) &&
      // Before it is processed, a person may put it in other words.
      (!isProcessed(sale) || line.description === description);
    return isAsWanted ? [] : [{ line, quantity, unitPrice, description }];
  });
}

function isProcessed(sale: HeldSale): boolean {
  return sale.state === "processing" || sale.state === "done";
}

const progress = ["draft", "quotation", "confirmed", "processing", "done"] as const;

function furthestFirst(one: HeldSale, other: HeldSale): number {
  const reached = (sale: HeldSale) => progress.indexOf(sale.state);
  // A done sale came no further than a processing one: nothing is left to invoice, that is all.
  const isSame = isProcessed(one) === isProcessed(other) && isProcessed(one);
  return (isSame ? 0 : reached(other) - reached(one)) || one.id - other.id;
}
