import { type Call, type CallResult, find, save } from "./call.ts";
import { amountRemaining, invoiceTotal } from "./invoice-amounts.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import type { Params } from "./params.ts";
import { markPaid } from "./settle-invoice.ts";
import { showCreditNote } from "./show-credit-note.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { CreditNoteLineRow, CreditNoteRow, CustomerRow, InvoiceRow } from "./stripe-rows.ts";

const REASONS = ["duplicate", "fraudulent", "order_change", "product_unsatisfactory"] as const;

/**
 * Takes back an amount of a finalized invoice: less is owed on an open one; on a paid one it goes
 * to the customer's balance (`credit_amount`) or is settled elsewhere (`out_of_band_amount`).
 * @see https://docs.stripe.com/invoicing/integration/programmatic-credit-notes
 */
export function createCreditNote(call: Call): CallResult {
  const { account, params } = call;
  const invoice = find(account, "invoice", params.requiredText("invoice"), "invoice");
  if (invoice.status !== "open" && invoice.status !== "paid") {
    throw invalidRequest(
      `You can't create a credit note for an invoice with status ${invoice.status}.`,
      { param: "invoice" },
    );
  }
  const lines = readLines(call, params, invoice);
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  const isBeforePayment = invoice.status === "open";
  const credited = invoice.creditedBeforePayment + invoice.creditedAfterPayment;
  const most = isBeforePayment ? amountRemaining(invoice) : invoiceTotal(invoice) - credited;
  if (total <= 0 || total > most) {
    throw invalidRequest(
      `The sum of credit amount and out of band amount (${total}) must be between 1 and the creditable amount of ${most}.`,
      { param: "amount" },
    );
  }
  const creditAmount = params.integer("credit_amount") ?? 0;
  const outOfBandAmount = params.integer("out_of_band_amount") ?? null;
  if (!isBeforePayment && creditAmount + (outOfBandAmount ?? 0) !== total) {
    throw invalidRequest(
      `The sum of credit_amount, refund_amount and out_of_band_amount (${creditAmount + (outOfBandAmount ?? 0)}) must equal the credit note amount (${total}).`,
    );
  }
  const earlier = account.tables.credit_note.where("invoice", invoice.id).length;
  const { id, sequence } = account.newId("cn");
  const row: CreditNoteRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    customer: invoice.customer,
    invoice: invoice.id,
    currency: invoice.currency,
    number: `${invoice.number ?? invoice.id}-CN-${String(earlier + 1).padStart(2, "0")}`,
    lines,
    total,
    memo: params.text("memo") ?? null,
    reason: params.oneOf("reason", REASONS) ?? null,
    metadata: params.metadata({}),
    isBeforePayment,
    outOfBandAmount,
    status: "issued",
    voidedAt: null,
  };
  params.finish();
  save(call, { kind: "credit_note", row, events: ["credit_note.created"] });
  creditInvoice(call, invoice, row, creditAmount);
  return showCreditNote(row);
}

function creditInvoice(call: Call, invoice: InvoiceRow, note: CreditNoteRow, creditAmount: number) {
  const { account } = call;
  if (creditAmount > 0) {
    const customer = account.tables.customer.get(invoice.customer) as CustomerRow;
    account.store.put(account.tables.customer, {
      ...customer,
      balance: customer.balance - creditAmount,
    });
  }
  const row: InvoiceRow = note.isBeforePayment
    ? { ...invoice, creditedBeforePayment: invoice.creditedBeforePayment + note.total }
    : { ...invoice, creditedAfterPayment: invoice.creditedAfterPayment + note.total };
  save(call, { kind: "invoice", row, before: invoice, events: ["invoice.updated"] });
  if (row.status === "open" && amountRemaining(row) === 0)
    markPaid(call, row, { isOutOfBand: true });
}

function readLines(call: Call, params: Params, invoice: InvoiceRow): CreditNoteLineRow[] {
  const { account } = call;
  const amount = params.integer("amount");
  const given = params.objects("lines");
  if ((amount === undefined) === (given === undefined)) {
    throw invalidRequest("You must specify one of `amount` or `lines`.", {
      code: "parameter_missing",
      param: "amount",
    });
  }
  if (given === undefined) {
    return [
      {
        id: account.newId("cnli").id,
        amount: amount ?? 0,
        description: null,
        quantity: 1,
        unitAmount: amount ?? 0,
        type: "custom_line_item",
        invoiceLineItem: null,
      },
    ];
  }
  return given.map((line): CreditNoteLineRow => {
    const type =
      line.oneOf("type", ["invoice_line_item", "custom_line_item"]) ?? "custom_line_item";
    const source = line.text("invoice_line_item");
    const known = invoice.lines.find((one) => one.id === source);
    const quantity = line.integer("quantity") ?? null;
    const unitAmount = line.integer("unit_amount") ?? null;
    if (type === "invoice_line_item" && known === undefined) {
      throw invalidRequest(`No such invoice line item: '${source ?? ""}'`, {
        code: "resource_missing",
        param: line.nameOf("invoice_line_item"),
      });
    }
    const perUnit = known === undefined || known.quantity === 0 ? 0 : known.amount / known.quantity;
    const computed =
      unitAmount !== null
        ? unitAmount * (quantity ?? 1)
        : Math.round(perUnit * (quantity ?? known?.quantity ?? 1));
    return {
      id: account.newId("cnli").id,
      amount: line.integer("amount") ?? computed,
      description: line.text("description") ?? known?.description ?? null,
      quantity,
      unitAmount,
      type,
      invoiceLineItem: source ?? null,
    };
  });
}

export function retrieveCreditNote({ account, params, path }: Call): CallResult {
  params.finish();
  return showCreditNote(find(account, "credit_note", path["id"] ?? ""));
}

export function listCreditNotes({ account, params }: Call): CallResult {
  const invoice = params.text("invoice");
  const customer = params.text("customer");
  const isCreatedThen = createdFilter(params);
  const narrow =
    invoice !== undefined
      ? { index: "invoice", value: invoice }
      : customer === undefined
        ? undefined
        : { index: "customer", value: customer };
  const page = listRows({
    table: account.tables.credit_note,
    params,
    url: "/v1/credit_notes",
    label: "credit note",
    narrow,
    keep: (row) => (customer === undefined || row.customer === customer) && isCreatedThen(row),
    show: showCreditNote,
  });
  params.finish();
  return page;
}
