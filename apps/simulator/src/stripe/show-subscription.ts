import type { Stripe } from "stripe";
import seed from "./fixtures/subscription.json" with { type: "json" };
import { showPlan, showPrice } from "./show-price.ts";
import type { StripeAccount } from "./stripe-account.ts";
import type { PriceRow, SubscriptionItemRow, SubscriptionRow } from "./stripe-rows.ts";
import { type Wire, wireList } from "./wire.ts";

/** A subscription in the current shape: its billing period stands on the items. */
export function showSubscription(account: StripeAccount, row: SubscriptionRow) {
  const items = row.items.map((item) => showSubscriptionItem(account, row, item));
  return {
    ...seed,
    id: row.id,
    object: "subscription",
    application: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null, disabled_reason: null },
    billing_cycle_anchor: row.billingCycleAnchor,
    billing_cycle_anchor_config: null,
    billing_mode: { type: "flexible", flexible: null },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: row.cancelAt,
    cancel_at_period_end: row.cancelAtPeriodEnd,
    canceled_at: row.canceledAt,
    cancellation_details: { ...row.cancellation, feedback_option: null },
    collection_method: row.collectionMethod,
    created: row.created,
    currency: row.currency,
    customer: row.customer,
    customer_account: null,
    days_until_due: row.daysUntilDue,
    default_payment_method: row.defaultPaymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: row.description,
    discounts: [],
    ended_at: row.endedAt,
    invoice_settings: { ...seed.invoice_settings, account_tax_ids: null, issuer: { type: "self" } },
    items: wireList(`/v1/subscription_items?subscription=${row.id}`, items),
    latest_invoice: row.latestInvoice,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: row.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: "off",
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: row.schedule ?? null,
    start_date: row.startDate,
    status: row.status,
    test_clock: null,
    transfer_data: null,
    trial_end: row.trialEnd,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: "create_invoice" },
    },
    trial_start: row.trialStart,
  } satisfies Wire<Stripe.Subscription>;
}

function showSubscriptionItem(
  account: StripeAccount,
  subscription: SubscriptionRow,
  item: SubscriptionItemRow,
) {
  const price = account.tables.price.get(item.price) as PriceRow;
  return {
    id: item.id,
    object: "subscription_item",
    billing_thresholds: null,
    created: item.created,
    current_period_end: subscription.periodEnd,
    current_period_start: subscription.periodStart,
    current_trial: null,
    discounts: [],
    metadata: item.metadata,
    plan: showPlan(price),
    price: showPrice(price),
    quantity: item.quantity,
    subscription: subscription.id,
    tax_rates: [],
  } satisfies Wire<Stripe.SubscriptionItem>;
}
