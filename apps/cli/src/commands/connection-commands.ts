import type { WireConnection, WireConnector } from "@usher/api-contract";
import type { Command } from "commander";
import { CliFailure } from "../cli-failure.ts";
import { secretVariables } from "../config.ts";
import { chooseKinds } from "../connection/choose-kinds.ts";
import { type ConfigSources, gatherConfig } from "../connection/gather-config.ts";
import { terminalPrompt } from "../connection/prompt.ts";
import {
  renderCheck,
  renderConnection,
  renderConnections,
} from "../connection/render-connection.ts";
import { expectOk } from "../hub.ts";
import type { CommandContext, RunCommand } from "./command-context.ts";

interface JsonOption {
  readonly json?: boolean;
}

type Hub = ReturnType<CommandContext["hub"]>;

/** `usher connection add|list|show|check|rotate` */
export function addConnectionCommands(program: Command, run: RunCommand): void {
  const connection = program
    .command("connection")
    .description("links to remote systems: add, look at, prove, give new credentials");
  addAddCommand(connection, run);

  connection
    .command("list")
    .description("every connection and how it fares")
    .option("--json", "print one JSON document")
    .action((options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const all: WireConnection[] = [];
        for await (const one of hub().each("listConnections", { query: { limit: 200 } })) {
          all.push(one);
        }
        output.answer({ data: all }, () => renderConnections(all));
      }),
    );

  connection
    .command("show")
    .description("one connection: last success, lag, last error, calls left, quarantine")
    .argument("<connection>", "its name or id (con_…)")
    .option("--json", "print one JSON document")
    .action((reference: string, options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const { id } = await findConnection(hub(), reference);
        const shown = expectOk(await hub().call("getConnection", { path: { id } }));
        output.answer(shown, () => renderConnection(shown));
      }),
    );

  connection
    .command("check")
    .description("ask the vendor, read-only, whether it works; exit code 1 when it does not")
    .argument("<connection>", "its name or id (con_…)")
    .option("--json", "print one JSON document")
    .action((reference: string, options: JsonOption) =>
      run(options, async ({ hub, output }) => {
        const { id } = await findConnection(hub(), reference);
        const found = expectOk(await hub().call("checkConnection", { path: { id } }));
        output.answer(found, () => renderCheck(found));
        if (found.outcome !== "works") process.exitCode = 1;
      }),
    );

  addRotateCommand(connection, run);
}

const collect = (value: string, before: readonly string[]) => [...before, value];

function withSources(command: Command): Command {
  return command
    .option("--config <file>", "a JSON file with fields; webhook_secrets may stand in it")
    .option("--set <field=value>", "one open field; may be repeated", collect, [])
    .option(
      "--secret <field=@file>",
      "one secret from a file, such as privateKey=@key.pem; may be repeated",
      collect,
      [],
    )
    .option("--secrets-stdin", "read a JSON object of fields from standard input")
    .option("--json", "print one JSON document; nothing is asked");
}

function addAddCommand(connection: Command, run: RunCommand): void {
  withSources(
    connection
      .command("add")
      .description(
        "connect a remote system; what is missing is asked, secrets are not shown while typed",
      )
      .argument("<vendor>", "such as salesforce, hubspot, stripe, tryton"),
  )
    .option("--name <name>", "what it is called here; the same name again replaces it")
    .option(
      "--kind <kind>",
      "crm, billing or erp; may be repeated; default: what the vendor is first of all",
      collect,
      [],
    )
    .option("--no-check", "do not ask the vendor afterwards whether it works")
    .action(
      (
        vendor: string,
        options: JsonOption &
          ConfigSources & {
            readonly name?: string;
            readonly kind: readonly string[];
            readonly check: boolean;
          },
      ) =>
        run(options, async ({ hub, output }) => {
          const connector = await findConnector(hub(), vendor);
          const gathered = await gatherConfig({
            connector,
            sources: options,
            around: around(options),
          });
          const added = expectOk(
            await hub().call("createConnection", {
              body: {
                vendor: connector.id,
                name: options.name ?? connector.name,
                kinds: chooseKinds({ asked: options.kind, connector }),
                config: { ...gathered.config },
                secrets: { ...gathered.secrets },
                webhook_secrets: [...gathered.webhookSecrets],
              },
            }),
          );
          const { id } = added;
          const check = options.check
            ? expectOk(await hub().call("checkConnection", { path: { id } }))
            : null;
          output.answer({ connection: added, check }, () =>
            [
              `Added ${added.name} (${id}). Webhooks of the vendor go to ${added.inbound_url}`,
              ...(check === null ? [] : [renderCheck(check)]),
            ].join("\n"),
          );
          if (check !== null && check.outcome !== "works") process.exitCode = 1;
        }),
    );
}

function addRotateCommand(connection: Command, run: RunCommand): void {
  withSources(
    connection
      .command("rotate")
      .description(
        "give it new credentials without downtime: proven beside the old ones, then switched",
      )
      .argument("<connection>", "its name or id (con_…)"),
  )
    .option("--webhook-overlap-hours <n>", "how long the old webhook secret is accepted", "72")
    .action(
      (
        reference: string,
        options: JsonOption & ConfigSources & { readonly webhookOverlapHours: string },
      ) =>
        run(options, async ({ hub, output }) => {
          const found = await findConnection(hub(), reference);
          const connector = await findConnector(hub(), found.vendor);
          const hours = Number(options.webhookOverlapHours);
          if (!(hours >= 0 && hours <= 720)) {
            throw new CliFailure("--webhook-overlap-hours expects a number from 0 to 720.");
          }
          const gathered = await gatherConfig({
            connector,
            sources: options,
            around: around(options),
            existing: found.config,
          });
          const rotated = expectOk(
            await hub().call("rotateConnection", {
              path: { id: found.id },
              body: {
                config: { ...gathered.config },
                secrets: { ...gathered.secrets },
                ...(gathered.webhookSecrets.length === 0
                  ? {}
                  : { webhook_secrets: [...gathered.webhookSecrets] }),
                webhook_overlap_hours: hours,
              },
            }),
          );
          const until = rotated.credentials.old_webhook_secrets_until;
          output.answer(
            rotated,
            () =>
              `${rotated.name} works with its new credentials.${until === null ? "" : ` The old webhook secret is accepted until ${until}.`}`,
          );
        }),
    );
}

function around(options: JsonOption & ConfigSources) {
  const isPersonThere = process.stdin.isTTY && process.stdout.isTTY;
  return {
    environment: secretVariables(),
    stdin: process.stdin,
    prompt: isPersonThere && !options.json && !options.secretsStdin ? terminalPrompt : null,
  };
}

async function findConnector(hub: Hub, vendor: string): Promise<WireConnector> {
  const all: WireConnector[] = [];
  for await (const one of hub.each("listConnectors", { query: { limit: 200 } })) all.push(one);
  const found = all.find((one) => one.id === vendor);
  if (found === undefined) {
    throw new CliFailure(`The hub has no connector “${vendor}”.`, {
      hint: `It has: ${all.map((one) => one.id).join(", ")}.`,
    });
  }
  if (found.problem !== null) throw new CliFailure(found.problem);
  return found;
}

async function findConnection(hub: Hub, reference: string): Promise<WireConnection> {
  const names: string[] = [];
  for await (const one of hub.each("listConnections", { query: { limit: 200 } })) {
    if (one.id === reference || one.name === reference) return one;
    names.push(one.name);
  }
  throw new CliFailure(`There is no connection “${reference}”.`, {
    hint: names.length === 0 ? "There are none yet." : `There are: ${names.join(", ")}.`,
  });
}
