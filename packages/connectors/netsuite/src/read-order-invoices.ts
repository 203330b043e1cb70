import { connectorFailure, fromDecimalAmount } from "@usher/connector-sdk/http";
import type { CallContext, ErpInvoice, ErpInvoiceStatus } from "@usher/connector-sdk/spec";
import type { FollowingRow } from "./netsuite-orders.ts";
import type { NetsuiteParts } from "./settle-order.ts";

/** What accounting has made of the order so far. */
export async function readOrderInvoices(input: {
  readonly parts: NetsuiteParts;
  readonly orderId: string;
  readonly context: CallContext;
}): Promise<ErpInvoiceStatus> {
  const { parts, orderId, context } = input;
  const following = await parts.orders.following(orderId, context);
  const invoices = await Promise.all(following.map((row) => toErpInvoice({ parts, row, context })));
  return { state: overallState(invoices), invoices };
}

async function toErpInvoice(input: {
  readonly parts: NetsuiteParts;
  readonly row: FollowingRow;
  readonly context: CallContext;
}): Promise<ErpInvoice> {
  const { parts, row, context } = input;
  const [document, currency] = await Promise.all([
    parts.orders.read(row, context),
    parts.currencies.codeOf(row.currency, context),
  ]);
  const what = `${row.type === "invoice" ? "Invoice" : "Credit memo"} ${row.number ?? row.id}`;
  const signed = (amount: string) => {
    const minor = fromDecimalAmount({ amount, currency, what });
    return row.type === "creditMemo" ? -Math.abs(minor) : minor;
  };
  return {
    id: row.id,
    number: row.number,
    state: stateOf(row, what),
    untaxedMinor: signed(document.subtotal ?? document.subTotal ?? document.total),
    totalMinor: signed(document.total),
    currency,
  };
}

/** Letters of a transaction's status in SuiteQL: they are the same in every language. */
const stateOfLetter: Readonly<Record<string, ErpInvoice["state"]>> = {
  A: "posted",
  B: "paid",
  D: "draft",
  E: "canceled",
  V: "canceled",
};

function stateOf({ status }: FollowingRow, what: string): ErpInvoice["state"] {
  // Some accounts answer `CustInvc:A`.
  const state = stateOfLetter[status.slice(-1)];
  if (state !== undefined) return state;
  throw connectorFailure({
    category: "schema_drift",
    message: `${what}: expected one of the statuses ${Object.keys(stateOfLetter).join(", ")}, got another one of ${status.length} characters.`,
  });
}

/** Of several documents, what most needs looking at. */
function overallState(all: readonly ErpInvoice[]): ErpInvoiceStatus["state"] {
  const invoices = all.filter(({ totalMinor }) => totalMinor >= 0);
  const has = (state: ErpInvoice["state"]) => invoices.some((one) => one.state === state);
  if (invoices.length === 0) return "none";
  if (has("canceled")) return "exception";
  if (has("draft")) return "pending";
  if (!has("posted")) return "paid";
  return has("paid") ? "partially_paid" : "awaiting_payment";
}
