import { parseConfig } from "../../http/index.ts";
import type { ConnectorDefinition, ConnectorManifest } from "../../spec/index.ts";
// <when kind=billing>
import { acmeAnnouncementCheckpoint } from "./acme-announcement-checkpoint.ts";
import { createAcmeBilling } from "./acme-billing.ts";
// </when>
// <when kind=crm>
import { acmeCheckpoint } from "./acme-checkpoint.ts";
// </when>
import { acmeHosts, createAcmeClient } from "./acme-client.ts";
import { acmeConfig } from "./acme-config.ts";
// <when kind=crm>
import { createAcmeCrm } from "./acme-crm.ts";
import { dealsPerCallMax } from "./acme-deal-api.ts";
// </when>
// <when kind=erp>
import { createAcmeErp } from "./acme-erp.ts";
// </when>
// <when reference>
import { createAcmeSubscriptions } from "./acme-subscriptions.ts";
// </when>
// <when webhook>
import { acmeEventTypes, acmeWebhooks } from "./acme-webhook.ts";

// </when>

const acmeManifest: ConnectorManifest = {
  id: "acme",
  name: "Acme",
  version: "0.1.0",
  kinds: [
    // <when kind=crm>
    "crm",
    // </when>
    // <when kind=billing>
    "billing",
    // </when>
    // <when kind=erp>
    "erp",
    // </when>
  ],
  authKinds: [
    // <when auth=api_key>
    "api_key",
    // </when>
    // <when auth=client_credentials>
    "client_credentials",
    // </when>
    // <when auth=refresh_token>
    "refresh_token",
    // </when>
  ],
  secretFields: [
    // <when auth=api_key>
    "apiKey",
    // </when>
    // <when auth=client_credentials,refresh_token>
    "clientSecret",
    // </when>
    // <when auth=refresh_token>
    "refreshToken",
    // </when>
  ],
  configSchema: acmeConfig,
  allowedHosts: acmeHosts,
  scopes: [
    // <when kind=crm>
    "deals:read",
    "deals:write",
    // </when>
    // <when kind=billing>
    "bills:write",
    // </when>
    // <when kind=erp>
    "sales_orders:write",
    // </when>
  ],
  limits: {
    concurrentCallsMax: 4,
    // <when kind=crm>
    batchSizeMax: dealsPerCallMax,
    // <else>
    //| batchSizeMax: 1,
    // </when>
  },
  streams: [
    // <when kind=crm>
    { name: "deals", checkpointSchema: acmeCheckpoint },
    // </when>
    // <when kind=billing>
    { name: "bill_events", checkpointSchema: acmeAnnouncementCheckpoint },
    // </when>
  ],
  webhookEvents: [
    // <when webhook>
    ...acmeEventTypes,
    // </when>
  ],
};

/**
 * A connection to Acme. Each has its own client, session and limit: two connections share nothing.
 * Every method throws `ConnectorError` and nothing else.
 */
export function createAcmeConnector(): ConnectorDefinition {
  return {
    manifest: acmeManifest,
    connect({ config: given }, dependencies) {
      const config = parseConfig({ schema: acmeConfig, config: given, vendor: "Acme" });
      const client = createAcmeClient({ config, ...dependencies });
      return {
        // <when kind=crm>
        crm: createAcmeCrm({ config, client, now: dependencies.now }),
        // <else>
        //| crm: null,
        // </when>
        // <when kind=billing>
        billing: createAcmeBilling({ config, client, now: dependencies.now }),
        // <else>
        //| billing: null,
        // </when>
        // <when kind=erp>
        erp: createAcmeErp({ client }),
        // </when>
        // <when webhook>
        webhooks: acmeWebhooks,
        // <else>
        //| webhooks: null,
        // </when>
        // <when reference>
        subscriptions: createAcmeSubscriptions({ client }),
        // </when>
        close: () => Promise.resolve(),
      };
    },
  };
}
