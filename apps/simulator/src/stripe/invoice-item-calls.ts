import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import { readItemPricing } from "./item-pricing.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { lineOfItem } from "./pending-items.ts";
import { showInvoiceItem } from "./show-invoice-item.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { InvoiceItemRow } from "./stripe-rows.ts";

/** A line for a draft invoice, or one that waits for the customer's next invoice. */
export function createInvoiceItem(call: Call): CallResult {
  const { account, params } = call;
  const invoiceId = params.text("invoice");
  const invoice =
    invoiceId === undefined ? undefined : find(account, "invoice", invoiceId, "invoice");
  const customer = findCustomer(
    account,
    params.text("customer") ?? invoice?.customer ?? params.requiredText("customer"),
  );
  if (invoice !== undefined && invoice.customer !== customer.id) {
    throw invalidRequest(`The invoice ${invoice.id} belongs to another customer.`, {
      param: "invoice",
    });
  }
  if (invoice !== undefined && invoice.status !== "draft") {
    throw invalidRequest(
      "This invoice is no longer editable: invoice items can only be added to draft invoices.",
      { code: "invoice_not_editable", param: "invoice" },
    );
  }
  const subscriptionId = params.text("subscription");
  const subscription =
    subscriptionId === undefined
      ? undefined
      : find(account, "subscription", subscriptionId, "subscription");
  const currency =
    params.currency("currency") ??
    invoice?.currency ??
    subscription?.currency ??
    customer.currency ??
    priceCurrency(call) ??
    "usd";
  if (invoice !== undefined && invoice.currency !== currency) {
    throw invalidRequest(
      `The currency of the invoice item (${currency}) does not match the invoice's (${invoice.currency}).`,
      { param: "currency" },
    );
  }
  const pricing = readItemPricing(call, params, currency);
  const period = params.object("period");
  const { id, sequence } = account.newId("ii");
  const now = account.nowSeconds();
  const row: InvoiceItemRow = {
    id,
    sequence,
    created: now,
    customer: customer.id,
    currency,
    ...pricing,
    description: params.text("description") ?? pricing.description,
    periodStart: period?.integer("start") ?? now,
    periodEnd: period?.integer("end") ?? now,
    isProration: false,
    isDiscountable: params.boolean("discountable") ?? true,
    metadata: params.metadata({}),
    invoice: invoice?.id ?? null,
    subscription: subscription?.id ?? null,
    subscriptionItem: null,
  };
  params.finish();
  save(call, { kind: "invoiceitem", row, events: ["invoiceitem.created"] });
  if (invoice !== undefined) {
    const lines = [...invoice.lines, { ...lineOfItem(row), id: account.newId("il").id }];
    save(call, {
      kind: "invoice",
      row: { ...invoice, lines },
      before: invoice,
      events: ["invoice.updated"],
    });
  }
  return showInvoiceItem(row);
}

/** The currency of the price that is named, when nothing else says one. */
function priceCurrency({ account, params }: Call): string | undefined {
  const id = params.object("pricing")?.text("price");
  return (
    (id === undefined ? undefined : account.tables.price.get(id)?.currency) ??
    params.object("price_data")?.text("currency")?.toLowerCase()
  );
}

export function retrieveInvoiceItem({ account, params, path }: Call): CallResult {
  params.finish();
  return showInvoiceItem(find(account, "invoiceitem", path["id"] ?? ""));
}

export function deleteInvoiceItem(call: Call): CallResult {
  const { account, params, path } = call;
  params.finish();
  const row = find(account, "invoiceitem", path["id"] ?? "");
  const invoice = row.invoice === null ? undefined : account.tables.invoice.get(row.invoice);
  if (invoice !== undefined && invoice.status !== "draft") {
    throw invalidRequest("You can only delete invoice items of draft invoices.", {
      code: "invoice_not_editable",
    });
  }
  account.store.remove(account.tables.invoiceitem, row.id);
  if (invoice !== undefined) {
    const lines = invoice.lines.filter((line) => line.invoiceItem !== row.id);
    save(call, {
      kind: "invoice",
      row: { ...invoice, lines },
      before: invoice,
      events: ["invoice.updated"],
    });
  }
  return { id: row.id, object: "invoiceitem", deleted: true };
}

export function listInvoiceItems({ account, params }: Call): CallResult {
  const customer = params.text("customer");
  const invoice = params.text("invoice");
  const isPending = params.boolean("pending");
  const isCreatedThen = createdFilter(params);
  const narrow =
    invoice !== undefined
      ? { index: "invoice", value: invoice }
      : customer === undefined
        ? undefined
        : { index: "customer", value: customer };
  const page = listRows({
    table: account.tables.invoiceitem,
    params,
    url: "/v1/invoiceitems",
    label: "invoice item",
    narrow,
    keep: (row) =>
      (customer === undefined || row.customer === customer) &&
      (isPending === undefined || (row.invoice === null) === isPending) &&
      isCreatedThen(row),
    show: showInvoiceItem,
  });
  params.finish();
  return page;
}
