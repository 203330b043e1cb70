import { currencyExponent } from "../currency.ts";
import { parseDecimal, toUnits } from "../decimal.ts";
import type { RecordRow } from "../salesforce/org.ts";
import type { SimulatorParts } from "../simulator-parts.ts";
import { lineAmount } from "../stripe/amount.ts";
import type { StripeAccount } from "../stripe/stripe-account.ts";
import type { PriceRow, ProductRow, SubscriptionItemRow } from "../stripe/stripe-rows.ts";
import { dealLines } from "./edit-deal.ts";
import { summarizeHubSpot } from "./hubspot/summarize-hubspot.ts";
import { createProductSums } from "./product-sums.ts";
import { summarizeNetSuite } from "./summarize-netsuite.ts";

/** Figures for an audit: CRM and billing by product, to the cent and the seat. */
export function summarizeState(parts: SimulatorParts) {
  const { org, account, portal, netsuite, webhooks, faults, traffic } = parts;
  return {
    salesforce: {
      ...summarizeDeals(org),
      api_calls: traffic.counts("salesforce"),
      pending_notifications: webhooks.pending("salesforce"),
    },
    hubspot: {
      ...summarizeHubSpot(portal),
      api_calls: traffic.counts("hubspot"),
      pending_webhooks: webhooks.pending("hubspot"),
    },
    stripe: {
      ...summarizeBilling(account),
      api_calls: traffic.counts("stripe"),
      pending_webhooks: webhooks.pending("stripe"),
    },
    netsuite: { ...summarizeNetSuite(netsuite), api_calls: traffic.counts("netsuite") },
    faults: faults.list().length,
  };
}

function summarizeDeals(org: SimulatorParts["org"]) {
  const living = [...org.table("Opportunity").all()].filter(
    (row) => row.values["IsDeleted"] !== true,
  );
  const won = living.filter((row) => row.values["IsWon"] === true);
  const wonByProduct = createProductSums();
  const byStatus: Record<string, number> = {};
  const statusField = `${org.settings().fieldPrefix}_Status__c`;
  for (const deal of living) {
    const status = deal.values[statusField];
    if (typeof status === "string") byStatus[status] = (byStatus[status] ?? 0) + 1;
  }
  for (const deal of won) {
    const currency = String(deal.values["CurrencyIsoCode"]);
    for (const line of dealLines(org, deal.id)) {
      wonByProduct.add({
        product: String(line.values["ProductCode"] ?? ""),
        quantity: Number(line.values["Quantity"]),
        minor: minorOf(line, currency),
        currency,
      });
    }
  }
  const count = (object: string) =>
    [...org.table(object).all()].filter((row) => row.values["IsDeleted"] !== true).length;
  return {
    counts: {
      accounts: count("Account"),
      products: count("Product2"),
      opportunities: living.length,
      won: won.length,
      lines: count("OpportunityLineItem"),
      tasks: count("Task"),
    },
    won_by_product: wonByProduct.toJson(),
    by_status: byStatus,
  };
}

function minorOf(line: RecordRow, currency: string): number {
  const total = parseDecimal(String(line.values["TotalPrice"] ?? 0));
  return total === undefined ? 0 : Number(toUnits(total, currencyExponent(currency)));
}

export function summarizeBilling(account: StripeAccount) {
  const subscriptions: Record<string, number> = {};
  const schedules: Record<string, number> = {};
  const invoices: Record<string, number> = {};
  const liveSubscriptions = createProductSums();
  const standingInvoices = createProductSums();
  const singleInvoices = createProductSums();
  const paidInvoices = createProductSums();
  const addItem = (item: SubscriptionItemRow, currency: string) => {
    const price = account.tables.price.get(item.price) as PriceRow;
    liveSubscriptions.add({
      product: skuOf(account, price.product, item.metadata),
      quantity: item.quantity,
      minor: lineAmount(price.unitAmountDecimal, item.quantity),
      currency,
    });
  };
  for (const row of account.tables.subscription.all()) {
    subscriptions[row.status] = (subscriptions[row.status] ?? 0) + 1;
    if (row.status === "canceled" || row.status === "incomplete_expired") continue;
    for (const item of row.items) addItem(item, row.currency);
  }
  for (const { status, phases } of account.tables.subscription_schedule.all()) {
    schedules[status] = (schedules[status] ?? 0) + 1;
    const [first] = phases;
    if (status !== "not_started" || first === undefined) continue;
    for (const item of first.items) addItem(item, first.currency);
  }
  for (const row of account.tables.invoice.all()) {
    if (row.isDeleted) continue;
    invoices[row.status] = (invoices[row.status] ?? 0) + 1;
    if (row.status === "void" || row.status === "uncollectible") continue;
    for (const line of row.lines) {
      const one = {
        product: skuOf(account, line.product, line.metadata),
        quantity: line.quantity,
        minor: line.amount,
        currency: row.currency,
      };
      standingInvoices.add(one);
      if (row.subscription === null) singleInvoices.add(one);
      if (row.status === "paid") paidInvoices.add(one);
    }
  }
  return {
    counts: {
      customers: [...account.tables.customer.all()].filter((row) => !row.isDeleted).length,
      products: account.tables.product.size,
      prices: account.tables.price.size,
      subscriptions,
      schedules,
      invoices,
      credit_notes: account.tables.credit_note.size,
      pending_items: [...account.tables.invoiceitem.all()].filter((row) => row.invoice === null)
        .length,
      events: account.events.size,
    },
    /** One period of every subscription that has not ended, those included that are scheduled to begin. */
    subscriptions_by_product: liveSubscriptions.toJson(),
    /** Drafts, open and paid ones. */
    invoices_by_product: standingInvoices.toJson(),
    /** Those of them that no subscription wrote. */
    single_invoices_by_product: singleInvoices.toJson(),
    paid_by_product: paidInvoices.toJson(),
  };
}

/** The seller's own code, as the line or the product carries it; else the product's name. */
function skuOf(
  account: StripeAccount,
  productId: string | null,
  metadata: Readonly<Record<string, string>>,
): string {
  const product: ProductRow | undefined =
    productId === null ? undefined : account.tables.product.get(productId);
  return (
    metadata["usher_sku"] ??
    metadata["sku"] ??
    product?.metadata["usher_sku"] ??
    product?.metadata["sku"] ??
    product?.name ??
    "(no product)"
  );
}
