import { maxPercent, percentBelow } from "@usher/entitlement-core/kernel";
import type { OrderContent } from "@usher/entitlement-core/order";

/** The line with most off its list price, in percent; null where no line has a list price. */
export function largestDiscount({ lines }: OrderContent) {
  return lines
    .flatMap(({ listPrice, unitPrice }) =>
      listPrice === null ? [] : [percentBelow({ list: listPrice, actual: unitPrice })],
    )
    .reduce<ReturnType<typeof percentBelow> | null>(
      (most, one) => (most === null ? one : maxPercent(most, one)),
      null,
    );
}
