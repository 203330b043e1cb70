import type { BillingOrder, CallContext } from "@usher/connector-sdk/spec";
import type { StandingBill } from "./find-order-bills.ts";
import type { SubscriptionGroup } from "./group-subscription-lines.ts";
import type { StripeClient } from "./stripe-client.ts";
import type { StripeConfig } from "./stripe-config.ts";
import type { StripeProducts } from "./stripe-products.ts";

/** What it takes to bill one group of lines by a subscription. */
export interface SubscriptionBilling {
  readonly client: StripeClient;
  readonly products: StripeProducts;
  readonly config: StripeConfig;
  readonly context: CallContext;
  readonly order: BillingOrder;
  readonly customer: string;
  readonly nowMs: number;
  readonly group: SubscriptionGroup;
  /** Reads again what stands for the order. */
  readonly findAll: () => Promise<readonly StandingBill[]>;
}

/** Clocks differ: what begins within a minute begins now. */
const soonSeconds = 60;

/** The group's term in Unix seconds, and whether it is still to come, or over. */
export function termOf(input: { readonly group: SubscriptionGroup; readonly nowMs: number }): {
  readonly start: number;
  readonly end: number;
  readonly isAhead: boolean;
  readonly isOver: boolean;
} {
  const { group, nowMs } = input;
  const start = Math.floor(Date.parse(group.startsAtIso) / 1000);
  const end = Math.floor(Date.parse(group.endsAtIso) / 1000);
  const soon = nowMs / 1000 + soonSeconds;
  return { start, end, isAhead: start > soon, isOver: end <= soon };
}
