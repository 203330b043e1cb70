import { fromDecimalAmount } from "@usher/connector-sdk/http";
import type { ErpInvoice, ErpInvoiceStatus } from "@usher/connector-sdk/spec";
import type { TrytonSale } from "./tryton-sale-api.ts";

/** What accounting has made of the order's sales so far. */
export function toErpInvoices(sales: readonly TrytonSale[]): ErpInvoiceStatus {
  const standing = sales.filter((sale) => sale.state !== "cancelled");
  const invoices = standing
    .flatMap((sale) => sale["invoices."])
    .toSorted((one, other) => one.id - other.id)
    .map(toErpInvoice);
  return { state: stateOf(standing), invoices };
}

type StateOfSale = TrytonSale["invoice_state"];

// Of several sales, what most needs looking at.
const worstFirst: readonly StateOfSale[] = [
  "exception",
  "awaiting payment",
  "pending",
  "partially paid",
  "paid",
  "none",
];

const words: Readonly<Record<StateOfSale, ErpInvoiceStatus["state"]>> = {
  none: "none",
  pending: "pending",
  "awaiting payment": "awaiting_payment",
  "partially paid": "partially_paid",
  paid: "paid",
  exception: "exception",
};

function stateOf(sales: readonly TrytonSale[]): ErpInvoiceStatus["state"] {
  const worst = worstFirst.find((state) => sales.some((sale) => sale.invoice_state === state));
  return words[worst ?? "none"];
}

function toErpInvoice(invoice: TrytonSale["invoices."][number]): ErpInvoice {
  const currency = invoice["currency."].code;
  const what = `Invoice ${invoice.number ?? invoice.id}`;
  return {
    id: String(invoice.id),
    number: invoice.number,
    state: stateOfInvoice[invoice.state],
    untaxedMinor: fromDecimalAmount({ amount: invoice.untaxed_amount, currency, what }),
    totalMinor: fromDecimalAmount({ amount: invoice.total_amount, currency, what }),
    currency,
  };
}

const stateOfInvoice = {
  draft: "draft",
  validated: "draft",
  posted: "posted",
  paid: "paid",
  cancelled: "canceled",
} as const;
