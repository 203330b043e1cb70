import type { Stripe } from "stripe";
import seed from "./fixtures/subscription_schedule.json" with { type: "json" };
import type { StripeAccount } from "./stripe-account.ts";
import type { SchedulePhaseRow, SubscriptionScheduleRow } from "./subscription-schedule-rows.ts";
import type { Wire } from "./wire.ts";

export function showSubscriptionSchedule(account: StripeAccount, row: SubscriptionScheduleRow) {
  const now = account.nowSeconds();
  const current =
    row.status === "active"
      ? row.phases.find((phase) => phase.startDate <= now && now < phase.endDate)
      : undefined;
  return {
    ...seed,
    id: row.id,
    object: "subscription_schedule",
    application: null,
    billing_mode: { type: "flexible", flexible: null },
    canceled_at: row.canceledAt,
    completed_at: row.completedAt,
    created: row.created,
    current_phase:
      current === undefined ? null : { start_date: current.startDate, end_date: current.endDate },
    customer: row.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: "automatic",
      billing_thresholds: null,
      collection_method: row.collectionMethod,
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: row.daysUntilDue,
        description: null,
        footer: null,
        issuer: { type: "self" },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: row.endBehavior,
    livemode: false,
    metadata: row.metadata,
    pause_schedules: [],
    phases: row.phases.map(showPhase),
    released_at: row.releasedAt,
    released_subscription: row.releasedSubscription,
    status: row.status,
    subscription: row.subscription,
    test_clock: null,
  } satisfies Wire<Stripe.SubscriptionSchedule>;
}

function showPhase(phase: SchedulePhaseRow) {
  return {
    add_invoice_items: phase.extraLines.map((line) => ({
      discountable: true,
      discounts: [],
      metadata: line.metadata,
      period: { start: { type: "phase_start" }, end: { type: "phase_end" } },
      price: line.price ?? "",
      quantity: line.quantity,
      tax_rates: [],
    })),
    application_fee_percent: null,
    billing_cycle_anchor: phase.billingCycleAnchor,
    billing_thresholds: null,
    collection_method: null,
    currency: phase.currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: phase.endDate,
    invoice_settings: null,
    items: phase.items.map((item) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: item.metadata,
      plan: item.price,
      price: item.price,
      quantity: item.quantity,
      tax_rates: [],
    })),
    metadata: phase.metadata,
    on_behalf_of: null,
    proration_behavior: phase.prorationBehavior,
    start_date: phase.startDate,
    transfer_data: null,
    trial_end: null,
  };
}
