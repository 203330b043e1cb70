import { createHash } from "node:crypto";
import { propertySettings } from "./hubspot/portal.ts";
import { makeSalesforceId } from "./salesforce/salesforce-id.ts";
import { DEFAULT_CREDENTIALS, type SimulatorOptions } from "./simulator-options.ts";

/** The Salesforce org's settings when it is new. */
export function orgDefaults({ salesforce }: SimulatorOptions, seed: number) {
  const pod = letters(`org:${seed}`, 3);
  return {
    organizationId: makeSalesforceId({ keyPrefix: "00D", pod, sequence: 1 }),
    pod,
    fieldsDeployed: salesforce?.fieldsDeployed ?? true,
    fieldPrefix: salesforce?.fieldPrefix ?? "Usher",
    customFields: [],
    pageSizeMax: salesforce?.pageSizeMax ?? 2000,
    apiLimit: 5_000_000,
    echoNotifications: false,
    jwtPublicKey: null,
    lateCommits: { remaining: 0, seconds: 0 },
    tokenTtlMs: 2 * 3_600_000,
    changeDataCapture: salesforce?.changeDataCapture ?? [],
    changeMishaps: { gaps: 0, overflows: 0 },
    busEpoch: 1,
  };
}

/** The Stripe account's settings when it is new. */
export function accountDefaults({ stripe }: SimulatorOptions, seed: number) {
  return {
    secretKey: stripe?.secretKey ?? DEFAULT_CREDENTIALS.stripeSecretKey,
    idSalt: `1${letters(`account:${seed}`, 5)}`,
    defaultPayment: "succeeds" as const,
    autoFinalizeAfterMs: stripe?.autoFinalizeAfterMs ?? 3_600_000,
    searchLagMs: 0,
  };
}

/** What an app of this hub is granted. */
const HUBSPOT_SCOPES = [
  "crm.objects.deals.read",
  "crm.objects.deals.write",
  "crm.objects.line_items.read",
  "crm.objects.line_items.write",
  "crm.objects.companies.read",
  "crm.objects.companies.write",
  "crm.objects.products.read",
  "crm.objects.products.write",
  "crm.objects.owners.read",
  "crm.schemas.deals.read",
  "crm.schemas.deals.write",
  "crm.schemas.line_items.read",
  "crm.schemas.line_items.write",
  "crm.schemas.companies.read",
];

/** The HubSpot portal's settings when it is new. */
export function portalDefaults({ hubspot }: SimulatorOptions, seed: number) {
  // Ids of stages are the portal's own: nothing may be read from them.
  const base = 1_000_000_000 + (seed % 800_000_000);
  const stage = (at: number, label: string, isClosed = false, isWon = false) => ({
    id: String(base + at),
    label,
    isClosed,
    isWon,
  });
  const prefix = (hubspot?.propertiesCreated ?? true) ? (hubspot?.propertyPrefix ?? "usher") : null;
  return {
    portalId: 40_000_000 + (seed % 1_000_000),
    appId: 7_000_000,
    accessToken: hubspot?.accessToken ?? DEFAULT_CREDENTIALS.hubspotAccessToken,
    scopes: HUBSPOT_SCOPES,
    stages: [
      stage(1, "Qualification"),
      stage(2, "Negotiation/Review"),
      stage(3, "Closed Won", true, true),
      stage(4, "Closed Lost", true),
    ],
    ...propertySettings(prefix),
    tokenTtlMs: 30 * 60_000,
    rotatesRefreshTokens: false,
    searchLagMs: 0,
    searchResultsMax: 10_000,
    searchesPerSecondMax: null,
    callsPerTenSecondsMax: null,
    callsPerDayMax: null,
    echoWebhooks: false,
    announcedProperties: [
      "dealname",
      "dealstage",
      "amount",
      "closedate",
      "deal_currency_code",
      "hubspot_owner_id",
      "quantity",
      "price",
      "discount",
      "hs_discount_percentage",
      "hs_recurring_billing_start_date",
      "hs_recurring_billing_period",
      "hs_term_in_months",
      "recurringbillingfrequency",
    ],
    journalSubscriptions: [],
    journalKeptMs: 3 * 86_400_000,
  };
}

function letters(text: string, count: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, count).toUpperCase();
}
