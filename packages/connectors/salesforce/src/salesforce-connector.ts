import { guarded, parseConfig } from "@usher/connector-sdk/http";
import { createRecentChanges } from "@usher/connector-sdk/reading";
import type {
  ConnectorDefinition,
  ConnectorManifest,
  CrmConnector,
} from "@usher/connector-sdk/spec";
import { guardedErp, writeOneStatus } from "@usher/connector-sdk/writing";
import { createChangeEventFeed } from "./change-event-feed.ts";
import { checkSalesforceOrg } from "./check-salesforce-org.ts";
import { openRenewalOpportunity } from "./open-renewal-opportunity.ts";
import { createPubSubApi } from "./pubsub-api.ts";
import { readOpportunities } from "./read-opportunities.ts";
import { readOpportunityChanges } from "./read-opportunity-changes.ts";
import { createRefusingErp } from "./refusing-erp.ts";
import { salesforceCheckpoint } from "./salesforce-checkpoint.ts";
import { createSalesforceClient, salesforceHosts } from "./salesforce-client.ts";
import { salesforceConfig } from "./salesforce-config.ts";
import { createSalesforceErp } from "./salesforce-erp.ts";
import { salesforceWebhooks } from "./salesforce-webhook.ts";
import { recordsPerWriteMax, writeOpportunityStatuses } from "./write-opportunity-statuses.ts";

export const salesforceManifest: ConnectorManifest = {
  id: "salesforce",
  name: "Salesforce",
  version: "0.1.0",
  kinds: ["crm", "erp"],
  authKinds: ["client_credentials", "jwt_bearer"],
  secretFields: ["clientSecret", "privateKey"],
  configSchema: salesforceConfig,
  allowedHosts: salesforceHosts,
  scopes: ["api"],
  limits: { concurrentCallsMax: 5, batchSizeMax: recordsPerWriteMax },
  streams: [{ name: "opportunities", checkpointSchema: salesforceCheckpoint }],
  webhookEvents: ["Opportunity.changed"],
};

/**
 * Won opportunities in, their orders' status out. Each connected system has its own client, token
 * and limit. Every method throws `ConnectorError` and nothing else.
 */
export function createSalesforceConnector(): ConnectorDefinition {
  return {
    manifest: salesforceManifest,
    connect({ config: given }, { fetch, now }) {
      const config = parseConfig({ schema: salesforceConfig, config: given, vendor: "Salesforce" });
      const client = createSalesforceClient({ config, fetch, now });
      const recent = createRecentChanges();
      const { fieldPrefix, renewals } = config;
      const api = createPubSubApi({ url: config.pubSubUrl, now });
      const feed =
        config.changes === "pubsub"
          ? createChangeEventFeed({ api, sessions: client.sessions, now })
          : null;

      const crm: CrmConnector = {
        check: (context) =>
          guarded({ what: "Checking the org", isWrite: false }, () =>
            checkSalesforceOrg({ config, client, api, context }),
          ),
        readChanges: ({ checkpoint }, context) =>
          guarded({ what: "Reading changed opportunities", isWrite: false }, () =>
            readOpportunityChanges({ checkpoint, config, client, feed, recent, now, context }),
          ),
        readDeals: ({ dealIds }, context) =>
          guarded({ what: "Reading opportunities", isWrite: false }, () =>
            readOpportunities({ dealIds, config, client, context }),
          ),
        writeStatuses: ({ writes }, context) =>
          guarded({ what: "Writing statuses", isWrite: true }, () =>
            writeOpportunityStatuses({ writes, fieldPrefix, client, context }),
          ),
        writeStatus: (write, context) =>
          guarded({ what: "Writing a status", isWrite: true }, () =>
            writeOneStatus(write, (writes) =>
              writeOpportunityStatuses({ writes, fieldPrefix, client, context }),
            ),
          ),
        ...(renewals === null
          ? {}
          : {
              openRenewalDeal: (renewal, context) =>
                guarded({ what: "Opening a renewal", isWrite: true }, () =>
                  openRenewalOpportunity({
                    renewal,
                    stage: renewals.stage,
                    config,
                    client,
                    context,
                  }),
                ),
            }),
      };
      const { orders } = config;
      const { check } = crm;
      const erp = guardedErp(
        { name: salesforceManifest.name },
        orders === null
          ? createRefusingErp(check)
          : createSalesforceErp({ config, orders, client, check }),
      );
      return {
        crm,
        billing: null,
        erp,
        webhooks: salesforceWebhooks,
        async close() {
          feed?.close();
        },
      };
    },
  };
}
