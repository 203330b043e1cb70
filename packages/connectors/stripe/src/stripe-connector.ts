import { guarded, parseConfig } from "@usher/connector-sdk/http";
import type {
  BillingConnector,
  ConnectorDefinition,
  ConnectorManifest,
} from "@usher/connector-sdk/spec";
import { billOrder } from "./bill-order.ts";
import { cancelOrderBilling } from "./cancel-order-billing.ts";
import { checkStripeAccount } from "./check-stripe-account.ts";
import { keepFeatures } from "./keep-features.ts";
import { readStripeChange, stripeEventTypes } from "./read-stripe-change.ts";
import { readStripeEvents } from "./read-stripe-events.ts";
import { startCheckout } from "./start-checkout.ts";
import { stripeCheckpoint } from "./stripe-checkpoint.ts";
import { createStripeClient } from "./stripe-client.ts";
import { stripeConfig } from "./stripe-config.ts";
import { createStripeCustomers } from "./stripe-customers.ts";
import { createStripeProducts } from "./stripe-products.ts";
import { stripeWebhooks } from "./stripe-webhook.ts";

export const stripeManifest: ConnectorManifest = {
  id: "stripe",
  name: "Stripe",
  version: "0.1.0",
  kinds: ["billing"],
  authKinds: ["api_key"],
  secretFields: ["apiKey"],
  configSchema: stripeConfig,
  allowedHosts: ["api.stripe.com"],
  scopes: [
    "customers:write",
    "products:write",
    "subscriptions:write",
    "invoices:write",
    "credit_notes:write",
    "events:read",
    "entitlements:write",
    "checkout_sessions:write",
  ],
  limits: { concurrentCallsMax: 10, batchSizeMax: 1 },
  streams: [{ name: "events", checkpointSchema: stripeCheckpoint }],
  webhookEvents: stripeEventTypes,
};

/**
 * Bills of an order in Stripe. Each connected system has its own client, limit and memory. Every
 * method throws `ConnectorError` and nothing else.
 */
export function createStripeConnector(): ConnectorDefinition {
  return {
    manifest: stripeManifest,
    connect({ config: given }, { fetch, now }) {
      const config = parseConfig({ schema: stripeConfig, config: given, vendor: "Stripe" });
      const client = createStripeClient({ config, fetch, now });
      const customers = createStripeCustomers({ client, fallbackEmail: config.fallbackEmail, now });
      const products = createStripeProducts({ client });

      const billing: BillingConnector = {
        check: (context) =>
          guarded({ what: "Checking the account", isWrite: false }, () =>
            checkStripeAccount({ client, config, context }),
          ),
        bill: (order, context) =>
          guarded({ what: "Billing the order", isWrite: true }, () =>
            billOrder({ order, client, customers, products, config, context, nowMs: now() }),
          ),
        cancelBilling: ({ orderId, customerId, reason, remoteCustomerId = null }, context) =>
          guarded({ what: "Taking back the bills", isWrite: true }, () =>
            cancelOrderBilling({
              orderId,
              customerId,
              remoteCustomerId,
              reason,
              closesCheckouts: config.checkout,
              client,
              customers,
              context,
            }),
          ),
        readChange: ({ body }, context) =>
          guarded({ what: "Reading a change", isWrite: false }, () =>
            readStripeChange({ body, client, context }),
          ),
        readAnnouncements: ({ checkpoint }, context) =>
          guarded({ what: "Reading what was announced", isWrite: false }, () =>
            readStripeEvents({
              checkpoint,
              client,
              overlapSeconds: config.overlapSeconds,
              hasCheckout: config.checkout,
              nowMs: now(),
              context,
            }),
          ),
        ...(config.checkout
          ? {
              startCheckout: (request, context) =>
                guarded({ what: "Opening a checkout", isWrite: true }, () =>
                  startCheckout({ request, client, customers, products, context, nowMs: now() }),
                ),
            }
          : {}),
        ...(config.keepFeatures
          ? {
              keepFeatures: ({ products: sold }, context) =>
                guarded({ what: "Keeping the features", isWrite: true }, () =>
                  keepFeatures({ client, products, sold, context }),
                ),
            }
          : {}),
      };
      return { crm: null, billing, webhooks: stripeWebhooks, close: () => Promise.resolve() };
    },
  };
}
