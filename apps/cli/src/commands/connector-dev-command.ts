import { relative } from "node:path";
import type { Command } from "commander";
import colors from "picocolors";
import { CliFailure } from "../cli-failure.ts";
import { findConnectorHome } from "../connector/connector-home.ts";
import { parseConnectorName } from "../connector/connector-name.ts";
import { firstScene } from "../connector/dev/scene.ts";
import { createSceneRunner, type ScenePlayed } from "../connector/dev/scene-runner.ts";
import { startInspector } from "../connector/dev/start-inspector.ts";
import type { RunCommand } from "./command-context.ts";

interface DevOptions {
  readonly json?: boolean;
  readonly port: string;
  readonly once?: boolean;
}

/** `usher connector dev <name>`: the connector, its peer and the inspector, on this machine alone. */
export function addConnectorDevCommand(connector: Command, run: RunCommand): void {
  connector
    .command("dev")
    .description("run a connector against its peer, and look at every call it makes")
    .argument("<name>")
    .option("--port <number>", "of the inspector; any free one by default", "0")
    .option("--once", "play one scene, print it, and end")
    .option("--json", "print one JSON document a line")
    .action((text: string, options: DevOptions) =>
      run(options, async () => {
        const name = parseConnectorName(text);
        const home = findConnectorHome(name);
        const isOnce = options.once ?? false;
        const tell = (value: unknown, render: () => string) => {
          process.stdout.write(`${options.json ? JSON.stringify(value) : render()}\n`);
        };
        const runner = createSceneRunner({
          home,
          isWatching: !isOnce,
          onPlayed: (played) => tell(played, () => sceneLine(played)),
        });
        try {
          if (isOnce) {
            const played = await runner.play(firstScene);
            if (played === null || failureOf(played) !== null) process.exitCode = 1;
            return;
          }
          const inspector = await startInspector({
            name,
            home,
            runner,
            port: portOf(options.port),
          });
          const watched = relative(process.cwd(), home.folder);
          tell({ url: inspector.url }, () =>
            [
              `Inspector: ${colors.bold(inspector.url)}`,
              `Save a file below ${watched}/src and the last scene is played again. Ctrl-C ends.`,
            ].join("\n"),
          );
          await runner.play(firstScene);
          await new Promise<void>((resolve) => {
            process.once("SIGINT", () => resolve());
            process.once("SIGTERM", () => resolve());
          });
          await inspector.close();
        } finally {
          runner.close();
        }
      }),
    );
}

function failureOf({ trace }: ScenePlayed) {
  return trace.failure ?? trace.steps.find(({ error }) => error !== null)?.error ?? null;
}

function sceneLine(played: ScenePlayed): string {
  const { number, trace, tookMs, because } = played;
  const failure = failureOf(played);
  const mark = failure === null ? colors.green("✓") : colors.red("✗");
  const why = because === "asked" ? "" : ` (${because})`;
  return [
    `${mark} scene ${number}: ${trace.steps.length} steps in ${tookMs} ms${why}`,
    ...(failure === null
      ? []
      : [`  ${failure.message}`, ...(failure.at === null ? [] : [`  at ${failure.at}`])]),
  ].join("\n");
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CliFailure(`--port is "${text}"; expected a number from 0 to 65535.`);
}
