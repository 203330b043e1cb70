import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import { type CallContext, type ErpItem, isConnectorError } from "@usher/connector-sdk/spec";
import { externalIdPath } from "./external-id-path.ts";
import type { SalesforceClient } from "./salesforce-client.ts";
import type { SalesforceConfig } from "./salesforce-config.ts";
import { createdRecord, recordPage } from "./salesforce-order-api.ts";
import type { SalesforceOrderFields } from "./salesforce-order-fields.ts";
import { soqlText } from "./soql.ts";

interface ProductInput {
  readonly config: SalesforceConfig;
  readonly fields: SalesforceOrderFields;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}

/** The product with our sku or, failing that, with the sku as its product code; made where there is none. */
export async function ensureProduct(
  input: ProductInput & { readonly item: ErpItem },
): Promise<string> {
  const { item, fields, client, context } = input;
  const what = `Finding the product ${item.sku}`;
  const sku = soqlText(item.sku);
  const soql = `SELECT Id, ${fields.sku} FROM Product2 WHERE ${fields.sku} = ${sku} OR (ProductCode = ${sku} AND IsActive = true) ORDER BY ${fields.sku} NULLS LAST LIMIT 2`;
  const { records } = parseShape({
    schema: recordPage,
    value: await client.query(soql, context),
    what,
  });
  const [first, second] = records;
  if (first !== undefined && (typeof first[fields.sku] === "string" || second === undefined)) {
    return first.Id;
  }
  if (first !== undefined) {
    throw connectorFailure({
      category: "validation",
      message: `${what}: several active products have this code, such as ${first.Id} and ${second?.Id}. Enter the sku in the field ${fields.sku} of the right one.`,
      where: { record: `Product2 ${first.Id}`, field: fields.sku },
    });
  }
  const path = externalIdPath({ object: "Product2", field: fields.sku, value: item.sku });
  const body = { Name: item.name, ProductCode: item.sku, IsActive: true };
  return parseShape({
    schema: createdRecord,
    value: await client.patch(path, body, context),
    what,
  }).id;
}

/** The price book that orders are made from: the configured one, else the org's standard one. */
export async function readPricebookId(
  pricebookId: string | null,
  { client, context }: Pick<ProductInput, "client" | "context">,
): Promise<string> {
  if (pricebookId !== null) return pricebookId;
  const what = "Finding the standard price book";
  const value = await client.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true", context);
  const [book] = parseShape({ schema: recordPage, value, what }).records;
  if (book !== undefined) return book.Id;
  throw connectorFailure({
    category: "permission",
    message: `${what}: the connection's user sees none. Give it read access to price books, or set orders.pricebookId.`,
  });
}

/**
 * The product's entry in the price book, in the order's currency. It is needed to sell the product
 * at all; its own price is none of ours, and 0 where we make it: each order product has its own. The
 * org takes one entry a product, price book and currency, so that a second one made at the same time
 * is refused, and found.
 */
export async function ensurePrice(
  input: ProductInput & {
    readonly productId: string;
    readonly pricebookId: string;
    readonly currency: string;
  },
): Promise<string> {
  const { config, productId, pricebookId, currency, client, context } = input;
  const standing = await findPrice(input);
  if (standing !== null) return standing;
  const standardId = await readPricebookId(null, input);
  for (const Pricebook2Id of new Set([standardId, pricebookId])) {
    const inCurrency = config.isMultiCurrency ? { CurrencyIsoCode: currency } : {};
    const body = {
      Pricebook2Id,
      Product2Id: productId,
      UnitPrice: 0,
      IsActive: true,
      ...inCurrency,
    };
    try {
      await client.post("/sobjects/PricebookEntry", body, context);
    } catch (error) {
      if (!isConnectorError(error) || error.detail.category !== "duplicate") throw error;
    }
  }
  const made = await findPrice(input);
  if (made !== null) return made;
  throw connectorFailure({
    category: "validation",
    message: `The price book ${pricebookId} has an entry for product ${productId} in ${currency} that is not active. Activate it.`,
    where: { record: `Product2 ${productId}`, field: "PricebookEntry.IsActive" },
  });
}

async function findPrice(
  input: ProductInput & {
    readonly productId: string;
    readonly pricebookId: string;
    readonly currency: string;
  },
): Promise<string | null> {
  const { config, productId, pricebookId, currency, client, context } = input;
  const soql = [
    "SELECT Id FROM PricebookEntry WHERE IsActive = true",
    `AND Product2Id = ${soqlText(productId)} AND Pricebook2Id = ${soqlText(pricebookId)}`,
    ...(config.isMultiCurrency ? [`AND CurrencyIsoCode = ${soqlText(currency)}`] : []),
  ].join(" ");
  const value = await client.query(soql, context);
  const what = `Finding the price of product ${productId}`;
  return parseShape({ schema: recordPage, value, what }).records[0]?.Id ?? null;
}
