export { createStripeConnector, stripeManifest } from "./stripe-connector.ts";
