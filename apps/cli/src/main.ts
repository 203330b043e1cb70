import { Command, CommanderError } from "commander";
import { CliFailure } from "./cli-failure.ts";
import { addApproveCommand } from "./commands/approve-command.ts";
import { addCatalogCommands } from "./commands/catalog-commands.ts";
import { addCheckCommand } from "./commands/check-command.ts";
import { addCheckoutCommands } from "./commands/checkout-commands.ts";
import type { RunCommand } from "./commands/command-context.ts";
import { addConnectionCommands } from "./commands/connection-commands.ts";
import { addConnectorCommands } from "./commands/connector-commands.ts";
import { addDoctorCommand } from "./commands/doctor-command.ts";
import { addImportCommand } from "./commands/import-command.ts";
import { addInboxCommands } from "./commands/inbox-commands.ts";
import { addOrderCommands } from "./commands/order-commands.ts";
import { addStartCommand } from "./commands/start-command.ts";
import { type CliConfig, readConfig } from "./config.ts";
import { openHub, toCliFailure } from "./hub.ts";
import { createOutput } from "./output.ts";
import { printFailure } from "./print-failure.ts";

/** Runs a command's work with what it needs; a failure is sentences on stderr and exit code 2. */
const run: RunCommand = async (options, work) => {
  const output = createOutput({
    json: options.json ?? false,
    write: (text) => process.stdout.write(text),
  });
  let config: CliConfig | undefined;
  try {
    config = readConfig();
    const known = config;
    await work({ config: known, output, hub: () => openHub(known) });
  } catch (error) {
    printFailure({ failure: toCliFailure(error, config), isJson: output.isJson });
    process.exitCode = 2;
  }
};

const program = new Command("usher")
  .description(
    "From closed-won to access: orders, approvals, checks and the catalog of an Usher hub.",
  )
  // A command that was typed wrongly fails like every other: exit code 2, never the 1 of a "no".
  .exitOverride()
  .configureOutput({ outputError: () => undefined });
addStartCommand(program, run);
addDoctorCommand(program, run);
addOrderCommands(program, run);
addApproveCommand(program, run);
addCheckCommand(program, run);
addCatalogCommands(program, run);
addImportCommand(program, run);
addConnectionCommands(program, run);
addCheckoutCommands(program, run);
addInboxCommands(program, run);
addConnectorCommands(program, run);
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  const isHelp = error.code === "commander.help" || error.exitCode === 0;
  if (!isHelp) {
    printFailure({
      failure: new CliFailure(sentenceOf(error), { hint: "Add --help to see what it takes." }),
      isJson: process.argv.includes("--json"),
    });
  }
}

/** commander: "error: missing required argument 'order'". */
function sentenceOf({ message }: CommanderError): string {
  const text = message
    .replace(/^error: /, "")
    .replaceAll("\n", " ")
    .trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? "" : "."}`;
}
