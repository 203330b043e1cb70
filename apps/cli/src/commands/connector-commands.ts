import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  badgeFiles,
  type CheckOutcome,
  type ConformanceReport,
  renderConformanceBadge,
  renderConformanceTable,
  renderScore,
  runConformance,
} from "@usher/connector-sdk/conformance";
import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { findConnectorHome, loadConformance } from "../connector/connector-home.ts";
import { parseConnectorName } from "../connector/connector-name.ts";
import { askChoice, type GivenChoice } from "../connector/new/ask-choice.ts";
import { createConnector } from "../connector/new/create-connector.ts";
import { authKinds, connectorKinds, triggers } from "../connector/new/template-choice.ts";
import { releaseManifest } from "../connector/release-manifest.ts";
import type { RunCommand } from "./command-context.ts";
import { addConnectorDevCommand } from "./connector-dev-command.ts";
import { addConnectorRecordCommand } from "./connector-record-command.ts";

interface JsonOption {
  readonly json?: boolean;
}

/** `usher connector new|dev|test|record|release` */
export function addConnectorCommands(program: Command, run: RunCommand): void {
  const connector = program
    .command("connector")
    .description("write a connector, and know whether it is right");
  addNewCommand(connector, run);
  addTestCommand(connector, run);
  addConnectorDevCommand(connector, run);
  addConnectorRecordCommand(connector, run);
  addReleaseCommand(connector, run);
}

function addNewCommand(connector: Command, run: RunCommand): void {
  connector
    .command("new")
    .description("write a connector whose conformance kit is already green")
    .argument("<name>", "such as acme-crm")
    .option("--kind <kind>", connectorKinds.join(", "))
    .option("--auth <kind>", authKinds.join(", "))
    .option("--trigger <how>", triggers.join(", "))
    .option("--yes", "take the defaults, ask nothing")
    .option("--no-install", "leave the lockfile alone")
    .option("--json", "print one JSON document")
    .action(
      (
        text: string,
        options: JsonOption & GivenChoice & { readonly yes?: boolean; readonly install: boolean },
      ) =>
        run(options, async ({ output }) => {
          const name = parseConnectorName(text);
          const canAsk =
            process.stdin.isTTY && process.stdout.isTTY && !options.yes && !options.json;
          const choice = await askChoice(options, { canAsk });
          const created = await createConnector({
            name,
            choice,
            isInstalled: options.install,
            onStep: (step) => output.say(colors.dim(`${step} …`)),
          });
          const { folder, files, report, leftToDo } = created;
          output.answer(
            {
              name: name.kebab,
              ...choice,
              folder,
              files,
              left_to_do: leftToDo,
              score: report.score,
            },
            () =>
              [
                `${folder}`,
                ...files.map((file) => `  ${file}`),
                "",
                `${report.isConformant ? colors.green("✓") : colors.red("✗")} ${renderScore(report)}`,
                ...(leftToDo === null
                  ? []
                  : [`Run \`${leftToDo}\`: the lockfile does not know the package yet.`]),
                `Next: \`usher connector dev ${name.kebab}\`, and docs/guides/add-a-connector.md.`,
              ].join("\n"),
          );
          if (!report.isConformant) process.exitCode = 1;
        }),
    );
}

const colorOf: Readonly<Record<CheckOutcome, (text: string) => string>> = {
  passed: colors.green,
  failed: colors.red,
  beyond: colors.dim,
  skipped: colors.yellow,
  unproven: colors.red,
};

function addTestCommand(connector: Command, run: RunCommand): void {
  connector
    .command("test")
    .description("the conformance checks, with no vendor account and no network")
    .argument("<name>")
    .option("--only <numbers>", "some of the checks, such as 15,24")
    .option("--badge", `write ${badgeFiles.svg} and ${badgeFiles.markdown} beside the README`)
    .option("--json", "print one JSON document")
    .action(
      (text: string, options: JsonOption & { readonly only?: string; readonly badge?: boolean }) =>
        run(options, async ({ output }) => {
          const home = findConnectorHome(parseConnectorName(text));
          const subject = await loadConformance(home);
          const only = options.only === undefined ? {} : { only: parseNumbers(options.only) };
          const report = await runConformance(subject, only);
          if (options.badge) writeBadge(home.folder, report);
          output.answer(report, () =>
            renderConformanceTable(report, (outcome, line) => colorOf[outcome](line)),
          );
          if (!report.isConformant) process.exitCode = 1;
        }),
    );
}

function addReleaseCommand(connector: Command, run: RunCommand): void {
  connector
    .command("release")
    .description("write down what the manifest promises, for check 3 to hold later versions to")
    .argument("<name>")
    .option("--json", "print one JSON document")
    .action((text: string, options: JsonOption) =>
      run(options, async ({ output }) => {
        const home = findConnectorHome(parseConnectorName(text));
        const subject = await loadConformance(home);
        const file = join(home.folder, await releaseManifest({ subject, folder: home.folder }));
        output.answer({ file }, () => file);
      }),
    );
}

function parseNumbers(text: string): readonly number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every((one) => Number.isInteger(one) && one >= 1 && one <= 50)) return numbers;
  throw new CliFailure(`--only is "${text}"; expected numbers of checks, such as 15,24.`);
}

function writeBadge(folder: string, report: ConformanceReport): void {
  const badge = renderConformanceBadge(report);
  writeFileSync(join(folder, badgeFiles.svg), badge.svg);
  writeFileSync(join(folder, badgeFiles.markdown), badge.markdown);
}
