import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { CliFailure } from "../cli-failure.ts";
import { childEnvironment, projectRoot } from "../config.ts";

const execute = promisify(execFile);

/** Runs `apps/setup` once and returns what it printed as JSON. It speaks to the database as its owner. */
export async function runSetup(input: {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}): Promise<unknown> {
  const entry = join(projectRoot, "apps/setup/src/main.ts");
  try {
    const { stdout } = await execute(process.execPath, [entry, ...input.args, "--json"], {
      env: childEnvironment(input.env),
      timeout: 120_000,
    });
    return JSON.parse(stdout);
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr?.trim();
    throw new CliFailure(`usher setup ${input.args[0] ?? ""} failed: ${said || String(error)}`, {
      cause: error,
    });
  }
}
