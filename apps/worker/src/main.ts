import { createHubSpotConnector } from "@usher/connector-hubspot";
import { createSalesforceConnector } from "@usher/connector-salesforce";
import { createStripeConnector } from "@usher/connector-stripe";
import { createTrytonConnector } from "@usher/connector-tryton";
import { runWorkerProcess } from "./run-worker-process.ts";

await runWorkerProcess({
  connectors: [
    createSalesforceConnector(),
    createHubSpotConnector(),
    createStripeConnector(),
    createTrytonConnector(),
  ],
});
