import { createUsherClient } from "@usher/api-contract";
import type { Command } from "commander";
import colors from "picocolors";
import type { CliConfig } from "../config.ts";
import { createSimulatorControl } from "../simulator-control.ts";
import { claimHome, forgetAll } from "../start/claim-home.ts";
import { makeApprover, makeSignInLink } from "../start/demo-people.ts";
import { readOrMakeSecrets } from "../start/hub-secrets.ts";
import { playMainJob } from "../start/play-main-job.ts";
import { createProgressSteps } from "../start/progress-steps.ts";
import { sayWhatToTry, sayWhere } from "../start/say-where.ts";
import { seedDemo } from "../start/seed-demo.ts";
import { type RunningHub, startHub } from "../start/start-hub.ts";
import { untilApproved } from "../start/until-approved.ts";
import { untilStopped } from "../start/until-stopped.ts";
import { writeDemoFile } from "../start/write-demo-file.ts";
import type { RunCommand } from "./command-context.ts";

interface StartOptions {
  readonly json?: boolean;
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
    .option(
      "--json",
      "one JSON document a line on stdout (ready, each event, done), sentences on stderr",
    )
    .action((options: StartOptions) => run(options, ({ config }) => start(config, options)));
}

async function start(config: CliConfig, options: StartOptions): Promise<void> {
  const stopping = new AbortController();
  const stopSoon = () => stopping.abort(new Error("stopped"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stopSoon);
  const forPeople = options.json ? process.stderr : process.stdout;
  const say = (line: string) => void forPeople.write(`${line}\n`);
  const emit = (what: string, data: unknown) => {
    if (options.json) process.stdout.write(`${JSON.stringify({ what, data })}\n`);
  };
  const began = performance.now();

  // Claimed before anything is touched: a reset under a running hub would take its books away.
  const giveBack = claimHome(config.home);
  if (options.reset) forgetAll(config.home);
  const secrets = readOrMakeSecrets(config.home);
  const promise =
    "from closed-won to access. Nothing leaves this computer; Ctrl-C stops everything.";
  say(`${colors.bold("Usher")} ${colors.dim(promise)}`);
  let hub: RunningHub | undefined;
  try {
    hub = await startHub({
      config: options.reset ? { ...config, demo: undefined } : config,
      secrets,
      steps: createProgressSteps({ stream: forPeople, now: () => performance.now() }),
      say: (sentence) => say(colors.dim(`    ${sentence}`)),
      signal: stopping.signal,
      connect: ({ operatorKey: apiKey, ...urls }) =>
        seedDemo({
          ...urls,
          hub: createUsherClient({ baseUrl: urls.baseUrl, apiKey }),
          simulator: createSimulatorControl(urls.simulatorUrl),
          secrets,
          isBooked: true,
        }),
    });
    const { baseUrl } = hub;
    const operator = createUsherClient({ baseUrl, apiKey: hub.operatorKey });
    const simulator = createSimulatorControl(hub.simulatorUrl);
    const approver = await makeApprover(operator);
    const signInLink = await makeSignInLink(operator);
    emit("ready", writeDemoFile({ home: config.home, hub }));
    say(
      `  ${colors.green("Ready")} ${colors.dim(`after ${((performance.now() - began) / 1000).toFixed(1)} s`)}\n`,
    );
    sayWhere({ hub, say, signInLink, home: config.home });

    if (options.demo) {
      const now = new Date().toISOString();
      const done = await playMainJob({
        hub: operator,
        approver: createUsherClient({ baseUrl, apiKey: approver.apiKey }),
        simulator,
        baseUrl,
        today: now.slice(0, 10),
        account: `Acme ${now.slice(11, 19).replaceAll(":", "")}`,
        signal: stopping.signal,
        say,
        onEvent: (event) => emit("event", event),
        untilApproved: (taskPage) =>
          untilApproved({
            taskPage,
            baseUrl,
            approverKey: approver.apiKey,
            stdin: process.stdin,
            say,
            signal: stopping.signal,
            onInterrupt: stopSoon,
          }),
      });
      emit("done", done);
      if (!options.once) sayWhatToTry({ customer: done.customer, number: done.order.number, say });
    }
    if (options.once) return;
    const rest =
      "It stays up: win, edit and break deals on the simulator's page. Ctrl-C stops everything.";
    say(`\n${colors.dim(rest)}`);
    await untilStopped({ hub, signal: stopping.signal });
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    if (hub !== undefined) {
      if (!options.once) say(colors.dim("\nStopping …"));
      await hub.stop();
    }
    giveBack();
  }
}
