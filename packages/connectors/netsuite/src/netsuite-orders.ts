import { connectorFailure, parseShape } from "@usher/connector-sdk/http";
import type { CallContext } from "@usher/connector-sdk/spec";
import { toExternalId } from "./external-id.ts";
import type { NetsuiteClient } from "./netsuite-client.ts";
import {
  type NetsuiteLine,
  type NetsuiteTransaction,
  netsuiteTransaction,
  transactionRow,
  usherFields,
} from "./netsuite-order-api.ts";
import { type OrderMark, readOrderMark } from "./order-mark.ts";
import type { CreditedLine, HeldLine } from "./plan-order-lines.ts";

/** A sales order of Usher's as NetSuite has it. */
export interface HeldOrder {
  readonly id: string;
  readonly number: string;
  /** Null until Usher has written it whole. */
  readonly mark: OrderMark | null;
  /** Internal ids. */
  readonly currency: string;
  readonly customer: string;
  readonly lines: readonly (HeldLine & { readonly amount: string })[];
}

export type FollowingType = "invoice" | "creditMemo";

/** An invoice or a credit memo of an order. */
export interface FollowingRow {
  readonly id: string;
  readonly type: FollowingType;
  readonly number: string | null;
  readonly status: string;
  readonly currency: string;
}

export interface NetsuiteOrders {
  find(orderId: string, context: CallContext): Promise<HeldOrder | null>;
  /** Invoices and credits of the order, in the order in which they were made. */
  following(orderId: string, context: CallContext): Promise<readonly FollowingRow[]>;
  read(
    following: Pick<FollowingRow, "id" | "type">,
    context: CallContext,
  ): Promise<NetsuiteTransaction>;
}

const typeOfCode: Readonly<Record<string, FollowingType>> = {
  CustInvc: "invoice",
  CustCred: "creditMemo",
};

/** Orders by their external id, what follows from them by the field that goes along with them. */
export function createNetsuiteOrders(client: NetsuiteClient): NetsuiteOrders {
  return {
    async find(orderId, context) {
      const what = `Reading the sales order of order ${orderId}`;
      const path = `/record/v1/salesOrder/eid:${encodeURIComponent(toExternalId(orderId))}?expandSubResources=true`;
      const value = await client.find(path, what, context);
      return value === null ? null : toHeldOrder(parsed(value, what));
    },
    async following(orderId, context) {
      const rows = await client.query(
        {
          columns: ["id", "type", "tranid", "status", "currency"],
          table: "transaction",
          where: { [usherFields.order]: [orderId] },
          key: "id",
          row: transactionRow,
          what: `Looking for what follows from order ${orderId}`,
        },
        context,
      );
      return rows.flatMap(({ id, type: code, tranid, status, currency }): FollowingRow[] => {
        const type = typeOfCode[code];
        if (type === undefined) return [];
        return [{ id, type, number: tranid ?? null, status, currency }];
      });
    },
    async read({ id, type }, context) {
      const what = `Reading the ${type} ${id}`;
      const path = `/record/v1/${type}/${id}?expandSubResources=true`;
      return parsed(await client.get(path, what, context), what);
    },
  };
}

/** Lines that a credit memo of the order has taken back. */
export function toCreditedLines({ item }: NetsuiteTransaction): readonly CreditedLine[] {
  return item.items.map(toHeldLine);
}

function parsed(value: unknown, what: string): NetsuiteTransaction {
  const transaction = parseShape({ schema: netsuiteTransaction, value, what });
  if (transaction.item.hasMore !== true) return transaction;
  throw connectorFailure({
    category: "schema_drift",
    message: `${what}: NetSuite gave only some of its lines, although all were asked for.`,
  });
}

function toHeldOrder(order: NetsuiteTransaction): HeldOrder {
  return {
    id: order.id,
    number: order.tranId ?? order.id,
    mark: readOrderMark(order[usherFields.revision]),
    currency: order.currency.id,
    customer: order.entity.id,
    lines: order.item.items.map((line) => ({ ...toHeldLine(line), amount: line.amount ?? "0" })),
  };
}

function toHeldLine(line: NetsuiteLine): HeldLine {
  const lineId = line[usherFields.line];
  return {
    line: line.line,
    lineId: lineId === undefined || lineId === "" ? null : lineId,
    item: line.item.id,
    quantity: line.quantity ?? "0",
    rate: line.rate ?? "0",
    quantityBilled: line.quantityBilled ?? "0",
  };
}
