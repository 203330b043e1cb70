import { parseConfig } from "@usher/connector-sdk/http";
import type { ConnectorDefinition, ConnectorManifest } from "@usher/connector-sdk/spec";
import { createOrderLanes, guardedErp } from "@usher/connector-sdk/writing";
import { amendOrder, bookOrder } from "./book-order.ts";
import { checkNetsuiteAccount } from "./check-netsuite-account.ts";
import { createNetsuiteClient, netsuiteHosts } from "./netsuite-client.ts";
import { netsuiteConfig } from "./netsuite-config.ts";
import { createNetsuiteCurrencies } from "./netsuite-currencies.ts";
import { createNetsuiteCustomers } from "./netsuite-customers.ts";
import { createNetsuiteItems } from "./netsuite-items.ts";
import { createNetsuiteOrders } from "./netsuite-orders.ts";
import { createNetsuiteRecordWriter } from "./netsuite-record-writer.ts";
import { readOrderInvoices } from "./read-order-invoices.ts";
import { type NetsuiteParts, settleOrder } from "./settle-order.ts";

const netsuiteManifest: ConnectorManifest = {
  id: "netsuite",
  name: "NetSuite",
  version: "0.1.0",
  kinds: ["erp"],
  authKinds: ["jwt_bearer"],
  secretFields: ["privateKey"],
  configSchema: netsuiteConfig,
  allowedHosts: netsuiteHosts,
  scopes: ["rest_webservices"],
  limits: { concurrentCallsMax: 4, batchSizeMax: 1 },
  streams: [],
  webhookEvents: [],
};

/**
 * Orders as sales orders of NetSuite, over REST web services. Each connected system has its own
 * client, token, limit and memory. Every method throws `ConnectorError` and nothing else.
 */
export function createNetsuiteConnector(): ConnectorDefinition {
  return {
    manifest: netsuiteManifest,
    connect({ connectionId, config: given }, { fetch, now }) {
      const config = parseConfig({ schema: netsuiteConfig, config: given, vendor: "NetSuite" });
      const client = createNetsuiteClient({ config, fetch, now });
      const writer = createNetsuiteRecordWriter({ client, connectionId, now });
      const parts: NetsuiteParts = {
        config,
        writer,
        currencies: createNetsuiteCurrencies(client),
        customers: createNetsuiteCustomers({ client, writer, config }),
        items: createNetsuiteItems({ client, writer, config }),
        orders: createNetsuiteOrders(client),
      };
      const lanes = createOrderLanes({ ordersMax: config.concurrentCallsMax });

      const erp = guardedErp(
        { name: netsuiteManifest.name, lanes },
        {
          check: (context) =>
            checkNetsuiteAccount({ client, currencies: parts.currencies, context }),
          upsertCustomer: async (customer, context) => ({
            remoteCustomerId: await parts.customers.ensure({ customer, currency: null }, context),
          }),
          upsertItem: async (item, context) => ({
            remoteItemId: (await parts.items.ensure([item], context)).get(item.sku) ?? "",
          }),
          bookOrder: (order, context) => bookOrder({ parts, order, context }),
          amendOrder: (order, context) => amendOrder({ parts, order, context }),
          async cancelOrder({ orderId, revision, reason }, context) {
            const target = { revision, isTakenBack: true };
            await settleOrder({ parts, orderId, target, order: null, reason, context });
          },
          readInvoices: ({ orderId }, context) => readOrderInvoices({ parts, orderId, context }),
        },
      );
      return { crm: null, billing: null, erp, webhooks: null, close: async () => undefined };
    },
  };
}
