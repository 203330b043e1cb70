import { guarded, parseConfig } from "@usher/connector-sdk/http";
import type {
  ConnectorDefinition,
  ConnectorManifest,
  ErpConnector,
} from "@usher/connector-sdk/spec";
import { createOrderLanes } from "@usher/connector-sdk/writing";
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
      const orders = createOrderLanes({ ordersMax: config.concurrentCallsMax });

      const erp: ErpConnector = {
        check: (context) =>
          guarded({ what: "Checking Tryton", isWrite: false }, () =>
            checkTrytonCompany({ client, companies, config, context }),
          ),
        upsertCustomer: (customer, context) =>
          guarded({ what: "Finding or making the customer", isWrite: true }, async () => ({
            remoteCustomerId: String(await parts.parties.ensure(customer, context)),
          })),
        upsertItem: (item, context) =>
          guarded({ what: "Finding or making the item", isWrite: true }, async () => ({
            remoteItemId: String((await parts.products.ensure(item, context)).id),
          })),
        bookOrder: (order, context) =>
          guarded({ what: "Booking the order", isWrite: true }, () =>
            orders.run(order.orderId, context, () => bookOrder({ parts, order, context })),
          ),
        amendOrder: (order, context) =>
          guarded({ what: "Amending the order", isWrite: true }, () =>
            orders.run(order.orderId, context, () => amendOrder({ parts, order, context })),
          ),
        cancelOrder: ({ orderId, revision, reason }, context) =>
          guarded({ what: "Taking back the order", isWrite: true }, () =>
            orders.run(orderId, context, async () => {
              const target = { revision, isTakenBack: true };
              await settleOrderSales({ parts, orderId, target, order: null, reason, context });
            }),
          ),
        readInvoices: ({ orderId }, context) =>
          guarded({ what: "Reading the order's invoices", isWrite: false }, async () =>
            toErpInvoices(await parts.sales.find(orderId, context)),
          ),
      };
      return { crm: null, billing: null, erp, webhooks: null, close: () => client.close() };
    },
  };
}
