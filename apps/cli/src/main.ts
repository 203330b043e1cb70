import { Command } from "commander";
import colors from "picocolors";
import { addApproveCommand } from "./commands/approve-command.ts";
import { addCatalogCommands } from "./commands/catalog-commands.ts";
import { addCheckCommand } from "./commands/check-command.ts";
import type { RunCommand } from "./commands/command-context.ts";
import { addConnectionCommands } from "./commands/connection-commands.ts";
import { addConnectorCommands } from "./commands/connector-commands.ts";
import { addDoctorCommand } from "./commands/doctor-command.ts";
import { addImportCommand } from "./commands/import-command.ts";
import { addInboxCommands } from "./commands/inbox-commands.ts";
import { addOrderCommands } from "./commands/order-commands.ts";
import { addStartCommand } from "./commands/start-command.ts";
import { readConfig } from "./config.ts";
import { openHub, toCliFailure } from "./hub.ts";
import { createOutput } from "./output.ts";

/** Runs a command's work with what it needs; a failure is sentences on stderr and exit code 2. */
const run: RunCommand = async (options, work) => {
  const config = readConfig();
  const output = createOutput({
    json: options.json ?? false,
    write: (text) => process.stdout.write(text),
  });
  try {
    await work({ config, output, hub: () => openHub(config) });
  } catch (error) {
    const failure = toCliFailure(error, config);
    process.exitCode = 2;
    if (output.isJson) {
      process.stderr.write(
        `${JSON.stringify({ error: failure.message, hint: failure.hint ?? null })}\n`,
      );
      return;
    }
    process.stderr.write(
      `${colors.red("✗")} ${failure.message}\n${failure.hint ? `  ${failure.hint}\n` : ""}`,
    );
  }
};

const program = new Command("usher")
  .description(
    "From closed-won to access: orders, approvals, checks and the catalog of an Usher hub.",
  )
  .showHelpAfterError();
addStartCommand(program, run);
addDoctorCommand(program, run);
addOrderCommands(program, run);
addApproveCommand(program, run);
addCheckCommand(program, run);
addCatalogCommands(program, run);
addImportCommand(program, run);
addConnectionCommands(program, run);
addInboxCommands(program, run);
addConnectorCommands(program, run);
await program.parseAsync();
