import type { UsherClient, WireOrder, WireOrderEvent } from "@usher/api-contract";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import { paintStatus } from "../output.ts";
import { renderEvent } from "../render-event.ts";
import type { SimulatorControl } from "../simulator-control.ts";
import { verifyDemoToken } from "./verify-demo-token.ts";
import { watchOrder } from "./watch-order.ts";

export interface MainJobResult {
  readonly order: WireOrder;
  readonly customer: string;
}

/** 250 seats of Pro, 28 % below list: that is above 20 %, so Finance is asked. */
const demoDeal = (today: string, account: string) => ({
  name: `${account}: Pro, 250 seats`,
  account: { name: account, country: "DE" },
  owner: { name: "Sam Seller", email: "sam.seller@demo.example" },
  currency: "USD",
  close_date: today,
  lines: [
    {
      product: "PRO",
      product_name: "Pro",
      quantity: "250",
      unit_price: "345.60",
      list_price: "480.00",
      starts_on: today,
      term_months: 12,
    },
  ],
});

/**
 * Plays the main job where it can be watched: a deal is won, waits for Finance, is approved, billed,
 * granted, signed, checked, and the deal in the CRM shows Active. Prints each thing as it happens.
 */
export async function playMainJob(input: {
  readonly hub: UsherClient;
  readonly approver: UsherClient;
  readonly simulator: SimulatorControl;
  readonly baseUrl: string;
  readonly today: string;
  readonly account: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly onEvent: (event: WireOrderEvent) => void;
  /** Resolves when the person at the terminal wants Dana to say yes; at once where nobody can press a key. */
  readonly untilApproved: (taskPage: string) => Promise<void>;
}): Promise<MainJobResult> {
  const { hub, say, simulator } = input;
  const started = performance.now();
  const stamp = () =>
    colors.dim(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  `);
  const tell = (line: string) => say(`${stamp()}${line}`);

  const deal = await simulator.winDeal(demoDeal(input.today, input.account));
  tell(`Salesforce: “${deal.name}” is ${colors.bold("Closed Won")}, 28 % below list`);
  const first = await findOrderOfDeal({ hub, dealId: deal.id, signal: input.signal });

  let isAsked = false;
  const order = await watchOrder({
    hub,
    orderId: first.id,
    timeoutMs: 60_000,
    signal: input.signal,
    onEvent: (event) => {
      tell(renderEvent(event));
      input.onEvent(event);
    },
    onStanding: async (standing) => {
      if (standing.status !== "Awaiting approval" || isAsked) return;
      isAsked = true;
      await approveAsDana({ ...input, order: standing, tell });
    },
    isSettled: ({ status }) =>
      status === "Active" || status === "Action needed" || status === "Rejected",
  });
  if (order.status !== "Active") {
    tell(
      `The order stands at ${paintStatus(order.status)}${order.problem ? `: ${order.problem.sentence}` : ""}`,
    );
    return { order, customer: order.customer?.external_id ?? "" };
  }
  const customer = order.customer?.external_id ?? "";
  await proveAccess({ hub, baseUrl: input.baseUrl, customer, tell });
  await untilDealShows({
    simulator,
    dealId: deal.id,
    status: "Active",
    signal: input.signal,
    tell,
  });
  return { order, customer };
}

async function findOrderOfDeal(input: {
  readonly hub: UsherClient;
  readonly dealId: string;
  readonly signal: AbortSignal;
}): Promise<WireOrder> {
  return await poll({
    what: `an order of deal ${input.dealId}`,
    signal: input.signal,
    ask: async () => {
      const page = expectOk(
        await input.hub.call("listOrders", { query: { source_id: input.dealId } }),
      );
      return page.data[0];
    },
  });
}

async function approveAsDana(input: {
  readonly hub: UsherClient;
  readonly approver: UsherClient;
  readonly baseUrl: string;
  readonly order: WireOrder;
  readonly untilApproved: (taskPage: string) => Promise<void>;
  readonly tell: (line: string) => void;
}): Promise<void> {
  const page = expectOk(
    await input.approver.call("listApprovalTasks", {
      query: { status: "open", order_id: input.order.id },
    }),
  );
  for (const task of page.data) {
    input.tell(`Asked because: ${task.reasons.map((reason) => reason.sentence).join("; ")}`);
    await input.untilApproved(`${input.baseUrl}/approvals/${task.id}`);
    const current = expectOk(
      await input.approver.call("getApprovalTask", { path: { id: task.id } }),
    );
    // The page may have been quicker than the key.
    if (current.status !== "open") continue;
    expectOk(
      await input.approver.call("decideApprovalTask", {
        path: { id: task.id },
        body: {
          decision: "approve",
          comment: "The volume is worth the discount.",
          revision_hash: current.revision_hash,
        },
      }),
    );
  }
}

async function proveAccess(input: {
  readonly hub: UsherClient;
  readonly baseUrl: string;
  readonly customer: string;
  readonly tell: (line: string) => void;
}): Promise<void> {
  const customer = `ext:${input.customer}`;
  const token = expectOk(
    await input.hub.call("issueToken", { body: { customer, ttl_seconds: 86_400 } }),
  );
  const verified = await verifyDemoToken({ baseUrl: input.baseUrl, compact: token.token });
  input.tell(
    `Token ${token.jti} verified with the published keys: ${verified.features.join(", ")}`,
  );
  const answer = expectOk(
    await input.hub.call("check", { body: { customer, feature: "seats", amount: 250 } }),
  );
  input.tell(
    `Check “seats × 250”: ${answer.allowed ? colors.green("yes") : colors.red("no")} (${answer.reason}), limit ${answer.limit}, ${answer.lag_ms} ms old`,
  );
}

async function untilDealShows(input: {
  readonly simulator: SimulatorControl;
  readonly dealId: string;
  readonly status: string;
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}): Promise<void> {
  const deal = await poll({
    what: `${input.status} on the deal in Salesforce`,
    signal: input.signal,
    ask: async () => {
      const shown = await input.simulator.showDeal(input.dealId);
      return shown.usher["Usher_Status__c"] === input.status ? shown : undefined;
    },
  });
  input.tell(
    `Salesforce shows ${paintStatus(input.status)}: ${String(deal.usher["Usher_Summary__c"] ?? "")}`,
  );
}

/** Asks every 150 ms for at most 60 s. */
async function poll<Value>(input: {
  readonly what: string;
  readonly signal: AbortSignal;
  readonly ask: () => Promise<Value | undefined>;
}): Promise<Value> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    input.signal.throwIfAborted();
    const value = await input.ask();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new CliFailure(`Expected ${input.what} within 60 s; it did not come.`, {
    hint: "Look at .usher/logs/worker.log and at the simulator's page.",
  });
}
