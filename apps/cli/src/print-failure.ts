import colors from "picocolors";
import type { CliFailure } from "./cli-failure.ts";

/** A failure on stderr: sentences for people, one JSON document for programs. */
export function printFailure(input: {
  readonly failure: CliFailure;
  readonly isJson: boolean;
}): void {
  const { message, hint } = input.failure;
  process.stderr.write(
    input.isJson
      ? `${JSON.stringify({ error: message, hint: hint ?? null })}\n`
      : `${colors.red("✗")} ${message}\n${hint === undefined ? "" : `  ${hint}\n`}`,
  );
}
