import { lineAmount, shareOf } from "./amount.ts";
import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import { checkPaymentMethod } from "./customer-calls.ts";
import {
  attachItems,
  draftInvoice,
  finalizeInvoice,
  lineOfItem,
  payInvoice,
  pendingItems,
  voidInvoice,
} from "./invoice-lifecycle.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import { addInterval } from "./period.ts";
import type { Params } from "./params.ts";
import { createInlinePrice, findSellablePrice } from "./price-calls.ts";
import { readItemPricing } from "./item-pricing.ts";
import { showSubscription } from "./show-subscription.ts";
import { invalidRequest, noSuch, StripeError } from "./stripe-error.ts";
import type {
  CollectionMethod,
  CustomerRow,
  Interval,
  InvoiceItemRow,
  InvoiceLineRow,
  PriceRow,
  SubscriptionItemRow,
  SubscriptionRow,
} from "./stripe-rows.ts";

const COLLECTION_METHODS = ["charge_automatically", "send_invoice"] as const;
const PRORATIONS = ["create_prorations", "always_invoice", "none"] as const;
const PAYMENT_BEHAVIORS = ["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"] as const;
const FEEDBACKS = ["customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex", "too_expensive", "unused"] as const;
const ITEMS_MAX = 20;

/**
 * Starts a subscription and makes its first invoice: finalized and charged at once with
 * charge_automatically, a draft for about an hour with send_invoice.
 * @see https://docs.stripe.com/billing/invoices/subscription
 */
export function createSubscription(call: Call): CallResult {
  const { account, params } = call;
  const customer = findCustomer(account, params.requiredText("customer"));
  const collectionMethod = params.oneOf("collection_method", COLLECTION_METHODS) ?? "charge_automatically";
  const daysUntilDue = params.integer("days_until_due") ?? null;
  checkDue(collectionMethod, daysUntilDue);
  const items = readNewItems(call, params);
  const { currency, interval, intervalCount } = commonTerms(account.tables.price, items);
  const wantedCurrency = params.currency("currency");
  if (wantedCurrency !== undefined && wantedCurrency !== currency) {
    throw invalidRequest(`The price specified only supports \`${currency}\`. This doesn't match the expected currency: \`${wantedCurrency}\`.`, { param: "currency" });
  }
  const paymentBehavior = params.oneOf("payment_behavior", PAYMENT_BEHAVIORS) ?? "allow_incomplete";
  const paymentMethod = params.text("default_payment_method");
  const { id, sequence } = account.newId("sub");
  const now = account.nowSeconds();
  const startDate = params.integer("backdate_start_date") ?? now;
  const periodEnd = addInterval(startDate, interval, intervalCount);
  const cancelAtPeriodEnd = params.boolean("cancel_at_period_end") ?? false;
  const cancelAt = params.integer("cancel_at") ?? (cancelAtPeriodEnd ? periodEnd : null);
  const extra = readExtraLines(call, params, currency, now);
  const row: SubscriptionRow = {
    id,
    sequence,
    created: now,
    customer: customer.id,
    status: "active",
    collectionMethod,
    daysUntilDue,
    currency,
    description: params.text("description") ?? null,
    metadata: params.metadata({}),
    items,
    startDate,
    billingCycleAnchor: startDate,
    periodStart: startDate,
    periodEnd,
    cancelAt,
    cancelAtPeriodEnd,
    canceledAt: cancelAt === null ? null : now,
    endedAt: null,
    cancellation: { comment: null, feedback: null, reason: cancelAt === null ? null : "cancellation_requested" },
    latestInvoice: null,
    defaultPaymentMethod: paymentMethod === undefined ? null : checkPaymentMethod(paymentMethod),
  };
  params.oneOf("proration_behavior", PRORATIONS);
  params.boolean("off_session");
  params.finish();
  if (collectionMethod === "charge_automatically" && paymentBehavior !== "default_incomplete") {
    requirePaymentMethod(row, customer);
  }
  save(call, { kind: "subscription", row: { ...row, status: startStatus(row) }, events: ["customer.subscription.created"] });
  return showSubscription(account, billStart(call, row, customer, extra, paymentBehavior));
}

/** A charged subscription is incomplete until its first invoice is paid. */
function startStatus(row: SubscriptionRow): SubscriptionRow["status"] {
  return row.collectionMethod === "charge_automatically" ? "incomplete" : "active";
}

function billStart(
  call: Call,
  row: SubscriptionRow,
  customer: CustomerRow,
  extra: readonly Omit<InvoiceLineRow, "id">[],
  paymentBehavior: (typeof PAYMENT_BEHAVIORS)[number],
): SubscriptionRow {
  const { account } = call;
  const pending = pendingItems(call, customer.id, row.currency, row.id);
  const invoice = draftInvoice(call, {
    customer,
    currency: row.currency,
    collectionMethod: row.collectionMethod,
    billingReason: "subscription_create",
    lines: [...row.items.map((item) => lineOfSubscriptionItem(account.tables.price.get(item.price) as PriceRow, row, item)), ...extra, ...pending.map(lineOfItem)],
    subscription: row,
    daysUntilDue: row.daysUntilDue,
    isAutoAdvance: row.collectionMethod === "send_invoice",
    defaultPaymentMethod: row.defaultPaymentMethod,
  });
  attachItems(call, pending, invoice.id);
  const billed = { ...row, status: startStatus(row), latestInvoice: invoice.id };
  account.store.put(account.tables.subscription, billed);
  if (row.collectionMethod === "send_invoice") return billed;
  const open = finalizeInvoice(call, invoice);
  if (open.status === "open" && paymentBehavior !== "default_incomplete") {
    const { declined } = payInvoice(call, open, { isOutOfBand: false });
    if (declined !== undefined && paymentBehavior === "error_if_incomplete") throw new StripeError(402, declined);
  }
  return account.tables.subscription.get(row.id) as SubscriptionRow;
}

/**
 * Changes a subscription. Changed items are prorated to the second unless `proration_behavior` is
 * none: as pending invoice items, or on an invoice made now (`always_invoice`).
 * @see https://docs.stripe.com/billing/subscriptions/prorations
 */
export function updateSubscription(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "subscription", path["id"] ?? "");
  if (isEnded(before)) {
    throw invalidRequest("A canceled subscription can only update its cancellation_details and metadata.");
  }
  const collectionMethod = params.oneOf("collection_method", COLLECTION_METHODS) ?? before.collectionMethod;
  const given = params.integer("days_until_due");
  const daysUntilDue = collectionMethod === "send_invoice" ? (given ?? before.daysUntilDue) : null;
  checkDue(collectionMethod, collectionMethod === "send_invoice" ? daysUntilDue : (given ?? null));
  const items = params.has("items") ? readChangedItems(call, params, before) : before.items;
  const terms = commonTerms(account.tables.price, items);
  if (terms.currency !== before.currency) {
    throw invalidRequest(`The price specified only supports \`${terms.currency}\`. This doesn't match the expected currency: \`${before.currency}\`.`, { param: "items" });
  }
  const proration = params.oneOf("proration_behavior", PRORATIONS) ?? "create_prorations";
  const at = params.integer("proration_date") ?? account.nowSeconds();
  const description = params.textOrUnset("description");
  const paymentMethod = params.text("default_payment_method");
  const row: SubscriptionRow = {
    ...before,
    ...readCancelation(call, before),
    collectionMethod,
    daysUntilDue,
    items,
    description: description === undefined ? before.description : description,
    metadata: params.metadata(before.metadata),
    defaultPaymentMethod:
      paymentMethod === undefined ? before.defaultPaymentMethod : checkPaymentMethod(paymentMethod),
  };
  params.oneOf("payment_behavior", PAYMENT_BEHAVIORS);
  params.boolean("off_session");
  params.finish();
  save(call, { kind: "subscription", row, before, events: ["customer.subscription.updated"] });
  if (proration !== "none") prorate(call, { before, after: row, at });
  const invoiced = proration === "always_invoice" ? invoicePending(call, row) : row;
  return showSubscription(account, invoiced);
}

/** Ends it now. An incomplete one's open invoice is voided; other invoices stop advancing by themselves. */
export function cancelSubscription(call: Call): CallResult {
  const { account, params, path } = call;
  const before = find(account, "subscription", path["id"] ?? "");
  if (isEnded(before)) throw noSuch("subscription", before.id, "id");
  const now = account.nowSeconds();
  const details = params.object("cancellation_details");
  const wantsProration = params.boolean("prorate") ?? false;
  const wantsInvoice = params.boolean("invoice_now") ?? false;
  const row: SubscriptionRow = {
    ...before,
    status: "canceled",
    canceledAt: now,
    endedAt: now,
    cancelAtPeriodEnd: false,
    cancellation: {
      comment: details?.text("comment") ?? null,
      feedback: details?.oneOf("feedback", FEEDBACKS) ?? null,
      reason: "cancellation_requested",
    },
  };
  params.finish();
  save(call, { kind: "subscription", row, before, events: ["customer.subscription.deleted"] });
  for (const invoice of account.tables.invoice.where("subscription", row.id)) {
    if (before.status === "incomplete" && invoice.status === "open") voidInvoice(call, invoice);
    else if ((invoice.status === "open" || invoice.status === "draft") && invoice.isAutoAdvance) {
      const stopped = { ...invoice, isAutoAdvance: false, autoFinalizesAt: null };
      save(call, { kind: "invoice", row: stopped, before: invoice, events: ["invoice.updated"] });
    }
  }
  if (wantsProration) prorate(call, { before, after: { ...row, items: [] }, at: now });
  if (wantsInvoice) invoicePending(call, row);
  return showSubscription(account, account.tables.subscription.get(row.id) as SubscriptionRow);
}

export function retrieveSubscription({ account, params, path }: Call): CallResult {
  params.finish();
  return showSubscription(account, find(account, "subscription", path["id"] ?? ""));
}

/** Canceled ones are left out unless `status` asks for them. */
export function listSubscriptions({ account, params }: Call): CallResult {
  const customer = params.text("customer");
  const price = params.text("price");
  const status = params.text("status");
  const collectionMethod = params.oneOf("collection_method", COLLECTION_METHODS);
  const isCreatedThen = createdFilter(params);
  const page = listRows({
    table: account.tables.subscription,
    params,
    url: "/v1/subscriptions",
    label: "subscription",
    narrow: customer === undefined ? undefined : { index: "customer", value: customer },
    keep: (row) =>
      hasStatus(row, status) &&
      (price === undefined || row.items.some((item) => item.price === price)) &&
      (collectionMethod === undefined || row.collectionMethod === collectionMethod) &&
      isCreatedThen(row),
    show: (row) => showSubscription(account, row),
  });
  params.finish();
  return page;
}

function hasStatus(row: SubscriptionRow, wanted: string | undefined): boolean {
  if (wanted === "all") return true;
  if (wanted === undefined) return row.status !== "canceled";
  if (wanted === "ended") return isEnded(row);
  return row.status === wanted;
}

function isEnded(row: SubscriptionRow): boolean {
  return row.status === "canceled" || row.status === "incomplete_expired";
}

function readCancelation(call: Call, before: SubscriptionRow) {
  const { account, params } = call;
  const atPeriodEnd = params.boolean("cancel_at_period_end");
  const cancelAt = params.textOrUnset("cancel_at");
  const now = account.nowSeconds();
  if (atPeriodEnd === undefined && cancelAt === undefined) return {};
  const at = atPeriodEnd === true ? before.periodEnd : cancelAt === null || cancelAt === undefined ? null : Number(cancelAt);
  if (at !== null && !Number.isInteger(at)) throw invalidRequest(`Invalid timestamp: ${String(cancelAt)}`, { param: "cancel_at" });
  return {
    cancelAt: at,
    cancelAtPeriodEnd: atPeriodEnd ?? false,
    canceledAt: at === null ? null : now,
    cancellation: { comment: null, feedback: null, reason: at === null ? null : ("cancellation_requested" as const) },
  };
}

function readNewItems(call: Call, params: Params): SubscriptionItemRow[] {
  const given = params.objects("items");
  if (given === undefined || given.length === 0) {
    throw invalidRequest("Missing required param: items.", { code: "parameter_missing", param: "items" });
  }
  if (given.length > ITEMS_MAX) throw invalidRequest(`You can only have up to ${ITEMS_MAX} items.`, { param: "items" });
  return given.map((item) => readItem(call, item));
}

function readItem(call: Call, given: Params, before?: SubscriptionItemRow): SubscriptionItemRow {
  const { account } = call;
  const priceId = given.text("price");
  const priceData = given.object("price_data");
  const quantity = given.integer("quantity") ?? before?.quantity ?? 1;
  if (quantity < 0) throw invalidRequest("This value must be greater than or equal to 0.", { code: "parameter_invalid_integer", param: given.nameOf("quantity") });
  const price =
    priceId !== undefined
      ? findSellablePrice(account, priceId, given.nameOf("price")).id
      : priceData !== undefined
        ? createInlinePrice(call, priceData).id
        : before?.price;
  if (price === undefined) {
    throw invalidRequest(`Missing required param: ${given.nameOf("price")}.`, { code: "parameter_missing", param: given.nameOf("price") });
  }
  return {
    id: before?.id ?? account.newId("si").id,
    created: before?.created ?? account.nowSeconds(),
    price,
    quantity,
    metadata: given.metadata(before?.metadata ?? {}),
  };
}

/** Items are named by id to change or delete them; one without id is added. */
function readChangedItems(call: Call, params: Params, before: SubscriptionRow): SubscriptionItemRow[] {
  let items = [...before.items];
  for (const given of params.objects("items") ?? []) {
    const id = given.text("id");
    const known = id === undefined ? undefined : items.find((item) => item.id === id);
    if (id !== undefined && known === undefined) throw noSuch("subscription item", id, given.nameOf("id"));
    if (given.boolean("deleted") === true) {
      items = items.filter((item) => item.id !== id);
      continue;
    }
    const next = readItem(call, given, known);
    items = known === undefined ? [...items, next] : items.map((item) => (item.id === id ? next : item));
  }
  if (items.length === 0) throw invalidRequest("A subscription must have at least one active item.", { param: "items" });
  if (items.length > ITEMS_MAX) throw invalidRequest(`You can only have up to ${ITEMS_MAX} items.`, { param: "items" });
  return items;
}

/** All items bill in one currency and in one rhythm. */
function commonTerms(
  prices: { get(id: string): PriceRow | undefined },
  items: readonly SubscriptionItemRow[],
): { currency: string; interval: Interval; intervalCount: number } {
  const all = items.map((item) => prices.get(item.price) as PriceRow);
  const first = all[0] as PriceRow;
  for (const price of all) {
    if (price.recurring === null) {
      throw invalidRequest("The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.", { param: "items[0][price]" });
    }
    if (price.currency !== first.currency) {
      throw invalidRequest("The prices of a subscription must all use the same currency.", { param: "items" });
    }
    if (price.recurring.interval !== first.recurring?.interval || price.recurring.intervalCount !== first.recurring.intervalCount) {
      throw invalidRequest("Currently, all items of a subscription must have the same billing interval.", { param: "items" });
    }
  }
  const recurring = first.recurring as NonNullable<PriceRow["recurring"]>;
  return { currency: first.currency, ...recurring };
}

/** `add_invoice_items`: one-off lines on the first invoice. */
function readExtraLines(call: Call, params: Params, currency: string, now: number): Omit<InvoiceLineRow, "id">[] {
  return (params.objects("add_invoice_items") ?? []).map((given) => {
    const priced = given.text("price");
    const pricing = priced === undefined ? readItemPricing(call, given, currency) : oneOff(call, given, priced);
    return {
      ...pricing,
      periodStart: now,
      periodEnd: now,
      isProration: false,
      metadata: given.metadata({}),
      invoiceItem: call.account.newId("ii").id,
      subscription: null,
      subscriptionItem: null,
    };
  });
}

function oneOff(call: Call, given: Params, priceId: string) {
  const price = findSellablePrice(call.account, priceId, given.nameOf("price"));
  const quantity = given.integer("quantity") ?? 1;
  const product = find(call.account, "product", price.product, "product");
  return {
    amount: lineAmount(price.unitAmountDecimal, quantity),
    quantity,
    price: price.id,
    product: product.id,
    unitAmountDecimal: price.unitAmountDecimal,
    description: product.name,
  };
}

function lineOfSubscriptionItem(price: PriceRow, row: SubscriptionRow, item: SubscriptionItemRow): Omit<InvoiceLineRow, "id"> {
  return {
    amount: lineAmount(price.unitAmountDecimal, item.quantity),
    description: `${item.quantity} × ${price.nickname ?? price.product}`,
    quantity: item.quantity,
    price: price.id,
    product: price.product,
    unitAmountDecimal: price.unitAmountDecimal,
    periodStart: row.periodStart,
    periodEnd: row.periodEnd,
    isProration: false,
    metadata: item.metadata,
    invoiceItem: null,
    subscription: row.id,
    subscriptionItem: item.id,
  };
}

/** Credits the unused time of what changed and charges the rest of the period for what came. */
function prorate(call: Call, input: { before: SubscriptionRow; after: SubscriptionRow; at: number }) {
  const { before, after, at } = input;
  const whole = before.periodEnd - before.periodStart;
  const left = Math.max(0, Math.min(whole, before.periodEnd - at));
  if (left === 0) return;
  const share = { part: left, whole, from: at };
  for (const old of before.items) {
    const next = after.items.find((item) => item.id === old.id);
    if (next !== undefined && next.price === old.price && next.quantity === old.quantity) continue;
    addProration(call, before, old, share, -1);
    if (next !== undefined) addProration(call, before, next, share, 1);
  }
  for (const item of after.items) {
    if (!before.items.some((old) => old.id === item.id)) addProration(call, before, item, share, 1);
  }
}

function addProration(
  call: Call,
  subscription: SubscriptionRow,
  item: SubscriptionItemRow,
  share: { part: number; whole: number; from: number },
  sign: 1 | -1,
) {
  const { account } = call;
  const price = account.tables.price.get(item.price) as PriceRow;
  const full = lineAmount(price.unitAmountDecimal, item.quantity);
  const amount = sign * shareOf(full, share.part, share.whole);
  const { id, sequence } = account.newId("ii");
  const row: InvoiceItemRow = {
    id,
    sequence,
    created: account.nowSeconds(),
    customer: subscription.customer,
    currency: subscription.currency,
    amount,
    description: `${sign < 0 ? "Unused" : "Remaining"} time on ${item.quantity} × ${price.nickname ?? price.product}`,
    quantity: item.quantity,
    price: price.id,
    product: price.product,
    unitAmountDecimal: price.unitAmountDecimal,
    periodStart: share.from,
    periodEnd: subscription.periodEnd,
    isProration: true,
    isDiscountable: false,
    metadata: item.metadata,
    invoice: null,
    subscription: subscription.id,
    subscriptionItem: item.id,
  };
  save(call, { kind: "invoiceitem", row, events: ["invoiceitem.created"] });
}

/** Puts what is pending on an invoice now. */
function invoicePending(call: Call, row: SubscriptionRow): SubscriptionRow {
  const { account } = call;
  const items = pendingItems(call, row.customer, row.currency, row.id);
  if (items.length === 0) return row;
  const customer = account.tables.customer.get(row.customer) as CustomerRow;
  const invoice = draftInvoice(call, {
    customer,
    currency: row.currency,
    collectionMethod: row.collectionMethod,
    billingReason: "subscription_update",
    lines: items.map(lineOfItem),
    subscription: row,
    daysUntilDue: row.daysUntilDue,
    isAutoAdvance: row.collectionMethod === "send_invoice",
    defaultPaymentMethod: row.defaultPaymentMethod,
  });
  attachItems(call, items, invoice.id);
  account.store.put(account.tables.subscription, { ...row, latestInvoice: invoice.id });
  if (row.collectionMethod === "charge_automatically") {
    const open = finalizeInvoice(call, invoice);
    const hasMethod = (row.defaultPaymentMethod ?? customer.defaultPaymentMethod) !== null;
    if (open.status === "open" && hasMethod) payInvoice(call, open, { isOutOfBand: false });
  }
  return account.tables.subscription.get(row.id) as SubscriptionRow;
}

function checkDue(collectionMethod: CollectionMethod, daysUntilDue: number | null) {
  if (collectionMethod === "send_invoice" && daysUntilDue === null) {
    throw invalidRequest("You must pass `days_until_due` when `collection_method` is `send_invoice`.", { param: "days_until_due" });
  }
  if (collectionMethod === "charge_automatically" && daysUntilDue !== null) {
    throw invalidRequest("You can only set `days_until_due` if `collection_method` is `send_invoice`.", { param: "days_until_due" });
  }
}

function requirePaymentMethod(row: SubscriptionRow, customer: CustomerRow) {
  if (row.defaultPaymentMethod !== null || customer.defaultPaymentMethod !== null) return;
  throw invalidRequest("This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.", { code: "resource_missing" });
}
