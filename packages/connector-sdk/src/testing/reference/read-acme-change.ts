import { z } from "zod";
import { type BillingChange, type CallContext, isConnectorError } from "../../spec/index.ts";
import { acmeBill } from "./acme-bill-api.ts";
import type { AcmeClient } from "./acme-client.ts";

const event = z.looseObject({ type: z.string(), object_id: z.string().optional() });

/**
 * What an event says about an order. The event only tells which bill to read again: events come in
 * any order, and the bill knows better.
 */
export async function readAcmeChange(input: {
  readonly event: { readonly eventId: string; readonly body: unknown };
  readonly client: AcmeClient;
  readonly context: CallContext;
}): Promise<BillingChange> {
  const { client, context } = input;
  const parsed = event.safeParse(input.event.body);
  const billId = parsed.success ? parsed.data.object_id : undefined;
  if (!parsed.success || !parsed.data.type.startsWith("bill.") || billId === undefined) {
    return { kind: "irrelevant", because: "it is about no bill" };
  }
  const bill = await client
    .send(
      {
        method: "GET",
        path: `/v1/bills/${encodeURIComponent(billId)}`,
        what: `Reading bill ${billId}`,
        schema: acmeBill,
      },
      context,
    )
    .catch((error: unknown) => {
      if (isConnectorError(error) && error.detail.category === "not_found") return null;
      throw error;
    });
  if (bill === null) return { kind: "irrelevant", because: "the bill is gone" };
  if (bill.state === "paid") {
    return { kind: "payment", orderId: bill.order_id, recordId: bill.id, outcome: "paid" };
  }
  return { kind: "irrelevant", because: `the bill is ${bill.state}` };
}
