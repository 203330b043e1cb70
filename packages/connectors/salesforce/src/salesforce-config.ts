import { baseUrl } from "@usher/connector-sdk/http";
import { z } from "zod";

const apiName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,78}$/, "expected the API name of a field");

const common = {
  /** Where tokens are asked for: the org's My Domain URL (client credentials work nowhere else). */
  loginUrl: baseUrl,
  /** Where the API is called. Null: what the token answer says. */
  instanceUrl: baseUrl.nullable().default(null),
  clientId: z.string().min(1),
  /** Fields are named `<fieldPrefix>_Status__c` and so on; see the deployable source. */
  fieldPrefix: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9_]{0,20}$/,
      "expected letters, digits and underscores, such as Usher",
    )
    .default("Usher"),
  /** True for an org with multiple currencies: each amount then says its own. */
  isMultiCurrency: z.boolean().default(false),
  /** The org's only currency, where there is just one. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "expected an ISO 4217 code, such as USD")
    .nullable()
    .default(null),
  /**
   * Where an account says its country: `BillingCountryCode` (ISO code; needs State and Country
   * picklists) or `BillingCountry` (free text, understood in English).
   */
  countryField: z.enum(["BillingCountryCode", "BillingCountry"]).default("BillingCountry"),
  /** The line's term in months; null when lines do not say. Default: `<fieldPrefix>_Term_Months__c`. */
  lineTermMonthsField: apiName.nullable().optional(),
  /** The deal's term in months, for lines that do not say. */
  dealTermMonthsField: apiName.nullable().default(null),
  /** For deals that do not say at all. Null: then it is a fault that sales is told about. */
  defaultTermMonths: z.int().min(1).max(600).nullable().default(null),
  /** The field that tells what a deal is, and its values for the kinds other than `new`. */
  kindField: apiName.nullable().default(null),
  kindValues: z.record(z.string(), z.enum(["new", "amend", "renew", "cancel"])).default({}),
  /**
   * How changes are learned of: by asking every few seconds, or by subscribing to change events
   * (Pub/Sub API; Opportunity has to be selected for Change Data Capture), with polling in between.
   */
  changes: z.enum(["polling", "pubsub"]).default("polling"),
  /** Where change events are subscribed to; `https://api.deu.pubsub.salesforce.com:7443` in the EU. */
  pubSubUrl: baseUrl.default("https://api.pubsub.salesforce.com:7443"),
  /** With `pubsub`: how often a pass by polling looks for what no event tells. */
  reconcileSeconds: z.int().min(1).max(86_400).default(300),
  /** Set: the connection may also be the ERP, where orders are booked as Orders. */
  orders: z
    .strictObject({
      /** Null: the org's standard price book. */
      pricebookId: z
        .string()
        .regex(/^01s[0-9A-Za-z]{12}([0-9A-Za-z]{3})?$/, "expected the id of a price book")
        .nullable()
        .default(null),
      /** Values of `Order.Status`, where the org renamed them. */
      draftStatus: z.string().min(1).max(255).default("Draft"),
      activatedStatus: z.string().min(1).max(255).default("Activated"),
      /** Of an order that is taken back: of the category Draft. */
      canceledStatus: z.string().min(1).max(255).default("Draft"),
    })
    .nullable()
    .default(null),
  /** Set: renewals are opened as opportunities. */
  renewals: z
    .strictObject({
      /** The value of `StageName` they begin with: of an open stage. */
      stage: z.string().min(1).max(255).default("Prospecting"),
    })
    .nullable()
    .default(null),
  /** How late a row may appear behind one with a later stamp. Salesforce stamps before it commits. */
  overlapSeconds: z.int().min(0).max(3_600).default(60),
  pageSize: z.int().min(1).max(2_000).default(1_000),
  concurrentCallsMax: z.int().min(1).max(25).default(5),
  timeoutMs: z.int().min(1_000).max(600_000).default(30_000),
};

const isCurrencySaid = (config: { isMultiCurrency: boolean; currency: string | null }) =>
  config.isMultiCurrency || config.currency !== null;
const currencyFault = {
  path: ["currency"],
  error: "expected the org's currency, or isMultiCurrency: true",
};

/** What an operator enters for a Salesforce connection. `clientSecret` and `privateKey` are secrets. */
export const salesforceConfig = z.discriminatedUnion("authKind", [
  z
    .strictObject({
      authKind: z.literal("client_credentials"),
      clientSecret: z.string().min(1),
      ...common,
    })
    .refine(isCurrencySaid, currencyFault),
  z
    .strictObject({
      authKind: z.literal("jwt_bearer"),
      /** The user the External Client App acts as. */
      username: z.string().min(1),
      /** PKCS #8 PEM of the key whose certificate was uploaded to the app. */
      privateKey: z.string().includes("PRIVATE KEY", { error: "expected a PEM private key" }),
      /** `https://test.salesforce.com` for a sandbox. */
      audience: z.url().default("https://login.salesforce.com"),
      ...common,
    })
    .refine(isCurrencySaid, currencyFault),
]);

export type SalesforceConfig = z.output<typeof salesforceConfig>;
