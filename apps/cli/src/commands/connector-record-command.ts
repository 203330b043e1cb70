import { join, relative } from "node:path";
import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { findConnectorHome } from "../connector/connector-home.ts";
import { parseConnectorName } from "../connector/connector-name.ts";
import { createRedactor } from "../connector/record/redact.ts";
import { startRecordingProxy } from "../connector/record/start-recording-proxy.ts";
import { writeFixture } from "../connector/record/write-fixture.ts";
import type { RunCommand } from "./command-context.ts";

interface RecordOptions {
  readonly json?: boolean;
  readonly target: string;
  readonly port: string;
  readonly out?: string;
  readonly secret: readonly string[];
  readonly count?: string;
}

/** `usher connector record <name> --target <url>`: a proxy that writes what passes it as fixtures. */
export function addConnectorRecordCommand(connector: Command, run: RunCommand): void {
  connector
    .command("record")
    .description("turn real traffic into fixtures, with secrets and persons taken out")
    .argument("<name>")
    .requiredOption("--target <url>", "the vendor's API, such as https://api.acme.example")
    .option("--port <number>", "of the proxy on this machine; any free one by default", "0")
    .option(
      "--out <folder>",
      "where fixtures go; src/fixtures/recorded of the connector by default",
    )
    .option(
      "--secret <value>",
      "take this out too, wherever it shows up; may be given several times",
      (value: string, before: readonly string[]) => [...before, value],
      [] as readonly string[],
    )
    .option("--count <number>", "end after this many requests; Ctrl-C ends at any time")
    .option("--json", "print one JSON document")
    .action((text: string, options: RecordOptions) =>
      run(options, async ({ output }) => {
        const { folder } = findConnectorHome(parseConnectorName(text));
        const out = options.out ?? join(folder, "src/fixtures/recorded");
        const countMax = options.count === undefined ? null : wholeNumber(options.count, "--count");
        const redactor = createRedactor({ secrets: options.secret });
        const files: string[] = [];
        let end = () => {};
        const ended = new Promise<void>((resolve) => {
          end = resolve;
        });
        const proxy = await startRecordingProxy({
          target: parseTarget(options.target),
          port: wholeNumber(options.port, "--port"),
          onExchange(exchange) {
            const file = relative(process.cwd(), writeFixture({ exchange, redactor, folder: out }));
            files.push(file);
            output.say(`${colors.green(String(exchange.status))} ${exchange.method} → ${file}`);
            if (files.length === countMax) end();
          },
        });
        process.once("SIGINT", () => end());
        process.once("SIGTERM", () => end());
        output.say(
          `Set the connection's base URL to ${colors.bold(proxy.url)}; what it calls goes on to ${options.target} and is written to ${relative(process.cwd(), out)}. Ctrl-C ends.`,
        );
        await ended;
        await proxy.close();
        output.answer({ files }, () =>
          files.length === 0
            ? "Nothing passed the proxy, so nothing was written."
            : `${files.length} fixtures. Read them before you commit them: a name nobody foresaw may be left.`,
        );
      }),
    );
}

function parseTarget(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && ["http:", "https:"].includes(url.protocol)) return url;
  throw new CliFailure(`--target is "${text}"; expected a URL such as https://api.acme.example.`);
}

function wholeNumber(text: string, flag: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new CliFailure(`${flag} is "${text}"; expected a whole number.`);
}
