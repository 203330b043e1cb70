import { connectorFailure, decimalText, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { z } from "zod";
import type { SalesforceClient } from "./salesforce-client.ts";
import { orderPage } from "./salesforce-order-api.ts";
import type { SalesforceOrderFields } from "./salesforce-order-fields.ts";
import { soqlText } from "./soql.ts";

/** An Order as it stands in the org. */
export interface HeldOrder {
  readonly id: string;
  readonly number: string;
  readonly revision: number;
  readonly isActivated: boolean;
  readonly isCanceled: boolean;
  /** Usher's own; products that people added are left alone. */
  readonly items: readonly HeldItem[];
}

export interface HeldItem {
  readonly id: string;
  /** `<order>:<line>` */
  readonly key: string;
  readonly pricebookEntryId: string;
  /** Decimal text, as Salesforce reckons it. */
  readonly total: string;
}

/** A number field without decimals; Salesforce writes it as `1.0`. Empty where a person made the order. */
const heldRevision = decimalText
  .nullable()
  .transform((text) => Number(text ?? 0))
  .pipe(z.int());

/** Null when the org has no order of that id. */
export async function readHeldOrder(input: {
  readonly orderId: string;
  readonly fields: SalesforceOrderFields;
  readonly activatedStatus: string;
  readonly client: SalesforceClient;
  readonly context: CallContext;
}): Promise<HeldOrder | null> {
  const { orderId, fields, activatedStatus, client, context } = input;
  const soql = [
    `SELECT Id, OrderNumber, Status, ${fields.revision}, ${fields.isCanceled},`,
    `(SELECT Id, PricebookEntryId, TotalPrice, ${fields.lineId} FROM OrderItems WHERE ${fields.lineId} != null)`,
    `FROM Order WHERE ${fields.orderId} = ${soqlText(orderId)}`,
  ].join(" ");
  const what = `Reading order ${orderId}`;
  const value = await client.query(soql, context);
  const { records } = parseShape({ schema: orderPage, value, what });
  const [found, another] = records;
  if (found === undefined) return null;
  if (another !== undefined) {
    throw connectorFailure({
      category: "validation",
      message: `${what}: the orders ${found.Id} and ${another.Id} carry one id. Make the field ${fields.orderId} unique, and empty it on the wrong one.`,
      where: { record: `Order ${found.Id}`, field: fields.orderId },
    });
  }
  if (found.OrderItems?.done === false) {
    throw connectorFailure({
      category: "schema_drift",
      message: `${what}: its products come in pages, which an order of at most 490 lines should not.`,
    });
  }
  const customField = <Schema extends z.ZodType>(
    record: Readonly<Record<string, unknown>>,
    name: string,
    schema: Schema,
  ) => parseShape({ schema, value: record[name], what: `${what}, ${name}` });
  return {
    id: found.Id,
    number: found.OrderNumber ?? found.Id,
    revision: customField(found, fields.revision, heldRevision),
    isActivated: found.Status === activatedStatus,
    isCanceled: customField(found, fields.isCanceled, z.boolean()),
    items: (found.OrderItems?.records ?? []).map((item) => ({
      id: item.Id,
      key: customField(item, fields.lineId, z.string()),
      pricebookEntryId: item.PricebookEntryId ?? "",
      total: item.TotalPrice ?? "0",
    })),
  };
}
