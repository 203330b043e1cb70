import { guarded } from "../../http/index.ts";
import type {
  BillingConnector,
  BillingLine,
  BillingOrder,
  BillingRecord,
  CallContext,
} from "../../spec/index.ts";
import { type AcmeBill, acmeBill, acmeBills } from "./acme-bill-api.ts";
import type { AcmeClient } from "./acme-client.ts";
import type { AcmeConfig } from "./acme-config.ts";
import { findOrMakeCustomer } from "./acme-customers.ts";
import { fromAcmeAmount, toAcmeAmount } from "./acme-money.ts";
import { isTaken } from "./is-taken.ts";
import { readAcmeAnnouncements } from "./read-acme-announcements.ts";
import { readAcmeChange } from "./read-acme-change.ts";

export function createAcmeBilling(input: {
  readonly config: AcmeConfig;
  readonly client: AcmeClient;
  readonly now: () => number;
}): BillingConnector {
  const { client } = input;
  return {
    check: (context) =>
      guarded({ what: "Checking the connection", isWrite: false }, async () => {
        await findBills({ orderId: "none", client, context });
      }),
    bill: (order, context) =>
      guarded({ what: "Billing an order", isWrite: true }, () =>
        billOrder({ order, client, context }),
      ),
    cancelBilling: ({ orderId }, context) =>
      guarded({ what: "Taking bills back", isWrite: true }, async () => {
        for (const bill of await findBills({ orderId, client, context })) {
          await takeBack({ bill, client, context });
        }
      }),
    readChange: (event, context) =>
      guarded({ what: "Reading a bill", isWrite: false }, () =>
        readAcmeChange({ event, client, context }),
      ),
    readAnnouncements: ({ checkpoint }, context) =>
      guarded({ what: "Reading what happened to bills", isWrite: false }, () =>
        readAcmeAnnouncements({ ...input, checkpoint, context }),
      ),
  };
}

type Calls = { readonly client: AcmeClient; readonly context: CallContext };

/** Nothing is made blindly: what an earlier attempt made is found by our order id and gone on with. */
async function billOrder(input: { readonly order: BillingOrder } & Calls) {
  const { order, client, context } = input;
  const { orderId, revision, currency, customer } = order;
  const standing = await findBills({ orderId, client, context });
  for (const bill of standing.filter((one) => one.revision < revision)) {
    await takeBack({ bill, client, context });
  }
  const remoteCustomerId =
    customer.remoteCustomerId ?? (await findOrMakeCustomer({ customer, client, context }));
  const records: BillingRecord[] = [];
  for (const kind of ["subscription", "invoice"] as const) {
    const lines = order.lines.filter(({ billing }) => billing.kind === kind);
    if (lines.length === 0) continue;
    const found = standing.find((one) => one.revision === revision && one.kind === kind);
    const bill = found ?? (await makeBill({ ...input, kind, lines, remoteCustomerId }));
    records.push({
      kind,
      id: bill.id,
      lineIds: bill.line_ids,
      totalMinor: fromAcmeAmount({ amount: bill.total, currency }),
    });
  }
  return { remoteCustomerId, records };
}

async function makeBill(
  input: {
    readonly order: BillingOrder;
    readonly kind: BillingRecord["kind"];
    readonly lines: readonly BillingLine[];
    readonly remoteCustomerId: string;
  } & Calls,
): Promise<AcmeBill> {
  const { order, kind, lines, remoteCustomerId, client, context } = input;
  const { orderId, revision, currency } = order;
  const amountOf = (minor: number) => toAcmeAmount({ minor, currency });
  const total = lines.reduce((sum, line) => sum + line.unitAmountMinor * line.quantity, 0);
  const what = `Making the ${kind} of order ${orderId}`;
  try {
    return await client.send(
      {
        method: "POST",
        path: "/v1/bills",
        body: {
          // Unique over there: made of the order alone, so that every attempt has the same one.
          external_key: `${orderId}:${revision}:${kind}`,
          kind,
          customer_id: remoteCustomerId,
          order_id: orderId,
          revision,
          currency,
          total: amountOf(total),
          lines: lines.map((line) => ({
            line_id: line.lineId,
            sku: line.sku,
            name: line.name,
            quantity: line.quantity,
            unit_price: amountOf(line.unitAmountMinor),
            starts_at: line.startsAtIso,
            ends_at: line.endsAtIso,
          })),
        },
        what,
        schema: acmeBill,
        record: orderId,
      },
      context,
    );
  } catch (error) {
    if (!isTaken(error)) throw error;
    const bills = await findBills({ orderId, client, context });
    const existing = bills.find((one) => one.revision === revision && one.kind === kind);
    if (existing === undefined) throw error;
    return existing;
  }
}

/** Bills of the order that still stand. */
async function findBills(
  input: { readonly orderId: string } & Calls,
): Promise<readonly AcmeBill[]> {
  const { orderId, client, context } = input;
  const { bills } = await client.send(
    {
      method: "GET",
      path: "/v1/bills",
      query: { order_id: orderId },
      what: `Looking for the bills of order ${orderId}`,
      schema: acmeBills,
    },
    context,
  );
  return bills.filter(({ state }) => state === "open" || state === "paid");
}

/** What was paid is credited; Acme voids the rest. */
async function takeBack({ bill, client, context }: { readonly bill: AcmeBill } & Calls) {
  const how = bill.state === "paid" ? "credit" : "void";
  await client.send(
    {
      method: "POST",
      path: `/v1/bills/${encodeURIComponent(bill.id)}/${how}`,
      body: {},
      what: `Taking back bill ${bill.id}`,
      schema: acmeBill,
      record: bill.order_id,
    },
    context,
  );
}
