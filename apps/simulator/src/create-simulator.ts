import { createHash, randomBytes } from "node:crypto";
import { Hono } from "hono";
import { createControlApp } from "./control/control-app.ts";
import { createFaultBoard } from "./fault/fault-board.ts";
import type { NodeEnv } from "./http-answer.ts";
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
  };
  readonly stripe?: {
    readonly secretKey?: string | undefined;
    /** Default one hour, as Stripe. */
    readonly autoFinalizeAfterMs?: number | undefined;
  };
}

/** Credentials a simulator has unless told otherwise. They guard nothing. */
export const DEFAULT_CREDENTIALS = {
  salesforceClientId: "usher-client-id",
  salesforceClientSecret: "usher-client-secret",
  stripeSecretKey: "sk_test_usher_simulator",
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
  webhooks.giveVoice("salesforce", createNotificationVoice(org));
  webhooks.giveVoice("stripe", {
    signatureHeader: "Stripe-Signature",
    bodyOf(eventId) {
      const event = account.events.get(eventId);
      return event && JSON.stringify(showEvent(account, event), null, 2);
    },
  });

  function begin() {
    // Ids must not change when a process starts again on the same folder: settings keep the seed.
    org.changeSettings({});
    account.changeSettings({});
    seedOrg(org);
    faults.load();
  }

  store.open();
  begin();
  webhooks.start();

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
    reset() {
      webhooks.forget();
      cursors.expireAll();
      traffic.clear();
      org.usage.calls = 0;
      store.clear();
      begin();
    },
  };

  let subscriptionsSeenMs = now();

  const app = new Hono<NodeEnv>();
  app.route("/", createSalesforceApp({ org, tokens, cursors, traffic }));
  app.route("/", createStripeApp({ account, traffic }));
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

function letters(text: string, count: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, count).toUpperCase();
}
