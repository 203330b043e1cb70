import { lineAmount } from "./amount.ts";
import { type Call, type CallResult, find, findCustomer, save } from "./call.ts";
import type { CheckoutSessionRow } from "./checkout-rows.ts";
import { createdFilter, listRows } from "./list-rows.ts";
import type { Params } from "./params.ts";
import { createInlinePrice } from "./price-calls.ts";
import { showCheckoutSession } from "./show-checkout-session.ts";
import { invalidRequest } from "./stripe-error.ts";
import type { InvoiceLineRow, PriceRow, SubscriptionItemRow } from "./stripe-rows.ts";
import { commonTerms } from "./subscription-items.ts";

const MODES = ["payment", "subscription"] as const;
const STATUSES = ["open", "complete", "expired"] as const;
const OPEN_SECONDS_MIN = 30 * 60;
const OPEN_SECONDS_MAX = 86_400;
const TRIAL_SECONDS_MIN = 48 * 3_600;

/**
 * A page of Stripe's on which the customer pays. Items are priced on the spot; one-off items of a
 * subscription are billed with its first period.
 * @see https://docs.stripe.com/api/checkout/sessions/create
 */
export function createCheckoutSession(call: Call): CallResult {
  const { account, params } = call;
  const mode = params.oneOf("mode", MODES);
  if (mode === undefined)
    throw invalidRequest("Missing required param: mode.", {
      code: "parameter_missing",
      param: "mode",
    });
  const customer = findCustomer(account, params.requiredText("customer"));
  const { items, lines, currency } = readLineItems(call, mode);
  const now = account.nowSeconds();
  const data = params.object("subscription_data");
  const trialEnd = data?.integer("trial_end") ?? null;
  if (trialEnd !== null && trialEnd < now + TRIAL_SECONDS_MIN)
    throw invalidRequest("The `trial_end` date has to be at least 48 hours in the future.", {
      param: "subscription_data[trial_end]",
    });
  const invoiceCreation = params.object("invoice_creation");
  if (mode === "subscription" && invoiceCreation !== undefined)
    throw invalidRequest("You can only enable invoice creation when `mode` is set to `payment`.", {
      param: "invoice_creation",
    });
  if (mode === "payment" && data !== undefined)
    throw invalidRequest("You can not pass `subscription_data` in `payment` mode.", {
      param: "subscription_data",
    });
  const made = data ?? invoiceCreation?.object("invoice_data");
  const row: CheckoutSessionRow = {
    ...account.newId("cs_test"),
    created: now,
    customer: customer.id,
    mode,
    status: "open",
    paymentStatus: "unpaid",
    currency,
    items,
    lines,
    metadata: params.metadata({}),
    madeMetadata: made?.metadata({}) ?? {},
    makesInvoice: invoiceCreation?.boolean("enabled") ?? false,
    trialEnd,
    clientReferenceId: params.text("client_reference_id") ?? null,
    successUrl: params.requiredText("success_url"),
    cancelUrl: params.text("cancel_url") ?? null,
    expiresAt: readExpiry(params, now),
    subscription: null,
    invoice: null,
  };
  params.finish();
  save(call, { kind: "checkout.session", row, events: [] });
  return showCheckoutSession(account, row);
}

export function retrieveCheckoutSession({ account, params, path }: Call): CallResult {
  params.finish();
  return showCheckoutSession(account, find(account, "checkout.session", path["id"] ?? ""));
}

export function listCheckoutSessions({ account, params }: Call): CallResult {
  const customer = params.text("customer");
  const status = params.oneOf("status", STATUSES);
  const isCreatedThen = createdFilter(params);
  const page = listRows({
    table: account.tables["checkout.session"],
    params,
    url: "/v1/checkout/sessions",
    label: "checkout.session",
    narrow: customer === undefined ? undefined : { index: "customer", value: customer },
    keep: (row) => (status === undefined || row.status === status) && isCreatedThen(row),
    show: (row) => showCheckoutSession(account, row),
  });
  params.finish();
  return page;
}

/** Only an open page can be closed. */
export function expireCheckoutSession(call: Call): CallResult {
  const { account, params, path } = call;
  params.finish();
  const before = find(account, "checkout.session", path["id"] ?? "");
  if (before.status !== "open")
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${before.status}.`,
    );
  const row: CheckoutSessionRow = { ...before, status: "expired" };
  save(call, { kind: "checkout.session", row, events: ["checkout.session.expired"] });
  return showCheckoutSession(account, row);
}

function readExpiry(params: Params, now: number): number {
  const given = params.integer("expires_at");
  if (given === undefined) return now + OPEN_SECONDS_MAX;
  if (given >= now + OPEN_SECONDS_MIN && given <= now + OPEN_SECONDS_MAX) return given;
  throw invalidRequest(
    "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
    { param: "expires_at" },
  );
}

function readLineItems(call: Call, mode: (typeof MODES)[number]) {
  const { account, params } = call;
  const items: SubscriptionItemRow[] = [];
  const lines: Omit<InvoiceLineRow, "id">[] = [];
  const prices: PriceRow[] = [];
  for (const given of params.objects("line_items") ?? []) {
    const priceData = given.object("price_data");
    if (priceData === undefined)
      throw invalidRequest(`Missing required param: ${given.nameOf("price_data")}.`, {
        code: "parameter_missing",
        param: given.nameOf("price_data"),
      });
    const price = createInlinePrice(call, priceData);
    const quantity = given.integer("quantity") ?? 1;
    prices.push(price);
    // The line's own; neither the subscription's item nor the invoice's line gets it.
    given.metadata({});
    if (price.recurring === null) lines.push(oneOffLine(call, price, quantity));
    else
      items.push({
        id: account.newId("si").id,
        created: account.nowSeconds(),
        price: price.id,
        quantity,
        metadata: {},
      });
  }
  const [first] = prices;
  if (first === undefined)
    throw invalidRequest("You must specify at least one line item.", { param: "line_items" });
  if (prices.some(({ currency }) => currency !== first.currency))
    throw invalidRequest("All line items must use the same currency.", { param: "line_items" });
  if (mode === "payment" && items.length > 0)
    throw invalidRequest(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      { param: "line_items" },
    );
  if (mode === "subscription" && items.length === 0)
    throw invalidRequest(
      "You must provide at least one recurring price in `subscription` mode when using prices.",
      { param: "line_items" },
    );
  if (items.length > 0) commonTerms(account.tables.price, items);
  return { items, lines, currency: first.currency };
}

function oneOffLine(call: Call, price: PriceRow, quantity: number): Omit<InvoiceLineRow, "id"> {
  const now = call.account.nowSeconds();
  return {
    amount: lineAmount(price.unitAmountDecimal, quantity),
    description: call.account.tables.product.get(price.product)?.name ?? null,
    quantity,
    price: price.id,
    product: price.product,
    unitAmountDecimal: price.unitAmountDecimal,
    periodStart: now,
    periodEnd: now,
    isProration: false,
    metadata: {},
    invoiceItem: call.account.newId("ii").id,
    subscription: null,
    subscriptionItem: null,
  };
}
