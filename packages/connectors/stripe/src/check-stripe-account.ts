import { connectorFailure } from "@usher/connector-sdk/http";
import { type CallContext, isConnectorError } from "@usher/connector-sdk/spec";
import type Stripe from "stripe";
import type { StripeClient } from "./stripe-client.ts";
import type { StripeConfig } from "./stripe-config.ts";

const rights: readonly {
  readonly name: string;
  readonly read: (stripe: Stripe) => Promise<unknown>;
}[] = [
  { name: "Customers", read: (stripe) => stripe.customers.list({ limit: 1 }) },
  { name: "Products", read: (stripe) => stripe.products.list({ limit: 1 }) },
  { name: "Subscriptions", read: (stripe) => stripe.subscriptions.list({ limit: 1 }) },
  { name: "Invoices", read: (stripe) => stripe.invoices.list({ limit: 1 }) },
  { name: "Events", read: (stripe) => stripe.events.list({ limit: 1 }) },
];

const featureRight = {
  name: "Entitlements",
  read: (stripe: Stripe) => stripe.entitlements.features.list({ limit: 1 }),
};

const checkoutRight = {
  name: "Checkout Sessions",
  read: (stripe: Stripe) => stripe.checkout.sessions.list({ limit: 1 }),
};

/** Read-only: proves the key, and names every right it lacks. Whether it may also write, Stripe tells only on writing. */
export async function checkStripeAccount(input: {
  readonly client: StripeClient;
  readonly config: Pick<StripeConfig, "keepFeatures" | "checkout">;
  readonly context: CallContext;
}): Promise<void> {
  const { client, config, context } = input;
  const lacking: string[] = [];
  for (const { name, read } of [
    ...rights,
    ...(config.keepFeatures ? [featureRight] : []),
    ...(config.checkout ? [checkoutRight] : []),
  ]) {
    try {
      await client.call({ what: `Reading ${name}`, isWrite: false, run: read }, context);
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "permission") throw error;
      lacking.push(name);
    }
  }
  if (lacking.length === 0) return;
  throw connectorFailure({
    category: "permission",
    message: `The Stripe key may not read ${lacking.join(", ")}. Give the restricted key “write” on them (“read” on Events).`,
  });
}
