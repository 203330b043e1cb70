import { connectorFailure } from "@usher/connector-sdk/http";
import type { ErpOrder } from "@usher/connector-sdk/spec";
import {
  addMoney,
  formatMoney,
  multiplyMoney,
  parseCurrency,
} from "@usher/entitlement-core/kernel";
import type { HeldSale } from "./held-sale.ts";
import { totalOfLines } from "./to-erp-booking.ts";

/**
 * Before a sale is quoted, which gives it a number: what Tryton makes of its lines must be what the
 * order says, to the last digit. A currency that is rounded otherwise over there would show here.
 */
export function mustAddUp({
  sale,
  order,
}: {
  readonly sale: HeldSale;
  readonly order: ErpOrder;
}): void {
  const currency = parseCurrency(order.currency);
  if (currency === null) return;
  const ofSale = order.lines.filter(({ lineId }) =>
    sale.lines.some((one) => one.lineId === lineId),
  );
  let expected = { minor: 0, currency };
  for (const line of ofSale) {
    const amount = multiplyMoney({ minor: line.unitAmountMinor, currency }, line.quantity);
    expected = addMoney(expected, amount);
  }
  const got = { minor: totalOfLines(sale), currency };
  if (got.minor === expected.minor) return;
  throw connectorFailure({
    category: "validation",
    message: `Tryton makes ${formatMoney(got)} of the lines of order ${order.orderId}, which come to ${formatMoney(expected)}. Check how ${currency} is rounded in Tryton's currencies.`,
    where: { record: `Tryton currency ${currency}`, field: "rounding" },
  });
}
