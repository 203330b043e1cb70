import { fromDecimalAmount } from "@usher/connector-sdk/http";
import type { ErpBooking, ErpRecord } from "@usher/connector-sdk/spec";
import { type HeldSale, isNothing } from "./held-sale.ts";

/** The order's sales as they stand: those of which something is left. */
export function toErpBooking(input: {
  readonly party: number;
  readonly sales: readonly HeldSale[];
}): ErpBooking {
  const records = input.sales.flatMap((sale): readonly ErpRecord[] => {
    const lines = sale.lines.filter((line) => !isNothing(line.quantity));
    if (lines.length === 0) return [];
    return [
      {
        kind: "sales_order",
        id: String(sale.id),
        number: sale.number ?? String(sale.id),
        lineIds: lines.map(({ lineId }) => lineId),
        totalMinor: totalOfLines(sale),
      },
    ];
  });
  return { remoteCustomerId: String(input.party), records };
}

/** Before taxes, of Usher's own lines, by Tryton's own arithmetic. */
export function totalOfLines({ lines, currency, id }: HeldSale): number {
  let total = 0;
  for (const { amount } of lines) {
    total += fromDecimalAmount({ amount, currency, what: `Sale ${id}` });
  }
  return total;
}
