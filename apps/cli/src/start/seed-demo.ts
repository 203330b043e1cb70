import { generateKeyPairSync } from "node:crypto";
import { toWireCatalog, type UsherClient } from "@usher/api-contract";
import { expectOk } from "../hub.ts";
import { type SimulatedCrm, type SimulatorControl, simulatedCrms } from "../simulator-control.ts";
import { demoCatalog } from "./demo-catalog.ts";
import type { HubSecrets } from "./hub-secrets.ts";

/** What the simulator accepts; they open nothing outside this machine. */
const simulatedCredentials = {
  salesforceClientId: "usher-demo-client",
  salesforceClientSecret: "usher-demo-secret",
  hubspotAccessToken: "pat-na1-usher-demo",
  stripeKey: "sk_test_usherdemo",
  netsuiteAccountId: "TSTDRV1234567",
  netsuiteClientId: "usher-netsuite-client",
} as const;

export const simulatorEnvironment = {
  SIMULATOR_SALESFORCE_CLIENT_ID: simulatedCredentials.salesforceClientId,
  SIMULATOR_SALESFORCE_CLIENT_SECRET: simulatedCredentials.salesforceClientSecret,
  SIMULATOR_HUBSPOT_ACCESS_TOKEN: simulatedCredentials.hubspotAccessToken,
  SIMULATOR_STRIPE_SECRET_KEY: simulatedCredentials.stripeKey,
} as const;

/** Connects the simulated vendors and publishes the demo's catalog, by the API as an operator would. Repeatable. */
export async function seedDemo(input: {
  readonly hub: UsherClient;
  readonly baseUrl: string;
  readonly simulatorUrl: string;
  readonly simulator: SimulatorControl;
  readonly secrets: HubSecrets;
  /** Which simulated CRMs are connected; default: all. */
  readonly crms?: readonly SimulatedCrm[];
  /** Whether orders are booked in the simulated NetSuite beside being billed; default: no. */
  readonly isBooked?: boolean;
}): Promise<void> {
  const { hub, secrets, simulatorUrl, crms = simulatedCrms, isBooked = false } = input;
  const vendors = [...crms, "stripe"] as const;
  const webhookSecrets = {
    salesforce: secrets.salesforce_webhook_secret,
    hubspot: secrets.hubspot_webhook_secret,
    stripe: secrets.stripe_webhook_secret,
  };
  const endpoints = [];
  for (const vendor of vendors) {
    const secret = webhookSecrets[vendor];
    const { id } = expectOk(
      await hub.call("createConnection", {
        body: {
          vendor,
          ...connectionsTo(simulatorUrl)[vendor],
          webhook_secrets: [secret],
        },
      }),
    );
    endpoints.push({ vendor, url: `${input.baseUrl}/v1/inbound/${id}`, secret });
  }
  await input.simulator.sendWebhooksTo(endpoints);
  if (isBooked) await connectErp({ hub, simulator: input.simulator, simulatorUrl });
  const catalog = toWireCatalog(demoCatalog);
  const published = await hub.call("getCatalog");
  // A catalog that someone pushed since stays: a start must not undo a person's work.
  if (!published.ok) expectOk(await hub.call("publishCatalog", { body: catalog }));
}

/** With a key of this start: its certificate is given to the simulated account first. */
async function connectErp(input: {
  readonly hub: UsherClient;
  readonly simulator: SimulatorControl;
  readonly simulatorUrl: string;
}): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const clientId = simulatedCredentials.netsuiteClientId;
  const certificateId = await input.simulator.mapCertificate({ clientId, publicKey });
  expectOk(
    await input.hub.call("createConnection", {
      body: {
        vendor: "netsuite",
        name: "NetSuite (simulated)",
        kinds: ["erp"],
        config: {
          accountId: simulatedCredentials.netsuiteAccountId,
          baseUrl: input.simulatorUrl,
          clientId,
          certificateId,
          incomeAccount: "54",
        },
        secrets: { privateKey },
      },
    }),
  );
}

function connectionsTo(simulatorUrl: string) {
  return {
    salesforce: {
      name: "Salesforce (simulated)",
      kinds: ["crm" as const],
      config: {
        authKind: "client_credentials",
        loginUrl: simulatorUrl,
        instanceUrl: simulatorUrl,
        clientId: simulatedCredentials.salesforceClientId,
        isMultiCurrency: true,
        renewals: {},
      },
      secrets: { clientSecret: simulatedCredentials.salesforceClientSecret },
    },
    hubspot: {
      name: "HubSpot (simulated)",
      kinds: ["crm" as const],
      config: {
        authKind: "access_token",
        baseUrl: simulatorUrl,
        // The simulated portal has no limit of its own unless told to.
        searchesPerSecondMax: null,
        renewals: {},
      },
      secrets: { accessToken: simulatedCredentials.hubspotAccessToken },
    },
    stripe: {
      name: "Stripe (simulated)",
      kinds: ["billing" as const],
      config: { baseUrl: simulatorUrl, checkout: true },
      secrets: { apiKey: simulatedCredentials.stripeKey },
    },
  };
}
