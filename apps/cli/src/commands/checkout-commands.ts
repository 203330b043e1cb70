import type { WireCheckoutSession } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import { expectOk } from "../hub.ts";
import { renderTable } from "../output.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";
import { readLimit, readStatus, takeFirst } from "./list-options.ts";

interface JsonOption {
  readonly json?: boolean;
}

interface ListOptions extends JsonOption {
  readonly status?: string;
  readonly limit: string;
}

const statuses = ["open", "pending", "completed", "failed", "expired"] as const;

/** `usher checkout list|show` */
export function addCheckoutCommands(program: Command, run: RunCommand): void {
  const checkout = program
    .command("checkout")
    .description("pages on which customers buy by themselves, and what became of them");

  checkout
    .command("list")
    .description("sessions, newest first")
    .option("--status <word>", statuses.join(", "))
    .option("--limit <n>", "at most so many", "50")
    .option("--json", "print one JSON document")
    .action((options: ListOptions) =>
      run(options, async (context) => {
        const sessions = await sessionsOf(context, options);
        context.output.answer({ data: sessions }, () =>
          renderTable({
            columns: ["opened", "customer", "total", "status", "order", "id"],
            rows: sessions.map((one) => [
              one.created_at,
              one.customer.name,
              `${one.total.amount} ${one.total.currency}`,
              one.status,
              one.order_id ?? "–",
              one.id,
            ]),
            empty: "There are no such checkout sessions.",
          }),
        );
      }),
    );

  checkout
    .command("show")
    .description("one session: what it sells, where its page is, the order it became")
    .argument("<session>", "its id (chk_…), as `usher checkout list` shows it")
    .option("--json", "print one JSON document")
    .action((id: string, options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const shown = expectOk(await hub().call("getCheckoutSession", { path: { id } }));
        output.answer(shown, () => renderSession(shown));
      }),
    );
}

async function sessionsOf(
  { hub }: CommandContext,
  options: ListOptions,
): Promise<readonly WireCheckoutSession[]> {
  const most = readLimit(options.limit);
  const status = readStatus({ status: options.status, statuses });
  const query = { limit: Math.min(most, 200), ...(status === undefined ? {} : { status }) };
  return await takeFirst(hub().each("listCheckoutSessions", { query }), most);
}

function renderSession(one: WireCheckoutSession): string {
  return [
    `${colors.bold(one.id)} ${one.status}  ${one.customer.name} (${one.customer.external_id})`,
    ...one.lines.map(
      ({ sku, quantity, unit_price, term }) =>
        `  ${quantity} × ${sku} at ${unit_price.amount} ${unit_price.currency}, ${term.months} months from ${term.starts_on}`,
    ),
    `  ${one.total.amount} ${one.total.currency} over the whole term, before taxes`,
    ...(one.order_id === null ? [] : [`  order: ${one.order_id}`]),
    ...(one.url === null ? [] : [`  page: ${one.url}`]),
    ...(one.expires_at === null ? [] : [`  expires ${one.expires_at}`]),
    `  opened ${one.created_at}`,
  ].join("\n");
}
