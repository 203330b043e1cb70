import type { Stripe } from "stripe";
import { wholeUnitAmount } from "./amount.ts";
import planSeed from "./fixtures/plan.json" with { type: "json" };
import seed from "./fixtures/price.json" with { type: "json" };
import type { PriceRow } from "./stripe-rows.ts";
import type { Wire } from "./wire.ts";

export function showPrice(row: PriceRow) {
  return {
    ...seed,
    id: row.id,
    object: "price",
    active: row.isActive,
    billing_scheme: "per_unit",
    created: row.created,
    currency: row.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: row.lookupKey,
    metadata: row.metadata,
    nickname: row.nickname,
    product: row.product,
    recurring:
      row.recurring === null
        ? null
        : {
            interval: row.recurring.interval,
            interval_count: row.recurring.intervalCount,
            meter: null,
            trial_period_days: null,
            usage_type: "licensed",
          },
    tax_behavior: row.taxBehavior,
    tiers_mode: null,
    transform_quantity: null,
    type: row.recurring === null ? "one_time" : "recurring",
    unit_amount: wholeUnitAmount(row.unitAmountDecimal),
    unit_amount_decimal: row.unitAmountDecimal,
  } satisfies Wire<Stripe.Price>;
}

/** The same price in the older shape that subscription items still carry as `plan`. */
export function showPlan(row: PriceRow) {
  return {
    ...planSeed,
    id: row.id,
    object: "plan",
    active: row.isActive,
    amount: wholeUnitAmount(row.unitAmountDecimal),
    amount_decimal: row.unitAmountDecimal,
    billing_scheme: "per_unit",
    created: row.created,
    currency: row.currency,
    interval: row.recurring?.interval ?? "month",
    interval_count: row.recurring?.intervalCount ?? 1,
    livemode: false,
    metadata: row.metadata,
    meter: null,
    nickname: row.nickname,
    product: row.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: "licensed",
  } satisfies Wire<Stripe.Plan>;
}
