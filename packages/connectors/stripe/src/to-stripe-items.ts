import type { BillingOrder, CallContext } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import type { SubscriptionGroup, SubscriptionLine } from "./group-subscription-lines.ts";
import { toStripeAmount } from "./stripe-amount.ts";
import { lineMetadata } from "./stripe-metadata.ts";
import type { StripeProducts } from "./stripe-products.ts";

interface ToStripe {
  readonly products: StripeProducts;
  readonly context: CallContext;
  readonly order: Pick<BillingOrder, "currency">;
}

/** One period of a line, as an item of a subscription, of a schedule's phase or of a checkout. */
export interface StripeRecurringItem {
  readonly price_data: {
    readonly currency: string;
    readonly product: string;
    readonly recurring: Stripe.SubscriptionCreateParams.Item.PriceData.Recurring;
    readonly unit_amount: number;
  };
  readonly quantity: number;
  readonly metadata: Record<string, string>;
}

/** What of a line is billed once. */
export interface StripeOneOffItem {
  readonly price_data: {
    readonly currency: string;
    readonly product: string;
    readonly unit_amount: number;
  };
  readonly quantity: number;
  readonly metadata: Record<string, string>;
}

export async function toStripeItem(
  input: ToStripe & { readonly line: SubscriptionLine },
): Promise<StripeRecurringItem> {
  const { products, context, order, line } = input;
  const { interval, intervalCount, perPeriodMinor } = line.installments;
  return {
    price_data: {
      currency: order.currency.toLowerCase(),
      product: await products.ensure(line.line, context),
      recurring: { interval, interval_count: intervalCount },
      unit_amount: toStripeAmount({ minor: perPeriodMinor, currency: order.currency }),
    },
    quantity: line.line.quantity,
    metadata: lineMetadata(line.line),
  };
}

/** The cents that do not divide, which are billed with the first period. */
export async function toStripeRests(
  input: ToStripe & { readonly group: SubscriptionGroup },
): Promise<readonly StripeOneOffItem[]> {
  const { products, context, order, group } = input;
  return Promise.all(
    group.lines
      .filter(({ installments }) => installments.remainderMinor > 0)
      .map(async ({ line, installments }) => ({
        price_data: {
          currency: order.currency.toLowerCase(),
          product: await products.ensure(line, context),
          unit_amount: toStripeAmount({
            minor: installments.remainderMinor,
            currency: order.currency,
          }),
        },
        quantity: line.quantity,
        metadata: lineMetadata(line),
      })),
  );
}
