import { guarded, parseConfig } from "@usher/connector-sdk/http";
import { createRecentChanges } from "@usher/connector-sdk/reading";
import type {
  ConnectorDefinition,
  ConnectorManifest,
  CrmConnector,
} from "@usher/connector-sdk/spec";
import { writeOneStatus } from "@usher/connector-sdk/writing";
import { checkHubSpotPortal } from "./check-hubspot-portal.ts";
import { hubspotCheckpoint } from "./hubspot-checkpoint.ts";
import { createHubSpotClient, hubspotHosts, journalScopes } from "./hubspot-client.ts";
import { hubspotConfig } from "./hubspot-config.ts";
import { createHubSpotOwners } from "./hubspot-owners.ts";
import { createHubSpotWebhooks } from "./hubspot-webhook.ts";
import { openRenewalDeal } from "./open-renewal-deal.ts";
import { readDealChanges } from "./read-deal-changes.ts";
import { readDeals } from "./read-deals.ts";
import { recordsPerCallMax } from "./read-records.ts";
import { setUpProperties } from "./set-up-properties.ts";
import { writeDealStatuses } from "./write-deal-statuses.ts";

export const hubspotManifest: ConnectorManifest = {
  id: "hubspot",
  name: "HubSpot",
  version: "0.1.0",
  kinds: ["crm"],
  authKinds: ["access_token", "refresh_token"],
  secretFields: ["accessToken", "clientSecret", "refreshToken"],
  configSchema: hubspotConfig,
  allowedHosts: hubspotHosts,
  scopes: [
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.line_items.read",
    "crm.objects.line_items.write",
    "crm.objects.companies.read",
    "crm.objects.owners.read",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
    ...journalScopes,
  ],
  limits: { concurrentCallsMax: 5, batchSizeMax: recordsPerCallMax },
  streams: [{ name: "deals", checkpointSchema: hubspotCheckpoint }],
  webhookEvents: [
    "deal.creation",
    "deal.propertyChange",
    "deal.deletion",
    "deal.restore",
    "deal.merge",
    "deal.associationChange",
    "line_item.associationChange",
  ],
};

/**
 * Won deals in, their orders' status out. Each connected system has its own client, token and
 * limit. Every method throws `ConnectorError` and nothing else.
 */
export function createHubSpotConnector(): ConnectorDefinition {
  return {
    manifest: hubspotManifest,
    connect({ config: given }, dependencies) {
      const config = parseConfig({ schema: hubspotConfig, config: given, vendor: "HubSpot" });
      const { now } = dependencies;
      const client = createHubSpotClient({ config, ...dependencies });
      const recent = createRecentChanges();
      const owners = createHubSpotOwners({ client, now });
      const { propertyPrefix, renewals } = config;

      const crm: CrmConnector = {
        check: (context) =>
          guarded({ what: "Checking the portal", isWrite: false }, () =>
            checkHubSpotPortal({ config, client, context }),
          ),
        setUpFields: (context) =>
          guarded({ what: "Setting up the portal", isWrite: true }, () =>
            setUpProperties({ config, client, context }),
          ),
        readChanges: ({ checkpoint }, context) =>
          guarded({ what: "Reading changed deals", isWrite: false }, () =>
            readDealChanges({ checkpoint, config, client, recent, now, context }),
          ),
        readDeals: ({ dealIds }, context) =>
          guarded({ what: "Reading deals", isWrite: false }, () =>
            readDeals({ dealIds, config, client, owners, context }),
          ),
        writeStatuses: ({ writes }, context) =>
          guarded({ what: "Writing statuses", isWrite: true }, () =>
            writeDealStatuses({ writes, propertyPrefix, client, context }),
          ),
        writeStatus: (write, context) =>
          guarded({ what: "Writing a status", isWrite: true }, () =>
            writeOneStatus(write, (writes) =>
              writeDealStatuses({ writes, propertyPrefix, client, context }),
            ),
          ),
        ...(renewals === null
          ? {}
          : {
              openRenewalDeal: (renewal, context) =>
                guarded({ what: "Opening a renewal", isWrite: true }, () =>
                  openRenewalDeal({ renewal, start: renewals, config, client, context }),
                ),
            }),
      };
      return {
        crm,
        billing: null,
        webhooks: createHubSpotWebhooks(config),
        close: () => Promise.resolve(),
      };
    },
  };
}
