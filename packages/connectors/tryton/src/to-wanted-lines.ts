import type { ErpOrder } from "@usher/connector-sdk/spec";
import { describeLine } from "./describe-line.ts";
import type { WantedLine } from "./plan-sale-step.ts";
import { toTrytonDecimal } from "./tryton-values.ts";

export function toWantedLines(order: ErpOrder): readonly WantedLine[] {
  return order.lines.map((line) => ({
    lineId: line.lineId,
    sku: line.sku,
    quantity: line.quantity,
    unitPrice: toTrytonDecimal({ minor: line.unitAmountMinor, currency: order.currency }).decimal,
    description: describeLine(line),
  }));
}
