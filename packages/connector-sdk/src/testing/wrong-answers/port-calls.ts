import type { CallContext } from "../../spec/call-context.ts";
import type { ConnectedSystem } from "../../spec/connector-manifest.ts";
import type { ConformanceHarness } from "../conformance-harness.ts";

/** One call of a port, the same each time it is made. */
export interface PortCall {
  readonly name: string;
  run(system: ConnectedSystem, context: CallContext): Promise<unknown>;
}

type Call = (system: ConnectedSystem, context: CallContext) => Promise<unknown> | undefined;

/**
 * A call of each method of each port that the connector has, in an order in which each finds what it
 * needs: what is amended was booked, what is taken back was amended.
 */
export async function portCallsOf(harness: ConformanceHarness): Promise<readonly PortCall[]> {
  const { peerUrl: url } = harness;
  const system = harness.connect({ url, fetch, now: Date.now });
  const calls = {
    ...(system.crm === null ? {} : await crmCalls(harness)),
    ...(system.billing === null ? {} : billingCalls(harness)),
    ...((system.erp ?? null) === null ? {} : erpCalls(harness)),
    ...((system.subscriptions ?? null) === null ? {} : subscriptionCalls()),
  };
  return Object.entries(calls).map(([name, call]) => ({
    name,
    run: async (on, context) => call(on, { ...context, idempotencyKey: name }),
  }));
}

async function crmCalls({ crm }: ConformanceHarness): Promise<Readonly<Record<string, Call>>> {
  // More than a page, so that there is something to leave out.
  const count = (crm?.pageSize ?? 0) + 2;
  const [one = "", two = "", three = ""] = (await crm?.seedEqualStamps({ count })) ?? [];
  const renewal = {
    orderId: "ord_wrong_renewal",
    dealId: one,
    name: "Renewal",
    closesOn: "2027-11-30",
    startsOn: "2027-12-01",
  };
  const status = (sequence: number) => {
    if (crm === undefined) throw new Error("a CRM's harness has `crm`");
    return crm.aStatus({ sequence, orderId: `ord_wrong_${sequence}` });
  };
  return {
    "crm.check": (system, context) => system.crm?.check(context),
    "crm.setUpFields": (system, context) => system.crm?.setUpFields?.(context),
    "crm.readChanges": (system, context) => system.crm?.readChanges({ checkpoint: null }, context),
    "crm.readDeals": (system, context) =>
      system.crm?.readDeals({ dealIds: [one, two, three] }, context),
    "crm.writeStatus": (system, context) =>
      system.crm?.writeStatus({ dealId: one, status: status(1) }, context),
    "crm.openRenewalDeal": (system, context) => system.crm?.openRenewalDeal?.(renewal, context),
    "crm.openRenewalDeal, opened already": (system, context) =>
      system.crm?.openRenewalDeal?.(renewal, context),
    "crm.writeStatuses": (system, context) =>
      system.crm?.writeStatuses(
        {
          writes: [
            { dealId: two, status: status(2) },
            { dealId: three, status: status(3) },
          ],
        },
        context,
      ),
  };
}

function billingCalls({ billing: harness }: ConformanceHarness): Readonly<Record<string, Call>> {
  if (harness === undefined) return {};
  const order = harness.anOrder();
  const { orderId, customer } = order;
  const more = (remoteCustomerId: string | null) => ({
    ...order,
    customer: { ...customer, remoteCustomerId },
    revision: 2,
    lines: order.lines.map((line) => ({ ...line, quantity: line.quantity + 1 })),
  });
  // Asked for once, of the peer: the same events then come with every wrong answer.
  let remoteCustomerId: string | null = null;
  let events: ReturnType<NonNullable<typeof harness.events>> | undefined;
  const checkout = {
    order: { ...harness.anOrder(), lines: order.lines.slice(0, 1) },
    successUrl: "https://product.example/thanks",
    cancelUrl: "https://product.example/",
  };
  const [line] = order.lines;
  const products = [
    {
      sku: line?.sku ?? "PRO",
      name: line?.name ?? "Pro",
      features: [{ key: "sso", name: "Single sign-on" }],
    },
  ];
  return {
    "billing.check": (system, context) => system.billing?.check(context),
    "billing.bill": async (system, context) => {
      const result = await system.billing?.bill(order, context);
      remoteCustomerId ??= result?.remoteCustomerId ?? null;
      return result;
    },
    "billing.readChange": async (system, context) => {
      events ??= harness.events?.(order);
      const changes: unknown[] = [];
      for (const event of (await events) ?? []) {
        changes.push(await system.billing?.readChange(event, context));
      }
      return changes;
    },
    "billing.readAnnouncements": (system, context) =>
      system.billing?.readAnnouncements?.({ checkpoint: null }, context),
    "billing.bill, a later revision": (system, context) =>
      system.billing?.bill(more(remoteCustomerId), context),
    "billing.bill, billed already": (system, context) =>
      system.billing?.bill(more(remoteCustomerId), context),
    "billing.cancelBilling": (system, context) =>
      system.billing?.cancelBilling(
        { orderId, customerId: customer.customerId, reason: "asked for", remoteCustomerId },
        context,
      ),
    "billing.startCheckout": (system, context) =>
      system.billing?.startCheckout?.(checkout, context),
    "billing.keepFeatures": (system, context) =>
      system.billing?.keepFeatures?.({ products }, context),
  };
}

function erpCalls({ erp: harness }: ConformanceHarness): Readonly<Record<string, Call>> {
  if (harness === undefined) return {};
  const order = harness.anOrder();
  const { orderId } = order;
  const [line] = order.lines;
  const item = { sku: line?.sku ?? "PRO", name: line?.name ?? "Pro" };
  const more = {
    ...order,
    revision: 2,
    lines: order.lines.map((one) => ({ ...one, quantity: one.quantity + 1 })),
  };
  return {
    "erp.check": (system, context) => system.erp?.check(context),
    "erp.upsertCustomer": (system, context) => system.erp?.upsertCustomer(order.customer, context),
    "erp.upsertItem": (system, context) => system.erp?.upsertItem(item, context),
    "erp.bookOrder": (system, context) => system.erp?.bookOrder(order, context),
    "erp.bookOrder, booked already": (system, context) => system.erp?.bookOrder(order, context),
    "erp.amendOrder": (system, context) => system.erp?.amendOrder(more, context),
    "erp.readInvoices": (system, context) => system.erp?.readInvoices({ orderId }, context),
    "erp.cancelOrder": (system, context) =>
      system.erp?.cancelOrder({ orderId, revision: 3, reason: "asked for" }, context),
  };
}

function subscriptionCalls(): Readonly<Record<string, Call>> {
  const receiverUrl = "https://hub.example/v1/inbound/con_wrong";
  return {
    "subscriptions.keep": (system, context) =>
      system.subscriptions?.keep(
        { receiverUrl, secret: "a secret of two", subscriptionId: null },
        context,
      ),
  };
}
