import { connectorFailure } from "@usher/connector-sdk/http";
import { type CallContext, type ErpItem, isConnectorError } from "@usher/connector-sdk/spec";
import { z } from "zod";
import { toExternalId } from "./external-id.ts";
import type { NetsuiteClient } from "./netsuite-client.ts";
import type { NetsuiteConfig } from "./netsuite-config.ts";
import { internalId } from "./netsuite-order-api.ts";
import type { NetsuiteRecordWriter } from "./netsuite-record-writer.ts";

export interface NetsuiteItems {
  /** The skus' internal ids; those that are missing are made where the connection says with which account. */
  ensure(items: readonly ErpItem[], context: CallContext): Promise<ReadonlyMap<string, string>>;
  forget(skus: readonly string[]): void;
}

const row = z.looseObject({ id: internalId, itemid: z.string() });

/** Items by their name in NetSuite, which is the sku. One that the ERP has is used as it is: its account and taxes are accounting's. */
export function createNetsuiteItems(input: {
  readonly client: NetsuiteClient;
  readonly writer: NetsuiteRecordWriter;
  readonly config: NetsuiteConfig;
}): NetsuiteItems {
  const { client, writer, config } = input;
  const known = new Map<string, string>();

  async function find(skus: readonly string[], context: CallContext): Promise<void> {
    const found = await client.query(
      {
        columns: ["id", "itemid"],
        table: "item",
        where: { itemid: skus },
        key: "id",
        row,
        what: `Looking for the items ${skus.join(", ")}`,
      },
      context,
    );
    for (const { id, itemid } of found) if (!known.has(itemid)) known.set(itemid, id);
  }

  async function make({ sku, name }: ErpItem, context: CallContext): Promise<void> {
    const { incomeAccount, taxSchedule, subsidiary } = config;
    if (incomeAccount === null) throw missing(sku, name);
    try {
      const id = await writer.upsert(
        {
          record: config.itemRecord,
          externalId: toExternalId(`item-${sku}`),
          body: {
            itemId: sku,
            displayName: name,
            incomeAccount: { id: incomeAccount },
            ...(taxSchedule === null ? {} : { taxSchedule: { id: taxSchedule } }),
            ...(subsidiary === null ? {} : { subsidiary: { items: [{ id: subsidiary }] } }),
          },
          what: `Making the item ${sku}`,
        },
        context,
      );
      if (id !== null) known.set(sku, id);
    } catch (error) {
      // Another worker was faster: the next look finds it.
      if (!isConnectorError(error) || error.detail.category !== "duplicate") throw error;
    }
    if (!known.has(sku)) await find([sku], context);
    if (!known.has(sku)) throw missing(sku, name);
  }

  return {
    async ensure(items, context) {
      const isUnknown = ({ sku }: ErpItem) => !known.has(sku);
      const unknown = items.filter(isUnknown);
      if (unknown.length > 0) {
        await find([...new Set(unknown.map(({ sku }) => sku))], context);
      }
      for (const item of items) if (isUnknown(item)) await make(item, context);
      return new Map(items.map(({ sku }) => [sku, known.get(sku) ?? ""]));
    },
    forget: (skus) => {
      for (const sku of skus) known.delete(sku);
    },
  };
}

function missing(sku: string, name: string) {
  return connectorFailure({
    category: "validation",
    message: `NetSuite has no item named ${sku} (${name}). Make it there, or name an incomeAccount in the connection, with which Usher makes missing items.`,
    where: { record: `NetSuite item ${sku}`, field: "itemId" },
  });
}
