import type { UsherClient } from "@usher/api-contract";
import type { CliConfig } from "../config.ts";
import type { Output } from "../output.ts";

/** What every command is given; `hub` is opened when first asked for. */
export interface CommandContext {
  readonly config: CliConfig;
  readonly output: Output;
  readonly hub: () => UsherClient;
}

export type RunCommand = <Options extends { readonly json?: boolean }>(
  options: Options,
  work: (context: CommandContext) => Promise<void>,
) => Promise<void>;
