import { parseConfig } from "@usher/connector-sdk/http";
import type { ConnectorDefinition, ConnectorManifest } from "@usher/connector-sdk/spec";
import { createOrderLanes, guardedErp } from "@usher/connector-sdk/writing";
import { amendOrder, bookOrder } from "./book-order.ts";
import { checkTrytonCompany } from "./check-tryton-company.ts";
import { settleOrderSales, type TrytonParts } from "./settle-order-sales.ts";
import { toErpInvoices } from "./to-erp-invoices.ts";
import { createTrytonClient } from "./tryton-client.ts";
import { createTrytonCompanies } from "./tryton-company.ts";
import { trytonConfig } from "./tryton-config.ts";
import { createTrytonParties } from "./tryton-parties.ts";
import { createTrytonProducts } from "./tryton-products.ts";
import { createTrytonSales } from "./tryton-sales.ts";

const trytonManifest: ConnectorManifest = {
  id: "tryton",
  name: "Tryton",
  version: "0.1.0",
  kinds: ["erp"],
  authKinds: ["password"],
  secretFields: ["password"],
  configSchema: trytonConfig,
  // A Tryton is the seller's own server: only the configured URL is called.
  allowedHosts: [],
  scopes: [
    "Sales",
    "Sales Administrator",
    "Sale Amendment",
    "Product Administration",
    "Account Product Administration",
  ],
  limits: { concurrentCallsMax: 4, batchSizeMax: 1 },
  streams: [],
  webhookEvents: [],
};

/**
 * Orders as sales in Tryton 8. Each connected system has its own client, session, limit and memory.
 * Every method throws `ConnectorError` and nothing else.
 */
export function createTrytonConnector(): ConnectorDefinition {
  return {
    manifest: trytonManifest,
    connect({ config: given }, { fetch, now }) {
      const config = parseConfig({ schema: trytonConfig, config: given, vendor: "Tryton" });
      const client = createTrytonClient({ config, fetch, now });
      const companies = createTrytonCompanies({ client, config });
      const parts: TrytonParts = {
        config,
        client,
        companies,
        parties: createTrytonParties({ client, companies }),
        products: createTrytonProducts({ client, companies }),
        sales: createTrytonSales({ client, companies }),
      };
      const lanes = createOrderLanes({ ordersMax: config.concurrentCallsMax });

      const erp = guardedErp(
        { name: trytonManifest.name, lanes },
        {
          check: (context) => checkTrytonCompany({ client, companies, config, context }),
          upsertCustomer: async (customer, context) => ({
            remoteCustomerId: String(await parts.parties.ensure(customer, context)),
          }),
          upsertItem: async (item, context) => ({
            remoteItemId: String((await parts.products.ensure(item, context)).id),
          }),
          bookOrder: (order, context) => bookOrder({ parts, order, context }),
          amendOrder: (order, context) => amendOrder({ parts, order, context }),
          async cancelOrder({ orderId, revision, reason }, context) {
            const target = { revision, isTakenBack: true };
            await settleOrderSales({ parts, orderId, target, order: null, reason, context });
          },
          readInvoices: async ({ orderId }, context) =>
            toErpInvoices(await parts.sales.find(orderId, context)),
        },
      );
      return { crm: null, billing: null, erp, webhooks: null, close: () => client.close() };
    },
  };
}
