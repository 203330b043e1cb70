import { loadConnectors } from "./load-connectors.ts";
import { runWorkerProcess } from "./run-worker-process.ts";

await runWorkerProcess(
  await loadConnectors([
    {
      vendor: "salesforce",
      load: async () => (await import("@usher/connector-salesforce")).createSalesforceConnector(),
    },
    {
      vendor: "hubspot",
      load: async () => (await import("@usher/connector-hubspot")).createHubSpotConnector(),
    },
    {
      vendor: "stripe",
      load: async () => (await import("@usher/connector-stripe")).createStripeConnector(),
    },
    {
      vendor: "tryton",
      load: async () => (await import("@usher/connector-tryton")).createTrytonConnector(),
    },
    {
      vendor: "netsuite",
      load: async () => (await import("@usher/connector-netsuite")).createNetsuiteConnector(),
    },
  ]),
);
