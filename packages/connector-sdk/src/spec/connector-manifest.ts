import type { z } from "zod";
import type { BillingConnector } from "./billing-connector.ts";
import type { CrmConnector } from "./crm-connector.ts";
import type { ErpConnector } from "./erp-connector.ts";
import type { TokenStore } from "./token-store.ts";
import type { WebhookReceiver } from "./webhook.ts";
import type { WebhookSubscriptions } from "./webhook-subscriptions.ts";

export type ConnectorKind = "crm" | "billing" | "erp";

/** What a connector says about itself. `id` and stream names are stable for good. */
export interface ConnectorManifest {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly kinds: readonly ConnectorKind[];
  readonly authKinds: readonly string[];
  /** Fields named here are stored encrypted and never returned. */
  readonly secretFields: readonly string[];
  readonly configSchema: z.ZodType;
  /** Host patterns the connector may call besides a configured base URL. */
  readonly allowedHosts: readonly string[];
  readonly scopes: readonly string[];
  readonly limits: { readonly concurrentCallsMax: number; readonly batchSizeMax: number };
  readonly streams: readonly { readonly name: string; readonly checkpointSchema: z.ZodType }[];
  readonly webhookEvents: readonly string[];
}

/** Effects a connector is given instead of reaching for them. */
export interface ConnectorDependencies {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Needed by a connection whose refresh tokens rotate; the others keep their tokens in memory. */
  readonly tokens?: TokenStore;
}

/**
 * A vendor, ready to be connected. `connect` parses the configuration and throws a `ConnectorError`
 * of category `config` that names the field; it makes no call. Clients, tokens and limits belong to
 * the returned instance, so two connections of one vendor share nothing.
 */
export interface ConnectorDefinition {
  readonly manifest: ConnectorManifest;
  connect(
    input: { readonly connectionId: string; readonly config: unknown },
    dependencies: ConnectorDependencies,
  ): ConnectedSystem;
}

export interface ConnectedSystem {
  readonly crm: CrmConnector | null;
  readonly billing: BillingConnector | null;
  /** Left out by a system that is no ERP. */
  readonly erp?: ErpConnector | null;
  readonly webhooks: WebhookReceiver | null;
  /** Left out where webhooks are set up once, by a person. */
  readonly subscriptions?: WebhookSubscriptions | null;
  close(): Promise<void>;
}
