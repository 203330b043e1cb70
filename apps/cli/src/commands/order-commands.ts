import type { WireOrder, WireOrderEvent } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import { clip, paintStatus, renderTable } from "../output.ts";
import { renderEvent } from "../render-event.ts";
import { renderRail } from "../render-rail.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";
import { readLimit, takeFirst } from "./list-options.ts";
import { addOrderPreviewCommand } from "./order-preview.ts";
import { readStatus } from "./read-status.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `usher order list|show|preview|resume|cancel|renew` */
export function addOrderCommands(program: Command, run: RunCommand): void {
  const order = program
    .command("order")
    .description("orders: what the hub is doing about each deal");

  order
    .command("list")
    .description("orders, newest first")
    .option("--status <words>", "only orders at this rung of the ladder, such as “action needed”")
    .option("--limit <n>", "at most so many", "50")
    .option("--json", "print one JSON document")
    .action((options: JsonOption & { readonly status?: string; readonly limit: string }) =>
      run(options, (context) => listOrders(context, options)),
    );

  order
    .command("show")
    .description("one order with its timeline")
    .argument("<order>", "its number, its id (ord_…) or the deal's id in its CRM")
    .option("--json", "print one JSON document")
    .action((reference: string, options: JsonOption) =>
      run(options, (context) => showOrder(context, reference)),
    );

  addOrderPreviewCommand(order, run);

  order
    .command("resume")
    .description("look at an order again that stands at Action needed")
    .argument("<order>")
    .option("--because <text>", "what was fixed")
    .option("--json", "print one JSON document")
    .action((reference: string, options: JsonOption & { readonly because?: string }) =>
      run(options, async ({ hub, output }) => {
        const { id } = await findOrder({ hub: hub(), reference });
        const body = options.because === undefined ? {} : { because: options.because };
        const resumed = expectOk(await hub().call("resumeOrder", { path: { id }, body }));
        output.answer(resumed, () => `Order ${resumed.number} is looked at again.`);
      }),
    );

  order
    .command("cancel")
    .description(
      "take an order back: its rights end now, its bills are undone, its token is revoked",
    )
    .argument("<order>")
    .option("--reason <text>")
    .option("--json", "print one JSON document")
    .action((reference: string, options: JsonOption & { readonly reason?: string }) =>
      run(options, async ({ hub, output }) => {
        const { id } = await findOrder({ hub: hub(), reference });
        const canceled = expectOk(
          await hub().call("cancelOrder", {
            path: { id },
            body: { reason: options.reason ?? null },
          }),
        );
        output.answer(
          canceled,
          () => `Order ${canceled.number} is being undone; \`order show ${id}\` follows it.`,
        );
      }),
    );

  order
    .command("renew")
    .description(
      "open the renewal of an Active order in the CRM it came from; there is one an order",
    )
    .argument("<order>")
    .option("--name <text>", "what the deal is called; default: the won deal's name and the day")
    .option("--json", "print one JSON document")
    .action((reference: string, options: JsonOption & { readonly name?: string }) =>
      run(options, async ({ hub, output }) => {
        const { id } = await findOrder({ hub: hub(), reference });
        const body = options.name === undefined ? {} : { name: options.name };
        const opened = expectOk(await hub().call("openRenewalDeal", { path: { id }, body }));
        output.answer(
          opened,
          () =>
            `${opened.was_there ? "Was opened before" : "Opened"} in ${opened.system}: ${opened.deal_id}, to be closed by ${opened.closes_on}.`,
        );
      }),
    );
}

async function listOrders(
  { hub, output }: CommandContext,
  options: { readonly status?: string; readonly limit: string },
): Promise<void> {
  const most = readLimit(options.limit);
  const query = {
    // One more than is shown tells whether there are more.
    limit: Math.min(most + 1, 100),
    ...(options.status === undefined ? {} : { status: readStatus(options.status) }),
  };
  const orders = await takeFirst(hub().each("listOrders", { query }), most + 1);
  const shown = orders.slice(0, most);
  const hasMore = orders.length > most;
  output.answer({ data: shown, has_more: hasMore }, () => {
    const table = renderTable({
      columns: ["number", "status", "customer", "deal", "held by / to fix", "id"],
      rows: shown.map((one) => [
        String(one.number),
        one.status,
        one.customer?.name ?? "–",
        clip(one.name, 40),
        clip(holderOf(one), 72),
        one.id,
      ]),
      empty: "There are no such orders.",
    });
    return hasMore
      ? `${table}\n${colors.dim(`There are more than these ${most}: --limit shows more.`)}`
      : table;
  });
}

function holderOf(order: WireOrder): string {
  if (order.problem !== null) return order.problem.sentence;
  return order.waiting_on === null ? "" : order.waiting_on.who;
}

async function showOrder({ hub, output }: CommandContext, reference: string): Promise<void> {
  const order = await findOrder({ hub: hub(), reference });
  const events: WireOrderEvent[] = [];
  for await (const event of hub().each("listOrderEvents", { path: { id: order.id } }))
    events.push(event);
  output.answer({ order, events }, () => renderOrder(order, events));
}

function renderOrder(order: WireOrder, events: readonly WireOrderEvent[]): string {
  const lines = order.lines.map(
    (line) =>
      `  ${line.quantity} × ${line.sku ?? `${line.product_code} (not in the catalog)`}` +
      (line.unit_price === null
        ? ""
        : ` at ${line.unit_price.amount} ${line.unit_price.currency}`) +
      (line.term === null ? "" : `, ${line.term.months} months from ${line.term.starts_on}`),
  );
  const holder =
    order.problem !== null
      ? [`  ${colors.red("to fix:")} ${order.problem.sentence}`]
      : order.waiting_on !== null
        ? [`  waiting on ${order.waiting_on.who} since ${order.waiting_on.since}`]
        : [];
  return [
    `${colors.bold(`Order ${order.number}`)} ${paintStatus(order.status)}  ${order.customer?.name ?? "no customer"} · ${order.name}`,
    `  ${order.source.system} ${order.source.id}, revision ${order.revision} (${order.revision_hash.slice(0, 19)}…)`,
    `  ${renderRail(order, events)}`,
    ...holder,
    ...lines,
    ...events.map((event) => `  ${colors.dim(event.occurred_at)}  ${renderEvent(event)}`),
  ].join("\n");
}

const orderNumber = /^[0-9A-Z]{8}$/i;

/** An order by our id, by its number, or by its deal's id. Names the ways it was looked for when there is none. */
export async function findOrder(input: {
  readonly hub: ReturnType<CommandContext["hub"]>;
  readonly reference: string;
}): Promise<WireOrder> {
  const { hub, reference } = input;
  if (reference.startsWith("ord_")) {
    return expectOk(await hub.call("getOrder", { path: { id: reference } }));
  }
  const ofDeal = expectOk(
    await hub.call("listOrders", { query: { source_id: reference, limit: 2 } }),
  );
  const ofNumber = orderNumber.test(reference)
    ? expectOk(await hub.call("listOrders", { query: { number: reference, limit: 2 } }))
    : { data: [] };
  const [first, second] = [...ofNumber.data, ...ofDeal.data];
  if (first === undefined) {
    throw new CliFailure(`No order has the number or comes from a deal “${reference}”.`, {
      hint: "Give the order's number or id (ord_…), as `usher order list` shows them, or the deal's id as the CRM shows it.",
    });
  }
  if (second !== undefined) {
    throw new CliFailure(`More than one order is meant by “${reference}”.`, {
      hint: `Give the order's id: ${first.id} (${first.source.system}) or ${second.id} (${second.source.system}).`,
    });
  }
  return first;
}
