import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import { checkPaymentMethod } from "./customer-calls.ts";
import { draftInvoice } from "./draft-invoice.ts";
import { finalizeInvoice, voidInvoice } from "./finalize-invoice.ts";
import { readItemPricing } from "./item-pricing.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { payInvoice } from "./pay-invoice.ts";
import { attachItems, lineOfItem, pendingItems } from "./pending-items.ts";
import { showInvoice, showInvoiceLine } from "./show-invoice.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { CollectionMethod, InvoiceLineRow, InvoiceRow } from "./stripe-rows.ts";
import { wireList } from "./wire.ts";

const COLLECTION_METHODS = ["charge_automatically", "send_invoice"] as const;
const STATUSES = ["draft", "open", "paid", "uncollectible", "void"] as const;

export function createInvoice(call: Call): CallResult {
  const { account, params } = call;
  const customer = findCustomer(account, params.requiredText("customer"));
  const subscriptionId = params.text("subscription");
  const subscription =
    subscriptionId === undefined
      ? undefined
      : find(account, "subscription", subscriptionId, "subscription");
  const collectionMethod =
    params.oneOf("collection_method", COLLECTION_METHODS) ?? "charge_automatically";
  const daysUntilDue = params.integer("days_until_due");
  const dueDate = params.integer("due_date");
  checkDue(collectionMethod, daysUntilDue ?? dueDate);
  const currency =
    params.currency("currency") ?? subscription?.currency ?? customer.currency ?? "usd";
  const includesPending =
    params.oneOf("pending_invoice_items_behavior", ["exclude", "include"]) === "include" ||
    subscription !== undefined;
  const items = includesPending
    ? pendingItems(call, customer.id, currency, subscription?.id ?? null)
    : [];
  const paymentMethod = params.text("default_payment_method");
  const input = {
    customer,
    currency,
    collectionMethod,
    billingReason: "manual" as const,
    lines: items.map(lineOfItem),
    daysUntilDue: daysUntilDue ?? null,
    dueDate: dueDate ?? null,
    isAutoAdvance: params.boolean("auto_advance") ?? false,
    description: params.text("description") ?? null,
    footer: params.text("footer") ?? null,
    metadata: params.metadata({}),
    defaultPaymentMethod: paymentMethod === undefined ? null : checkPaymentMethod(paymentMethod),
    ...(subscription === undefined ? {} : { subscription }),
  };
  params.finish();
  const row = draftInvoice(call, input);
  attachItems(call, items, row.id);
  return showInvoice(row);
}

export function updateInvoice(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "invoice", path["id"] ?? "");
  const isDraft = before.status === "draft";
  const description = params.textOrUnset("description");
  const footer = params.textOrUnset("footer");
  const daysUntilDue = params.integer("days_until_due");
  const collectionMethod = params.oneOf("collection_method", COLLECTION_METHODS);
  if (
    !isDraft &&
    (daysUntilDue !== undefined || collectionMethod !== undefined || description !== undefined)
  ) {
    throw invalidRequest("Finalized invoices can't be updated in this way");
  }
  const isAutoAdvance = params.boolean("auto_advance") ?? before.isAutoAdvance;
  const row: InvoiceRow = {
    ...before,
    description: description === undefined ? before.description : description,
    footer: footer === undefined ? before.footer : footer,
    metadata: params.metadata(before.metadata),
    isAutoAdvance,
    autoFinalizesAt: autoFinalizesAt(call, before, isAutoAdvance),
    collectionMethod: collectionMethod ?? before.collectionMethod,
    daysUntilDue: daysUntilDue ?? before.daysUntilDue,
    dueDate: daysUntilDue === undefined ? before.dueDate : before.created + daysUntilDue * 86_400,
  };
  params.finish();
  save(call, { kind: "invoice", row, before, events: ["invoice.updated"] });
  return showInvoice(row);
}

function autoFinalizesAt(call: Call, before: InvoiceRow, isAutoAdvance: boolean): number | null {
  if (before.status !== "draft" || !isAutoAdvance) return null;
  const wait = Math.ceil(call.account.settings().autoFinalizeAfterMs / 1000);
  return before.autoFinalizesAt ?? call.account.nowSeconds() + wait;
}

export function retrieveInvoice({ account, params, path }: Call): CallResult {
  params.finish();
  return showInvoice(find(account, "invoice", path["id"] ?? ""));
}

export function listInvoices({ account, params }: Call): CallResult {
  const customer = params.text("customer");
  const subscription = params.text("subscription");
  const status = params.oneOf("status", STATUSES);
  const collectionMethod = params.oneOf("collection_method", COLLECTION_METHODS);
  const isCreatedThen = createdFilter(params);
  const narrow =
    subscription !== undefined
      ? { index: "subscription", value: subscription }
      : customer === undefined
        ? undefined
        : { index: "customer", value: customer };
  const page = listRows({
    table: account.tables.invoice,
    params,
    url: "/v1/invoices",
    label: "invoice",
    narrow,
    keep: (row) =>
      !row.isDeleted &&
      (customer === undefined || row.customer === customer) &&
      (status === undefined || row.status === status) &&
      (collectionMethod === undefined || row.collectionMethod === collectionMethod) &&
      isCreatedThen(row),
    show: showInvoice,
  });
  params.finish();
  return page;
}

export function listInvoiceLines({ account, params, path }: Call): CallResult {
  const invoice = find(account, "invoice", path["id"] ?? "");
  const limit = params.integer("limit") ?? 10;
  const after = params.text("starting_after");
  params.finish();
  const start = after === undefined ? 0 : invoice.lines.findIndex((line) => line.id === after) + 1;
  const lines = invoice.lines
    .slice(start, start + limit)
    .map((line) => showInvoiceLine(invoice, line));
  return {
    ...wireList(`/v1/invoices/${invoice.id}/lines`, lines, start + limit < invoice.lines.length),
  };
}

/** `POST /v1/invoices/:id/add_lines`: new lines on a draft. */
export function addInvoiceLines(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "invoice", path["id"] ?? "");
  if (before.status !== "draft") throw invalidRequest("You can only add lines to draft invoices.");
  const added = (params.objects("lines") ?? []).map((given): InvoiceLineRow => {
    const pricing = readItemPricing(call, given, before.currency);
    const period = given.object("period");
    return {
      id: account.newId("il").id,
      ...pricing,
      description: given.text("description") ?? pricing.description,
      periodStart: period?.integer("start") ?? account.nowSeconds(),
      periodEnd: period?.integer("end") ?? account.nowSeconds(),
      isProration: false,
      metadata: given.metadata({}),
      invoiceItem: account.newId("ii").id,
      subscription: null,
      subscriptionItem: null,
    };
  });
  params.finish();
  const row = { ...before, lines: [...before.lines, ...added] };
  save(call, { kind: "invoice", row, before, events: ["invoice.updated"] });
  return showInvoice(row);
}

export function finalizeInvoiceCall(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "invoice", path["id"] ?? "");
  const isAutoAdvance = params.boolean("auto_advance") ?? before.isAutoAdvance;
  params.finish();
  const open = finalizeInvoice(call, { ...before, isAutoAdvance });
  const charges =
    open.status === "open" && isAutoAdvance && open.collectionMethod === "charge_automatically";
  const customer = account.tables.customer.get(open.customer);
  const hasMethod = (open.defaultPaymentMethod ?? customer?.defaultPaymentMethod ?? null) !== null;
  return showInvoice(
    charges && hasMethod ? payInvoice(call, open, { isOutOfBand: false }).row : open,
  );
}

export function payInvoiceCall(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "invoice", path["id"] ?? "");
  const paymentMethod = params.text("payment_method");
  const isOutOfBand = params.boolean("paid_out_of_band") ?? false;
  params.boolean("off_session");
  params.finish();
  if (paymentMethod !== undefined) checkPaymentMethod(paymentMethod);
  const { row, declined } = payInvoice(call, before, { isOutOfBand, paymentMethod });
  if (declined === undefined) return showInvoice(row);
  return { refusedWith: { status: 402, error: { ...declined } } };
}

export function voidInvoiceCall(call: Call): CallResult {
  call.params.finish();
  return showInvoice(voidInvoice(call, find(call.account, "invoice", call.path["id"] ?? "")));
}

export function sendInvoice(call: Call): CallResult {
  call.params.finish();
  const before = find(call.account, "invoice", call.path["id"] ?? "");
  if (before.collectionMethod !== "send_invoice") {
    throw invalidRequest(
      "You can only manually send an invoice if its collection method is 'send_invoice'.",
    );
  }
  const row = before.status === "draft" ? finalizeInvoice(call, before) : before;
  save(call, { kind: "invoice", row, events: ["invoice.sent"] });
  return showInvoice(row);
}

export function markUncollectible(call: Call): CallResult {
  const { account, params, path } = call;
  params.finish();
  const before = find(account, "invoice", path["id"] ?? "");
  if (before.status !== "open")
    throw invalidRequest("You can only mark open invoices as uncollectible.");
  const row: InvoiceRow = {
    ...before,
    status: "uncollectible",
    uncollectibleAt: account.nowSeconds(),
    isAutoAdvance: false,
  };
  save(call, {
    kind: "invoice",
    row,
    before,
    events: ["invoice.updated", "invoice.marked_uncollectible"],
  });
  return showInvoice(row);
}

/** Only a draft can be deleted; its items go back to waiting. */
export function deleteInvoice(call: Call): CallResult {
  const { account, params, path } = call;
  params.finish();
  const before = find(account, "invoice", path["id"] ?? "");
  if (before.status !== "draft") {
    throw invalidRequest("You can only delete draft invoices. Void this invoice instead.");
  }
  if (before.subscription !== null)
    throw invalidRequest("You can't delete invoices created by subscriptions.");
  for (const item of account.tables.invoiceitem.where("invoice", before.id)) {
    account.store.put(account.tables.invoiceitem, { ...item, invoice: null });
  }
  const row = { ...before, isDeleted: true, autoFinalizesAt: null };
  save(call, { kind: "invoice", row, events: ["invoice.deleted"] });
  return { id: row.id, object: "invoice", deleted: true };
}

function checkDue(collectionMethod: CollectionMethod, due: number | undefined) {
  if (collectionMethod === "send_invoice" && due === undefined) {
    throw invalidRequest(
      "If `collection_method` is 'send_invoice', then one of `due_date` or `days_until_due` must be specified.",
      { param: "days_until_due" },
    );
  }
  if (collectionMethod === "charge_automatically" && due !== undefined) {
    throw invalidRequest(
      "You can only set `days_until_due` or `due_date` if `collection_method` is 'send_invoice'.",
      { param: "days_until_due" },
    );
  }
}
