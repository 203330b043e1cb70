import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { opportunityTopic } from "./change-event-feed.ts";
import type { PubSubApi } from "./pubsub-api.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { lineTermField, renewalField, statusFields } from "./salesforce-fields.ts";
import { orderFields } from "./salesforce-order-fields.ts";

const describeAnswer = z.looseObject({
  fields: z.array(z.looseObject({ name: z.string(), updateable: z.boolean().default(false) })),
});

/**
 * Read-only: proves that the credentials work and that every configured field is there, visible and
 * writable to the connection's user. Throws `config` or `permission` and names all that is missing,
 * not only the first.
 */
export async function checkSalesforceOrg(input: {
  readonly config: SalesforceConfig;
  readonly client: SalesforceClient;
  readonly api: PubSubApi;
  readonly context: CallContext;
}): Promise<void> {
  const { config, client, context } = input;
  const written = [
    ...Object.values(statusFields(config.fieldPrefix)),
    ...(config.renewals === null ? [] : [renewalField(config.fieldPrefix)]),
  ];
  const currency = config.isMultiCurrency ? ["CurrencyIsoCode"] : [];
  const lineField = lineTermField(config);
  const read = [config.dealTermMonthsField, config.kindField].filter((name) => name !== null);
  const needs = [
    { object: "Opportunity", read: [...read, ...currency], written },
    {
      object: "OpportunityLineItem",
      read: [...(lineField === null ? [] : [lineField]), ...currency],
      written: [],
    },
    { object: "Account", read: [config.countryField], written: [] },
    ...needsOfOrders(config),
  ];
  const missing: string[] = [];
  const readOnly: string[] = [];
  for (const need of needs) {
    if (need.read.length + need.written.length === 0) continue;
    const answer = await client.get(`/sobjects/${need.object}/describe`, context);
    const { fields } = parseShape({
      schema: describeAnswer,
      value: answer,
      what: `Describing ${need.object}`,
    });
    const byName = new Map(fields.map((field) => [field.name, field]));
    for (const name of [...need.read, ...need.written]) {
      const field = byName.get(name);
      if (field === undefined) missing.push(`${need.object}.${name}`);
      else if (need.written.includes(name) && !field.updateable)
        readOnly.push(`${need.object}.${name}`);
    }
  }
  if (missing.length > 0) {
    throw connectorFailure({
      category: "config",
      message: `These fields are not in the org, or not visible to the connection's user: ${missing.join(", ")}. Deploy Usher's fields (connectors/salesforce/force-app) and assign the permission set “Usher Integration”, or correct the connection's field names.`,
      vendorCode: "INVALID_FIELD",
    });
  }
  if (readOnly.length > 0) {
    throw connectorFailure({
      category: "permission",
      message: `The connection's user may not write these fields: ${readOnly.join(", ")}. Assign the permission set “Usher Integration” to it.`,
      vendorCode: "INVALID_FIELD_FOR_INSERT_UPDATE",
    });
  }
  if (config.changes === "pubsub") await checkSubscription(input);
}

/** Where orders are booked in the org, what they are found again by has to be there too. */
function needsOfOrders(config: SalesforceConfig) {
  if (config.orders === null) return [];
  const fields = orderFields(config.fieldPrefix);
  return [
    { object: "Account", read: [], written: [fields.customerId] },
    { object: "Product2", read: [], written: [fields.sku] },
    { object: "Order", read: [], written: [fields.orderId, fields.revision, fields.isCanceled] },
    { object: "OrderItem", read: [], written: [fields.lineId] },
  ];
}

/** Whether events are published cannot be asked; whether they may be subscribed to can. */
async function checkSubscription(input: {
  readonly client: SalesforceClient;
  readonly api: PubSubApi;
  readonly context: CallContext;
}): Promise<void> {
  const { client, api, context } = input;
  const session = await client.sessions.current(context.log);
  const topic = await api.topic(opportunityTopic, session, context);
  if (topic.can_subscribe) return;
  throw connectorFailure({
    category: "permission",
    message: `The connection's user may not subscribe to ${opportunityTopic}. Let it see all opportunities, or set changes to polling.`,
  });
}
