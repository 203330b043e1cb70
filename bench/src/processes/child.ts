import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
const startTimeoutMs = 60_000;
const askTimeoutMs = 120_000;

/** A process of this harness, asked over Node's own channel. It ends when the channel does, however that came. */
export interface Child<Asked, Answered> {
  readonly pid: number;
  ask(message: Asked): Promise<Answered>;
  stop(): Promise<void>;
}

/**
 * Starts `file` (relative to `bench/src/`) and waits for its first message, which is handed over as
 * `first`. On `core` alone where the system has `taskset`, anywhere otherwise.
 */
export async function startChild<First, Asked = never, Answered = never>({
  file,
  env = {},
  core,
}: {
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly core?: number;
}): Promise<{ readonly child: Child<Asked, Answered>; readonly first: First }> {
  const process = spawn(
    globalThis.process.execPath,
    [fileURLToPath(new URL(`../${file}`, import.meta.url))],
    {
      env: { ...globalThis.process.env, ...env },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    },
  );
  const first = (await nextMessage({ process, file, timeoutMs: startTimeoutMs })) as First;
  const { pid } = process;
  if (pid === undefined) throw new Error(`${file} has no process id.`);
  if (core !== undefined) await pinToCore({ pid, core });
  return {
    first,
    child: {
      pid,
      ask: async (message) => {
        const answer = nextMessage({ process, file, timeoutMs: askTimeoutMs });
        process.send(message as object);
        return (await answer) as Answered;
      },
      stop: async () => {
        if (process.exitCode !== null || process.signalCode !== null) return;
        const ended = new Promise((resolve) => process.once("exit", resolve));
        const timer = setTimeout(() => process.kill("SIGKILL"), 10_000);
        process.disconnect();
        await ended;
        clearTimeout(timer);
      },
    },
  };
}

/** All threads of the process, from now on, on one core. Without `taskset` nothing happens: the ratio stays, with more noise. */
export async function pinToCore({
  pid,
  core,
}: {
  readonly pid: number;
  readonly core: number;
}): Promise<void> {
  await execute("taskset", ["-a", "-p", "-c", String(core), String(pid)]).catch(() => undefined);
}

async function nextMessage({
  process,
  file,
  timeoutMs,
}: {
  readonly process: ChildProcess;
  readonly file: string;
  readonly timeoutMs: number;
}): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(() => reject(new Error(`${file} said nothing for ${timeoutMs / 1000} s.`))),
      timeoutMs,
    );
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onExit = (code: number | null) =>
      settle(() => reject(new Error(`${file} ended with ${code} where an answer was expected.`)));
    const settle = (end: () => void) => {
      clearTimeout(timer);
      process.off("message", onMessage);
      process.off("exit", onExit);
      end();
    };
    process.on("message", onMessage);
    process.on("exit", onExit);
  });
}
