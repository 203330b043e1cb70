import { connectorFailure, fromDecimalAmount } from "@usher/connector-sdk/http";
import type { ErpBooking, ErpOrder } from "@usher/connector-sdk/spec";
import {
  addMoney,
  formatMoney,
  multiplyMoney,
  parseCurrency,
} from "@usher/entitlement-core/kernel";
import { toUnits } from "./exact-decimal.ts";
import type { NetsuiteTransaction } from "./netsuite-order-api.ts";
import { usherFields } from "./netsuite-order-api.ts";
import type { StandingOrder } from "./settle-order.ts";

/** What stands of the order: its lines, less what was credited, by NetSuite's own arithmetic. */
export function toErpBooking(input: {
  readonly standing: StandingOrder;
  readonly currency: string;
}): ErpBooking {
  const { standing, currency } = input;
  const { held, credits } = standing;
  const what = `Sales order ${held.number}`;
  const left = new Map<string, bigint>();
  let totalMinor = 0;
  for (const { lineId, quantity, amount } of held.lines) {
    if (lineId === null) continue;
    left.set(lineId, (left.get(lineId) ?? 0n) + toUnits(quantity));
    totalMinor += fromDecimalAmount({ amount, currency, what });
  }
  for (const line of credits.flatMap(({ item }) => item.items)) {
    const lineId = line[usherFields.line];
    if (lineId === undefined) continue;
    left.set(lineId, (left.get(lineId) ?? 0n) - toUnits(line.quantity ?? "0"));
    totalMinor -= creditedMinor(line, currency);
  }
  const lineIds = [...left].flatMap(([lineId, units]) => (units > 0n ? [lineId] : []));
  return {
    remoteCustomerId: held.customer,
    records: [{ kind: "sales_order", id: held.id, number: held.number, lineIds, totalMinor }],
  };
}

function creditedMinor(
  { amount = "0", line }: NetsuiteTransaction["item"]["items"][number],
  currency: string,
): number {
  const minor = fromDecimalAmount({ amount, currency, what: `Credit line ${line}` });
  // A credit memo's lines are positive; some accounts show them negative.
  return Math.abs(minor);
}

/** What NetSuite makes of the lines must be what the order says, to the last digit. */
export function mustAddUp(input: { readonly booking: ErpBooking; readonly order: ErpOrder }): void {
  const { booking, order } = input;
  const currency = parseCurrency(order.currency);
  if (currency === null) return;
  let expected = { minor: 0, currency };
  for (const line of order.lines) {
    const amount = multiplyMoney({ minor: line.unitAmountMinor, currency }, line.quantity);
    expected = addMoney(expected, amount);
  }
  const [record] = booking.records;
  const got = { minor: record?.totalMinor ?? 0, currency };
  if (got.minor === expected.minor) return;
  throw connectorFailure({
    category: "validation",
    message: `NetSuite makes ${formatMoney(got)} of the lines of order ${order.orderId}, which come to ${formatMoney(expected)}. Somebody changed the sales order there, or ${currency} is rounded otherwise.`,
    where: { record: `Sales order ${record?.number ?? order.orderId}`, field: "subtotal" },
  });
}
