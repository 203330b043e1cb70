import { connectorFailure, toDecimalAmount } from "@usher/connector-sdk/http";
import { type CallContext, type ErpOrder, isConnectorError } from "@usher/connector-sdk/spec";
import { describeLine } from "./describe-line.ts";
import { creditExternalId, toExternalId } from "./external-id.ts";
import type { NetsuiteConfig } from "./netsuite-config.ts";
import type { NetsuiteCurrencies } from "./netsuite-currencies.ts";
import type { NetsuiteCustomers } from "./netsuite-customers.ts";
import type { NetsuiteItems } from "./netsuite-items.ts";
import type { NetsuiteTransaction } from "./netsuite-order-api.ts";
import {
  type FollowingRow,
  type HeldOrder,
  type NetsuiteOrders,
  toCreditedLines,
} from "./netsuite-orders.ts";
import type { NetsuiteRecordWriter } from "./netsuite-record-writer.ts";
import { isSameMark, type OrderMark } from "./order-mark.ts";
import { planOrderLines, type WantedLine } from "./plan-order-lines.ts";
import { toCreditMemoBody, toSalesOrderBody } from "./to-order-body.ts";

export interface NetsuiteParts {
  readonly config: NetsuiteConfig;
  readonly writer: NetsuiteRecordWriter;
  readonly currencies: NetsuiteCurrencies;
  readonly customers: NetsuiteCustomers;
  readonly items: NetsuiteItems;
  readonly orders: NetsuiteOrders;
}

/** An order as it stands, with the credit memos that take part of it back. */
export interface StandingOrder {
  readonly held: HeldOrder;
  readonly credits: readonly NetsuiteTransaction[];
  /** False: it stood already, and what a person changed of it since stays. */
  readonly isWritten: boolean;
}

/** A write each; beyond it somebody else keeps changing the same order. */
const roundsMax = 5;

/**
 * Brings the order to what is wanted, read anew before each round: whatever an earlier attempt left
 * there is gone on from. A credit is written before the order, whose mark says that all is done.
 * Null: there is no such order, and nothing is wanted either.
 */
export async function settleOrder(input: {
  readonly parts: NetsuiteParts;
  readonly orderId: string;
  readonly target: OrderMark;
  /** Null: the order is taken back. */
  readonly order: ErpOrder | null;
  readonly reason: string | null;
  readonly context: CallContext;
}): Promise<StandingOrder | null> {
  const { parts, orderId, target, order, context } = input;
  for (let round = 0; round < roundsMax; round += 1) {
    const held = await parts.orders.find(orderId, context);
    if (held === null && order === null) return null;
    mustNotBeOutrun({ held, target, orderId });
    if (held !== null && isSameMark(held.mark, target)) {
      const credits = await creditsOf({ parts, orderId, held, context });
      return { held, credits, isWritten: round > 0 };
    }
    try {
      await bringTo({ ...input, held });
    } catch (error) {
      // NetSuite itself says that the record is not what was read.
      const { category, vendorCode } = isConnectorError(error)
        ? error.detail
        : { category: null, vendorCode: null };
      if (category !== "conflict_stale" || vendorCode === null || round + 1 === roundsMax)
        throw error;
    }
  }
  throw connectorFailure({
    category: "conflict_stale",
    message: `The sales order of order ${orderId} did not come to rest after ${roundsMax} rounds: somebody else changes it at the same time.`,
  });
}

async function bringTo(input: {
  readonly parts: NetsuiteParts;
  readonly orderId: string;
  readonly target: OrderMark;
  readonly order: ErpOrder | null;
  readonly reason: string | null;
  readonly context: CallContext;
  readonly held: HeldOrder | null;
}): Promise<void> {
  const { parts, orderId, target, order, reason, context, held } = input;
  const currency =
    order === null ? (held?.currency ?? "") : await parts.currencies.idFor(order, context);
  if (held !== null && held.currency !== currency) throw otherCurrency(held, orderId);
  const customer =
    held?.customer ??
    (order === null
      ? ""
      : await parts.customers.ensure({ customer: order.customer, currency }, context));
  const wanted = order === null ? [] : await toWantedLines(parts, order, context);
  const credits = held === null ? [] : await creditsOf({ parts, orderId, held, context });
  const plan = planOrderLines({
    wanted,
    held: held?.lines ?? [],
    credited: credits.flatMap(toCreditedLines),
  });
  if (plan.credit.length > 0) {
    await parts.writer.upsert(
      {
        record: "creditMemo",
        externalId: creditExternalId({ orderId, nth: credits.length + 1 }),
        replace: "item",
        body: toCreditMemoBody({ orderId, customer, currency, lines: plan.credit, target, reason }),
        what: `Crediting order ${orderId}`,
      },
      context,
    );
  }
  await parts.writer.upsert(
    {
      record: "salesOrder",
      externalId: toExternalId(orderId),
      replace: "item",
      body: toSalesOrderBody({
        orderId,
        target,
        reason,
        lines: plan.lines,
        // Neither can be changed later, nor is what a person approved.
        made: held === null ? { customer, currency, status: parts.config.orderStatus } : null,
      }),
      what: `Writing the sales order of order ${orderId}`,
      isQueued: parts.config.orderWrites === "async",
    },
    context,
  );
}

async function toWantedLines(
  parts: NetsuiteParts,
  order: ErpOrder,
  context: CallContext,
): Promise<readonly WantedLine[]> {
  const items = await parts.items.ensure(order.lines, context);
  return order.lines.map((line) => ({
    lineId: line.lineId,
    item: items.get(line.sku) ?? "",
    quantity: line.quantity,
    rate: toDecimalAmount({ minor: line.unitAmountMinor, currency: order.currency }),
    description: describeLine(line),
  }));
}

/** Only of an order that was billed: nothing else can have been credited. */
async function creditsOf(input: {
  readonly parts: NetsuiteParts;
  readonly orderId: string;
  readonly held: HeldOrder;
  readonly context: CallContext;
}): Promise<readonly NetsuiteTransaction[]> {
  const { parts, orderId, held, context } = input;
  if (held.lines.every(({ quantityBilled }) => /^0(\.0*)?$/.test(quantityBilled))) return [];
  const following = await parts.orders.following(orderId, context);
  const isStanding = ({ type, status }: FollowingRow) => type === "creditMemo" && status !== "V";
  return Promise.all(following.filter(isStanding).map((row) => parts.orders.read(row, context)));
}

function mustNotBeOutrun(input: {
  readonly held: HeldOrder | null;
  readonly target: OrderMark;
  readonly orderId: string;
}): void {
  const { held, target, orderId } = input;
  const by = held?.mark?.revision ?? 0;
  if (by <= target.revision) return;
  throw connectorFailure({
    category: "conflict_stale",
    message: `NetSuite already has revision ${by} of order ${orderId}; revision ${target.revision} is older and changes nothing.`,
  });
}

function otherCurrency(held: HeldOrder, orderId: string) {
  return connectorFailure({
    category: "validation",
    message: `Sales order ${held.number} of order ${orderId} is in another currency in NetSuite than the order is now, and NetSuite cannot change that. Set the currency back, or cancel the order and win a new deal.`,
    where: { record: `Sales order ${held.number}`, field: "currency" },
  });
}
