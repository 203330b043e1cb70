import { rmSync, writeFileSync } from "node:fs";
import { createUsherClient } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import { type CliConfig, type DemoFile, demoFilePath } from "../config.ts";
import { createSimulatorControl } from "../simulator-control.ts";
import { makeApprover, makeSignInLink } from "../start/demo-people.ts";
import { readOrMakeSecrets } from "../start/hub-secrets.ts";
import { playMainJob } from "../start/play-main-job.ts";
import { createProgressSteps } from "../start/progress-steps.ts";
import { onKeyPress } from "../start/read-key.ts";
import { seedDemo } from "../start/seed-demo.ts";
import { type RunningHub, startHub } from "../start/start-hub.ts";
import type { RunCommand } from "./command-context.ts";

interface StartOptions {
  readonly reset?: boolean;
  readonly once?: boolean;
  readonly demo: boolean;
}

/** `usher start`, behind `npm start`: the whole hub on this machine, and the main job to watch. */
export function addStartCommand(program: Command, run: RunCommand): void {
  program
    .command("start")
    .description("start everything on this machine and play one deal from won to Active")
    .option("--reset", "forget an earlier demo first: its database, orders and secrets")
    .option("--once", "end when the main job is done")
    .option("--no-demo", "start everything, play nothing")
    .action((options: StartOptions) => run({}, ({ config }) => start(config, options)));
}

async function start(config: CliConfig, options: StartOptions): Promise<void> {
  const stopping = new AbortController();
  const stopSoon = () => stopping.abort(new Error("stopped"));
  process.once("SIGINT", stopSoon);
  process.once("SIGTERM", stopSoon);
  process.once("SIGHUP", stopSoon);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const began = performance.now();

  if (options.reset) rmSync(config.home, { recursive: true, force: true });
  const secrets = readOrMakeSecrets(config.home);
  say(
    colors.bold("Usher") +
      colors.dim(
        " from closed-won to access. Nothing leaves this computer; Ctrl-C stops everything.",
      ),
  );
  let hub: RunningHub | undefined;
  try {
    hub = await startHub({
      config,
      secrets,
      steps: createProgressSteps({ stream: process.stdout, now: () => performance.now() }),
      say: (sentence) => say(colors.dim(`    ${sentence}`)),
      signal: stopping.signal,
    });
    const operator = createUsherClient({ baseUrl: hub.baseUrl, apiKey: hub.operatorKey });
    const simulator = createSimulatorControl(hub.simulatorUrl);
    await seedDemo({
      hub: operator,
      baseUrl: hub.baseUrl,
      simulatorUrl: hub.simulatorUrl,
      simulator,
      secrets,
    });
    const approver = await makeApprover(operator);
    const signInLink = await makeSignInLink(operator);
    writeDemoFile(config, hub);
    say(
      `  ${colors.green("Ready")} ${colors.dim(`after ${((performance.now() - began) / 1000).toFixed(1)} s`)}\n`,
    );
    sayWhere({ hub, say, signInLink, home: config.home });

    if (options.demo) {
      await playMainJob({
        hub: operator,
        approver: createUsherClient({ baseUrl: hub.baseUrl, apiKey: approver.apiKey }),
        simulator,
        baseUrl: hub.baseUrl,
        today: new Date().toISOString().slice(0, 10),
        account: `Acme ${new Date().toISOString().slice(11, 19).replaceAll(":", "")}`,
        signal: stopping.signal,
        say,
        untilApproved: (page) =>
          untilKeyOrPage({
            page,
            approver: approver.apiKey,
            baseUrl: hub?.baseUrl ?? "",
            say,
            signal: stopping.signal,
            stopSoon,
          }),
      });
    }
    if (options.once) return;
    say(
      `\n${colors.dim("It stays up: win, edit and break deals on the simulator's page. Ctrl-C stops everything.")}`,
    );
    await untilStopped({ hub, signal: stopping.signal });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    if (hub !== undefined) {
      if (!options.once) say(colors.dim("\nStopping …"));
      await hub.stop();
    }
  }
}

function writeDemoFile(config: CliConfig, hub: RunningHub): void {
  const demo: DemoFile = {
    base_url: hub.baseUrl,
    api_key: hub.operatorKey,
    console_url: `${hub.baseUrl}/orders`,
    temporal_address: hub.temporalAddress,
    database_url: hub.databaseUrl,
    simulator: {
      salesforce: { url: hub.simulatorUrl },
      stripe: { url: hub.simulatorUrl },
    },
  };
  writeFileSync(demoFilePath(config.home), `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
}

function sayWhere(input: {
  readonly hub: RunningHub;
  readonly signInLink: string;
  readonly home: string;
  readonly say: (line: string) => void;
}): void {
  const { hub, say } = input;
  const line = (what: string, where: string) => say(`  ${what.padEnd(22)} ${colors.cyan(where)}`);
  line("API", hub.baseUrl);
  line("API docs", `${hub.baseUrl}/docs`);
  line("Demo key", hub.operatorKey);
  line("Orders", `${hub.baseUrl}/orders`);
  line("Sign in as Dana", input.signInLink);
  line("Simulated vendors", hub.simulatorUrl);
  if (hub.temporalUiUrl !== undefined) line("Temporal", hub.temporalUiUrl);
  line("All of it as a file", demoFilePath(input.home));
  say("");
}

/** A key at the terminal; the decision made on the page; or, where there is no terminal, at once. */
async function untilKeyOrPage(input: {
  readonly page: string;
  readonly approver: string;
  readonly baseUrl: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  readonly stopSoon: () => void;
}): Promise<void> {
  if (!process.stdin.isTTY) {
    input.say(colors.dim("          No terminal to press a key in: Dana approves by herself."));
    return;
  }
  input.say(
    `          ${colors.yellow("Waiting for Finance.")} Press ${colors.bold("a")} to approve as Dana, or decide at ${colors.cyan(input.page)}`,
  );
  const asDana = createUsherClient({ baseUrl: input.baseUrl, apiKey: input.approver });
  const taskId = input.page.split("/").at(-1) ?? "";
  await new Promise<void>((resolve, reject) => {
    const finish = (settle: () => void) => {
      keys.stop();
      clearInterval(watch);
      settle();
    };
    const keys = onKeyPress({
      stdin: process.stdin,
      onKey: (key) => {
        if (key === "a") finish(resolve);
      },
      onInterrupt: input.stopSoon,
    });
    const watch = setInterval(() => {
      void asDana.call("getApprovalTask", { path: { id: taskId } }).then(
        (answer) => {
          if (answer.ok && answer.data.status !== "open") finish(resolve);
        },
        // A hub that is away for a moment is asked again; the key still works.
        () => {},
      );
    }, 1_000);
    input.signal.addEventListener("abort", () => finish(() => reject(new Error("stopped"))), {
      once: true,
    });
  });
}

/** Until Ctrl-C; a part that ends by itself ends the rest too, with its last words. */
async function untilStopped(input: {
  readonly hub: RunningHub;
  readonly signal: AbortSignal;
}): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (input.signal.aborted) resolve();
    input.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const ended = input.hub.processes().map(async (process) => {
    await process.ended;
    if (input.signal.aborted) return;
    throw new Error(
      `A part of the hub ended by itself. The end of its log:\n${process.lastLines(12)}`,
    );
  });
  await Promise.race([stopped, ...ended]);
}
