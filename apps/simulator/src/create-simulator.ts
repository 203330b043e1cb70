import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { createControlApp } from "./control/control-app.ts";
import { accountDefaults, orgDefaults, portalDefaults } from "./default-settings.ts";
import { createFaultBoard } from "./fault/fault-board.ts";
import type { NodeEnv } from "./http-answer.ts";
import { createChangeFeed } from "./hubspot/change-feed.ts";
import { createHubSpotApp } from "./hubspot/hubspot-app.ts";
import { createHubSpotTokens } from "./hubspot/hubspot-tokens.ts";
import { createPortal } from "./hubspot/portal.ts";
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
import { findByField, INTEGRATION_EMAIL, seedOrg, userByEmail } from "./salesforce/seed-org.ts";
import { DEFAULT_CREDENTIALS, type SimulatorOptions } from "./simulator-options.ts";
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
