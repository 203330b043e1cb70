import { join } from "node:path";
import { type SupervisedProcess, startSupervisedProcess, waitUntil } from "@usher/local-services";
import { CliFailure } from "../cli-failure.ts";
import { childEnvironment, projectRoot } from "../config.ts";

/** A part of the hub that runs as a process of its own and answers on a URL. */
export interface RunningPart {
  readonly url: string;
  readonly process: SupervisedProcess;
}

/** Starts `node <entry>` and waits until `readyUrl` answers with 2xx, or says what its log says. */
export async function startPart(input: {
  readonly name: string;
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly url: string;
  readonly readyPath: string;
  readonly onStarted: (process: SupervisedProcess) => void;
}): Promise<RunningPart> {
  const process = startSupervisedProcess({
    name: input.name,
    command: globalThis.process.execPath,
    args: ["--enable-source-maps", join(projectRoot, input.entry)],
    env: childEnvironment(input.env),
    cwd: projectRoot,
    logFile: join(input.logFolder, `${input.name}.log`),
    stopSignal: "SIGTERM",
    stopTimeoutMs: 20_000,
  });
  input.onStarted(process);
  const failure = (what: string) =>
    new CliFailure(`The ${input.name} ${what}. The end of its log:\n${process.lastLines(12)}`, {
      hint: `The whole log: ${process.logFile}`,
    });
  await waitUntil(
    async () => {
      if (!process.isRunning()) throw failure("ended while it was starting");
      return await answersReady(`${input.url}${input.readyPath}`);
    },
    { timeoutMs: 60_000, giveUp: () => failure("was not ready within 60 seconds") },
  );
  return { url: input.url, process };
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet: that is what is being waited for.
    return false;
  }
}
