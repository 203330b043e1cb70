import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext, ErpCustomer } from "@usher/connector-sdk/spec";
import { externalIdPath } from "./external-id-path.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { toSalesforceId } from "./salesforce-id.ts";
import { createdRecord, recordPage } from "./salesforce-order-api.ts";
import type { SalesforceOrderFields } from "./salesforce-order-fields.ts";
import { soqlText } from "./soql.ts";

/** What ids of accounts begin with, in every org. */
const accountPrefix = "001";

/**
 * The customer's account: the deal's own, where the deal came from this org; else the one that
 * carries our customer's id, which is made where it is missing. Found ones are left as they are.
 */
export async function ensureAccount(input: {
  readonly customer: ErpCustomer;
  readonly config: SalesforceConfig;
  readonly fields: SalesforceOrderFields;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<string> {
  const { customer, config, fields, client, context } = input;
  const what = `Finding the account of ${customer.customerId}`;
  const ownId = toSalesforceId(customer.externalId);
  const isOwn = ownId?.startsWith(accountPrefix) === true;
  const carries = `${fields.customerId} = ${soqlText(customer.customerId)}`;
  const where = isOwn ? `Id = ${soqlText(ownId)} OR ${carries}` : carries;
  const value = await client.query(`SELECT Id FROM Account WHERE ${where}`, context);
  const { records } = parseShape({ schema: recordPage, value, what });
  const own = records.find(({ Id }) => Id === ownId);
  if (own !== undefined) return own.Id;
  const [found, another] = records;
  if (another !== undefined) {
    throw connectorFailure({
      category: "validation",
      message: `${what}: the accounts ${found?.Id} and ${another.Id} carry one id. Make the field ${fields.customerId} unique, and empty it on the wrong one.`,
      where: { record: `Account ${another.Id}`, field: fields.customerId },
    });
  }
  if (found !== undefined) return found.Id;
  const path = externalIdPath({
    object: "Account",
    field: fields.customerId,
    value: customer.customerId,
  });
  const country = customer.country === null ? {} : { [config.countryField]: customer.country };
  const made = await client.patch(path, { Name: customer.name, ...country }, context);
  return parseShape({ schema: createdRecord, value: made, what }).id;
}
