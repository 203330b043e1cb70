import { jsonNumber } from "./exact-decimal.ts";
import type { NetsuiteConfig } from "./netsuite-config.ts";
import { usherFields } from "./netsuite-order-api.ts";
import { describeOrderMark, type OrderMark } from "./order-mark.ts";
import type { CreditLine, PlannedLine } from "./plan-order-lines.ts";

type Body = Readonly<Record<string, unknown>>;

/** NetSuite's price level “custom”: the rate is the line's own. */
const customPrice = { id: "-1" };
const memoLengthMax = 900;

export function toSalesOrderBody(input: {
  readonly orderId: string;
  readonly target: OrderMark;
  readonly reason: string | null;
  readonly lines: readonly PlannedLine[];
  /** What only a new order is given; null for one that stands. */
  readonly made: {
    readonly customer: string;
    readonly currency: string;
    readonly status: NetsuiteConfig["orderStatus"];
  } | null;
}): Body {
  const { orderId, target, reason, lines, made } = input;
  return {
    ...(made === null
      ? {}
      : {
          entity: { id: made.customer },
          currency: { id: made.currency },
          orderStatus: { id: made.status === "approved" ? "B" : "A" },
        }),
    memo: describe(target, reason),
    [usherFields.order]: orderId,
    [usherFields.revision]: describeOrderMark(target),
    item: { items: lines.map(toLine) },
  };
}

export function toCreditMemoBody(input: {
  readonly orderId: string;
  readonly target: OrderMark;
  readonly reason: string | null;
  readonly customer: string;
  readonly currency: string;
  readonly lines: readonly CreditLine[];
}): Body {
  const { orderId, target, reason, customer, currency, lines } = input;
  return {
    entity: { id: customer },
    currency: { id: currency },
    memo: describe(target, reason),
    [usherFields.order]: orderId,
    item: {
      items: lines.map(({ lineId, item, quantity, rate }) => ({
        item: { id: item },
        quantity: jsonNumber(quantity),
        price: customPrice,
        rate: jsonNumber(rate),
        [usherFields.line]: lineId,
      })),
    },
  };
}

function toLine({ line, set }: PlannedLine): Body {
  const key = line === null ? {} : { line };
  if (set === null) return key;
  const { lineId, item, quantity, rate, isClosed, description } = set;
  return {
    ...key,
    item: { id: item },
    quantity: jsonNumber(quantity),
    price: customPrice,
    rate: jsonNumber(rate),
    isClosed,
    ...(description === null ? {} : { description }),
    [usherFields.line]: lineId,
  };
}

function describe(target: OrderMark, reason: string | null): string {
  const told = reason === null ? "" : `, taken back: ${reason}`;
  return `Usher revision ${target.revision}${told}`.slice(0, memoLengthMax);
}
