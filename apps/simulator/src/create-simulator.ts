import { createHash, randomBytes } from "node:crypto";
import { Hono } from "hono";
import { createControlApp } from "./control/control-app.ts";
import { createFaultBoard } from "./fault/fault-board.ts";
import type { NodeEnv } from "./http-answer.ts";
import { createChangeFeed } from "./hubspot/change-feed.ts";
import { createHubSpotApp } from "./hubspot/hubspot-app.ts";
import { createHubSpotTokens } from "./hubspot/hubspot-tokens.ts";
import { createPortal, propertySettings } from "./hubspot/portal.ts";
import { createRateLimits } from "./hubspot/rate-limits.ts";
import { seedPortal } from "./hubspot/seed-portal.ts";
import { createHubSpotVoice } from "./hubspot/webhook-voice.ts";
import { accountDefaults as netsuiteDefaults } from "./netsuite/account-defaults.ts";
import { createNetSuiteAccount } from "./netsuite/netsuite-account.ts";
import { createNetSuiteApp } from "./netsuite/netsuite-app.ts";
import { createNetSuiteTokens } from "./netsuite/netsuite-tokens.ts";
import { createRandom } from "./random-source.ts";
import { createAccessTokens } from "./salesforce/access-token.ts";
import { createNotificationVoice } from "./salesforce/notification.ts";
import { createOrg } from "./salesforce/org.ts";
import { createQueryCursors } from "./salesforce/query-cursors.ts";
import { createSalesforceApp } from "./salesforce/salesforce-app.ts";
import { makeSalesforceId } from "./salesforce/salesforce-id.ts";
import { findByField, INTEGRATION_EMAIL, seedOrg, userByEmail } from "./salesforce/seed-org.ts";
import type { SimulatorParts } from "./simulator-parts.ts";
import { createStore } from "./store/store.ts";
import { advanceSubscriptions } from "./stripe/advance-subscriptions.ts";
import { showEvent } from "./stripe/emit-event.ts";
import { finalizeDueInvoices } from "./stripe/finalize-due-invoices.ts";
import { createStripeAccount, NOBODY } from "./stripe/stripe-account.ts";
import { createStripeApp } from "./stripe/stripe-app.ts";
import { createTrafficLog } from "./traffic-log.ts";
import { signedUnder } from "./webhook/sign-webhook.ts";
import { createWebhookCenter } from "./webhook/webhook-center.ts";

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

const SUBSCRIPTIONS_EVERY_MS = 5_000;

export interface Simulator {
  /** All vendors and the control page on one origin: their paths do not meet. */
  readonly app: Hono<NodeEnv>;
  readonly parts: SimulatorParts;
  /** Does what is due by the clock, such as finalizing drafts; `startSimulator` calls it twice a second. */
  tick(): void;
  stop(): void;
}

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const now = options.now ?? Date.now;
  const seed = options.seed ?? randomBytes(4).readUInt32BE(0);
  const store = createStore({ folder: options.folder });
  const traffic = createTrafficLog();
  const faults = createFaultBoard({ store });
  const webhooks = createWebhookCenter({ store, now, random: createRandom(seed) });
  const org = createOrg({ store, faults, webhooks, now, defaults: orgDefaults(options, seed) });
  const tokens = createAccessTokens({
    org,
    store,
    clientId: options.salesforce?.clientId ?? DEFAULT_CREDENTIALS.salesforceClientId,
    clientSecret: options.salesforce?.clientSecret ?? DEFAULT_CREDENTIALS.salesforceClientSecret,
    integrationUserId: () => userByEmail(org, INTEGRATION_EMAIL)?.id ?? "",
    userByName: (name) => findByField(org, "User", "Email", name)?.id,
  });
  const account = createStripeAccount({
    store,
    faults,
    webhooks,
    now,
    defaults: accountDefaults(options, seed),
  });
  const cursors = createQueryCursors(org);
  const portal = createPortal({
    store,
    faults,
    webhooks,
    now,
    defaults: portalDefaults(options, seed),
  });
  const hubspotFeed = createChangeFeed(portal);
  const hubspotLimits = createRateLimits(portal);
  const hubspotTokens = createHubSpotTokens({
    portal,
    clientId: options.hubspot?.clientId ?? DEFAULT_CREDENTIALS.hubspotClientId,
    clientSecret: options.hubspot?.clientSecret ?? DEFAULT_CREDENTIALS.hubspotClientSecret,
    refreshToken: options.hubspot?.refreshToken ?? DEFAULT_CREDENTIALS.hubspotRefreshToken,
  });
  const netsuite = createNetSuiteAccount({
    store,
    faults,
    now,
    random: createRandom(seed + 1),
    defaults: netsuiteDefaults({
      accountId: options.netsuite?.accountId ?? DEFAULT_CREDENTIALS.netsuiteAccountId,
    }),
  });
  const netsuiteTokens = createNetSuiteTokens(netsuite);
  webhooks.giveVoice("hubspot", createHubSpotVoice(hubspotFeed));
  webhooks.giveVoice("salesforce", createNotificationVoice(org));
  webhooks.giveVoice("stripe", {
    sign: signedUnder("Stripe-Signature"),
    bodyOf(eventId) {
      const event = account.events.get(eventId);
      return event && JSON.stringify(showEvent(account, event), null, 2);
    },
  });

  function begin() {
    // Ids must not change when a process starts again on the same folder: settings keep the seed.
    org.changeSettings({});
    account.changeSettings({});
    portal.changeSettings({});
    seedOrg(org);
    seedPortal(portal);
    faults.load();
  }

  store.open();
  begin();
  webhooks.start();
  hubspotFeed.flush();

  const parts: SimulatorParts = {
    store,
    now,
    faults,
    webhooks,
    traffic,
    org,
    tokens,
    cursors,
    account,
    portal,
    hubspotFeed,
    hubspotTokens,
    hubspotLimits,
    netsuite,
    netsuiteTokens,
    reset() {
      webhooks.forget();
      cursors.expireAll();
      traffic.clear();
      org.usage.calls = 0;
      hubspotLimits.forget();
      store.clear();
      begin();
    },
  };

  let subscriptionsSeenMs = now();

  const app = new Hono<NodeEnv>();
  app.route("/", createSalesforceApp({ org, tokens, cursors, traffic }));
  app.route("/", createStripeApp({ account, traffic }));
  app.route(
    "/",
    createHubSpotApp({
      portal,
      feed: hubspotFeed,
      tokens: hubspotTokens,
      limits: hubspotLimits,
      traffic,
    }),
  );
  app.route("/", createNetSuiteApp({ account: netsuite, tokens: netsuiteTokens, traffic }));
  app.route("/", createControlApp(parts));

  return {
    app,
    parts,
    tick() {
      const step = { account, caller: NOBODY };
      finalizeDueInvoices(step);
      // A look at every subscription; once in some seconds is soon enough.
      if (Math.abs(now() - subscriptionsSeenMs) < SUBSCRIPTIONS_EVERY_MS) return;
      subscriptionsSeenMs = now();
      advanceSubscriptions(step);
    },
    stop() {
      hubspotFeed.stop();
      webhooks.stop();
      store.close();
    },
  };
}

function orgDefaults({ salesforce }: SimulatorOptions, seed: number) {
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

function accountDefaults({ stripe }: SimulatorOptions, seed: number) {
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

function portalDefaults({ hubspot }: SimulatorOptions, seed: number) {
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
