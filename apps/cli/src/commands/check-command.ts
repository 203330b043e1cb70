import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { customerRef, expectOk } from "../hub.ts";
import type { RunCommand } from "./command-context.ts";

interface CheckOptions {
  readonly json?: boolean;
  readonly amount?: string;
  readonly country?: string;
  readonly at?: string;
}

/** `usher check acme sso`: exit code 0 for yes, 1 for no, so that a script can ask. */
export function addCheckCommand(program: Command, run: RunCommand): void {
  program
    .command("check")
    .description("may this customer use this feature, and why?")
    .argument("<customer>", "the account's id in the CRM, or ours (cus_…)")
    .argument("<feature>")
    .option("--amount <n>", "how much is wanted")
    .option("--country <code>", "where, as ISO 3166-1 alpha-2")
    .option("--at <instant>", "at another instant than now, RFC 3339")
    .option("--json", "print one JSON document")
    .action((customer: string, feature: string, options: CheckOptions) =>
      run(options, async ({ hub, output }) => {
        const answer = expectOk(
          await hub().call("check", {
            body: {
              customer: customerRef(customer),
              feature,
              ...(options.amount === undefined ? {} : { amount: wholeNumber(options.amount) }),
              ...(options.country === undefined ? {} : { country: options.country }),
              ...(options.at === undefined ? {} : { at: options.at }),
            },
          }),
        );
        output.answer(answer, () =>
          [
            `${answer.allowed ? colors.green("yes") : colors.red("no")}: ${answer.reason.replaceAll("_", " ")}`,
            `  limit ${answer.limit}, used ${answer.usage}, left ${answer.remaining}` +
              (answer.valid_until === null ? "" : `, unchanged until ${answer.valid_until}`),
            ...answer.breakdown.map(
              (one) =>
                `  ${one.limit} from order ${one.order_id}, line ${one.line_id}, until ${one.active_until ?? "further notice"}`,
            ),
            colors.dim(
              `  as of ${answer.as_of} (${answer.source}, at most ${answer.lag_ms} ms behind)`,
            ),
          ].join("\n"),
        );
        if (!answer.allowed) process.exitCode = 1;
      }),
    );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new CliFailure(`--amount expects a whole number of at least 0; got “${text}”.`);
}
