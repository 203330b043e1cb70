import type { WireInboxMessage, WireInboxMessageDetail } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { expectOk } from "../hub.ts";
import { renderTable } from "../output.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";
import { readLimit, readStatus, takeFirst } from "./list-options.ts";

interface JsonOption {
  readonly json?: boolean;
}

const statuses = ["pending", "processed", "ignored", "quarantined"] as const;
type Status = (typeof statuses)[number];

interface ListOptions extends JsonOption {
  readonly status?: string;
  readonly connection?: string;
  readonly limit: string;
}

/** `usher inbox list|show|replay` */
export function addInboxCommands(program: Command, run: RunCommand): void {
  const inbox = program
    .command("inbox")
    .description("what remote systems have announced, and what of it lies in quarantine");

  inbox
    .command("list")
    .description("messages, newest first")
    .option("--status <word>", statuses.join(", "))
    .option("--connection <id>", "only of this connection (con_…)")
    .option("--limit <n>", "at most so many", "50")
    .option("--json", "print one JSON document")
    .action((options: ListOptions) =>
      run(options, async (context) => {
        const messages = await messagesOf(context, options);
        context.output.answer({ data: messages }, () =>
          renderTable({
            columns: ["received", "type", "deal", "status", "tries", "reason", "id"],
            rows: messages.map((one) => [
              one.received_at,
              one.type,
              one.deal_id ?? "–",
              one.status,
              String(one.attempts),
              reasonOf(one),
              one.id,
            ]),
            empty: "There are no such messages.",
          }),
        );
      }),
    );

  inbox
    .command("show")
    .description("one message with its payload and the reason it is in quarantine")
    .argument("<message>", "its id (inb_…), as `usher inbox list` shows it")
    .option("--json", "print one JSON document")
    .action((id: string, options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const shown = expectOk(await hub().call("getInboxMessage", { path: { id } }));
        output.answer(shown, () => renderMessage(shown));
      }),
    );

  inbox
    .command("replay")
    .description("put a message back in line, or all of those in quarantine")
    .argument("[message]", "its id")
    .option("--all", "every message in quarantine")
    .option("--connection <id>", "with --all: only of this connection")
    .option("--json", "print one JSON document")
    .action(
      (
        id: string | undefined,
        options: JsonOption & { readonly all?: boolean; readonly connection?: string },
      ) =>
        run(options, async (context) => {
          if ((id === undefined) === (options.all !== true)) {
            throw new CliFailure("Give the id of one message, or --all.");
          }
          const ids =
            id === undefined
              ? (
                  await messagesOf(context, { ...options, status: "quarantined", limit: "10000" })
                ).map((one) => one.id)
              : [id];
          const replayed: WireInboxMessage[] = [];
          for (const one of ids) {
            const answer = await context.hub().call("replayInboxMessage", { path: { id: one } });
            replayed.push(expectOk(answer));
          }
          context.output.answer(
            { replayed },
            () => `${replayed.length} back in line, each with all its tries.`,
          );
        }),
    );
}

async function messagesOf(
  { hub }: CommandContext,
  options: Omit<ListOptions, "json">,
): Promise<readonly WireInboxMessage[]> {
  const most = readLimit(options.limit);
  const status = readStatus({ status: options.status, statuses });
  const query: { limit: number; status?: Status; connection_id?: string } = {
    limit: Math.min(most, 200),
    ...(status === undefined ? {} : { status }),
    ...(options.connection === undefined ? {} : { connection_id: options.connection }),
  };
  return await takeFirst(hub().each("listInboxMessages", { query }), most);
}

function renderMessage(one: WireInboxMessageDetail): string {
  return [
    `${colors.bold(one.id)} ${one.status}  ${one.type} · ${one.event_id}`,
    `  received ${one.received_at} by ${one.connection_id}, tried ${one.attempts} times`,
    ...(reasonOf(one) === "" ? [] : [`  ${colors.red("reason:")} ${reasonOf(one)}`]),
    ...(one.replay === null ? [] : [`  once it is fixed: ${one.replay}`]),
    JSON.stringify(one.payload, null, 2),
  ].join("\n");
}

function reasonOf({ last_error: reason }: Pick<WireInboxMessage, "last_error">): string {
  return typeof reason === "string" ? reason : "";
}
