export interface SimulatorOptions {
  /** Epoch milliseconds; default the system clock. Every stamp and expiry follows it; retries of webhooks do not. */
  readonly now?: () => number;
  /** Folder of the journal. Without it the state dies with the process. */
  readonly folder?: string | undefined;
  /** Makes ids and shuffles repeatable; default random. */
  readonly seed?: number | undefined;
  readonly salesforce?: {
    readonly clientId?: string | undefined;
    readonly clientSecret?: string | undefined;
    /** False: the org has none of the status fields yet. */
    readonly fieldsDeployed?: boolean | undefined;
    /** Default `Usher`: fields are named `Usher_Status__c` and so on. */
    readonly fieldPrefix?: string | undefined;
    readonly pageSizeMax?: number | undefined;
    /** Objects selected for Change Data Capture; default none. */
    readonly changeDataCapture?: readonly string[] | undefined;
  };
  readonly stripe?: {
    readonly secretKey?: string | undefined;
    /** Default one hour, as Stripe. */
    readonly autoFinalizeAfterMs?: number | undefined;
  };
  readonly hubspot?: {
    /** Of a private app or service key. */
    readonly accessToken?: string | undefined;
    readonly clientId?: string | undefined;
    readonly clientSecret?: string | undefined;
    readonly refreshToken?: string | undefined;
    /** False: the portal has none of the status properties yet. */
    readonly propertiesCreated?: boolean | undefined;
    /** Default `usher`: properties are named `usher_status` and so on. */
    readonly propertyPrefix?: string | undefined;
  };
  readonly netsuite?: {
    /** As NetSuite's UI shows it, such as `1234567_SB1`. */
    readonly accountId?: string | undefined;
  };
}

/** Credentials a simulator has unless told otherwise. They guard nothing. */
export const DEFAULT_CREDENTIALS = {
  salesforceClientId: "usher-client-id",
  salesforceClientSecret: "usher-client-secret",
  stripeSecretKey: "sk_test_usher_simulator",
  hubspotAccessToken: "pat-na1-usher-simulator",
  hubspotClientId: "usher-hubspot-client",
  hubspotClientSecret: "usher-hubspot-secret",
  hubspotRefreshToken: "usher-hubspot-refresh",
  netsuiteAccountId: "TSTDRV1234567",
  netsuiteClientId: "usher-netsuite-client",
} as const;
