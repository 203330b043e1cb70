import { toWireCatalog, type UsherClient } from "@usher/api-contract";
import { expectOk } from "../hub.ts";
import type { SimulatorControl } from "../simulator-control.ts";
import { demoCatalog } from "./demo-catalog.ts";
import type { HubSecrets } from "./hub-secrets.ts";

/** What the simulator accepts; they open nothing outside this machine. */
const simulatedCredentials = {
  salesforceClientId: "usher-demo-client",
  salesforceClientSecret: "usher-demo-secret",
  stripeKey: "sk_test_usherdemo",
} as const;

export const simulatorEnvironment = {
  SIMULATOR_SALESFORCE_CLIENT_ID: simulatedCredentials.salesforceClientId,
  SIMULATOR_SALESFORCE_CLIENT_SECRET: simulatedCredentials.salesforceClientSecret,
  SIMULATOR_STRIPE_SECRET_KEY: simulatedCredentials.stripeKey,
} as const;

/** Connects the simulated vendors and publishes the demo's catalog, by the API as an operator would. Repeatable. */
export async function seedDemo(input: {
  readonly hub: UsherClient;
  readonly baseUrl: string;
  readonly simulatorUrl: string;
  readonly simulator: SimulatorControl;
  readonly secrets: HubSecrets;
}): Promise<void> {
  const { hub, secrets, simulatorUrl } = input;
  const salesforce = expectOk(
    await hub.call("createConnection", {
      body: {
        vendor: "salesforce",
        name: "Salesforce (simulated)",
        kinds: ["crm"],
        config: {
          authKind: "client_credentials",
          loginUrl: simulatorUrl,
          instanceUrl: simulatorUrl,
          clientId: simulatedCredentials.salesforceClientId,
          isMultiCurrency: true,
        },
        secrets: { clientSecret: simulatedCredentials.salesforceClientSecret },
        webhook_secrets: [secrets.salesforce_webhook_secret],
      },
    }),
  );
  const stripe = expectOk(
    await hub.call("createConnection", {
      body: {
        vendor: "stripe",
        name: "Stripe (simulated)",
        kinds: ["billing"],
        config: { baseUrl: simulatorUrl },
        secrets: { apiKey: simulatedCredentials.stripeKey },
        webhook_secrets: [secrets.stripe_webhook_secret],
      },
    }),
  );
  const inbound = (connection: { readonly id: string }) =>
    `${input.baseUrl}/v1/inbound/${connection.id}`;
  await input.simulator.sendWebhooksTo([
    { vendor: "salesforce", url: inbound(salesforce), secret: secrets.salesforce_webhook_secret },
    { vendor: "stripe", url: inbound(stripe), secret: secrets.stripe_webhook_secret },
  ]);
  const catalog = toWireCatalog(demoCatalog);
  const published = await hub.call("getCatalog");
  // A catalog that someone pushed since stays: a start must not undo a person's work.
  if (!published.ok) expectOk(await hub.call("publishCatalog", { body: catalog }));
}
