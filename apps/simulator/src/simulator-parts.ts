import type { FaultBoard } from "./fault/fault-board.ts";
import type { ChangeFeed } from "./hubspot/change-feed.ts";
import type { HubSpotTokens } from "./hubspot/hubspot-tokens.ts";
import type { Portal } from "./hubspot/portal.ts";
import type { RateLimits } from "./hubspot/rate-limits.ts";
import type { NetSuiteAccount } from "./netsuite/netsuite-account.ts";
import type { NetSuiteTokens } from "./netsuite/netsuite-tokens.ts";
import type { AccessTokens } from "./salesforce/access-token.ts";
import type { Org } from "./salesforce/org.ts";
import type { QueryCursors } from "./salesforce/query-cursors.ts";
import type { Store } from "./store/store.ts";
import type { StripeAccount } from "./stripe/stripe-account.ts";
import type { TrafficLog } from "./traffic-log.ts";
import type { WebhookCenter } from "./webhook/webhook-center.ts";

/** Everything a simulator is made of; the control app works on it. */
export interface SimulatorParts {
  readonly store: Store;
  readonly now: () => number;
  readonly faults: FaultBoard;
  readonly webhooks: WebhookCenter;
  readonly traffic: TrafficLog;
  readonly org: Org;
  readonly tokens: AccessTokens;
  readonly cursors: QueryCursors;
  readonly account: StripeAccount;
  readonly portal: Portal;
  readonly hubspotFeed: ChangeFeed;
  readonly hubspotTokens: HubSpotTokens;
  readonly hubspotLimits: RateLimits;
  readonly netsuite: NetSuiteAccount;
  readonly netsuiteTokens: NetSuiteTokens;
  /** Back to an empty org, account and portal; endpoints, faults and settings are forgotten too. */
  reset(): void;
}
