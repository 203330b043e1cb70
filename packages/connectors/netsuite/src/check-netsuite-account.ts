import { connectorFailure } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { NetsuiteClient } from "./netsuite-client.ts";
import type { NetsuiteCurrencies } from "./netsuite-currencies.ts";
import { usherFields } from "./netsuite-order-api.ts";

const field = z.looseObject({ scriptid: z.string() });
const records = ["salesOrder", "invoice", "creditMemo", "customer"] as const;

/**
 * Read-only: proves that the certificate is mapped, that the role may query and see what an order
 * takes, and that the custom fields are there. Names all fields that are missing, not only the first.
 */
export async function checkNetsuiteAccount(input: {
  readonly client: NetsuiteClient;
  readonly currencies: NetsuiteCurrencies;
  readonly context: CallContext;
}): Promise<void> {
  const { client, currencies, context } = input;
  await currencies.read(context);
  for (const record of records) {
    await client.get(`/record/v1/${record}?limit=1`, `Looking into ${record} records`, context);
  }
  const wanted = Object.values(usherFields).map((name) => name.toUpperCase());
  const found = await client.query(
    {
      columns: ["scriptid"],
      table: "customfield",
      where: { scriptid: wanted },
      key: "scriptid",
      row: field,
      what: "Reading the custom fields",
    },
    context,
  );
  const missing = wanted.filter(
    (name) => !found.some(({ scriptid }) => scriptid.toUpperCase() === name),
  );
  if (missing.length === 0) return;
  throw connectorFailure({
    category: "config",
    message: `NetSuite lacks the custom fields ${missing.join(", ").toLowerCase()}. Make them as the connector's README says, under Customization → Lists, Records, & Fields.`,
  });
}
