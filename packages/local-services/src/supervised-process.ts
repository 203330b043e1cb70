import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

export interface SupervisedProcessInput {
  /** How sentences name the process, e.g. `PostgreSQL`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Account to run as; only root may ask for another one than its own. */
  readonly uid?: number;
  readonly gid?: number;
  /** Standard output and error are appended to this file. */
  readonly logFile: string;
  /** What asks the process to stop in good order. */
  readonly stopSignal: "SIGINT" | "SIGTERM";
  /** After this long a stop turns into SIGKILL. */
  readonly stopTimeoutMs?: number;
}

export interface SupervisedProcess {
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** True until the process has ended. */
  isRunning(): boolean;
  /** Stops the process and everything it started; safe to call twice. */
  stop(): Promise<void>;
  /** The last lines of the log file, for a message about a failed start. */
  lastLines(count: number): string;
}

// The watcher reads from a pipe whose other end this process holds and never writes to. When this
// process dies, by SIGKILL too, the kernel closes the pipe, the read ends, and the watcher stops
// the process. `exec` makes the command take the shell's place, so `$$` is the command's own pid.
// The inner parentheses orphan the watcher: a database must not find a child it did not start.
const guardedStart =
  '(trap "" INT TERM HUP; (read -r _ <&3; kill -s "$0" $$ 2>/dev/null) &) ; exec "$@" 3<&-';

/**
 * Starts a process that cannot outlive this one: in a process group of its own, so that Ctrl-C in
 * the terminal reaches it only through {@link SupervisedProcess.stop}, and watched, so that it is
 * stopped when this process is killed without a chance to clean up. Needs a POSIX shell.
 */
export function startSupervisedProcess(input: SupervisedProcessInput): SupervisedProcess {
  mkdirSync(dirname(input.logFile), { recursive: true });
  const log = openSync(input.logFile, "a");
  const child = spawn(
    "/bin/sh",
    ["-c", guardedStart, input.stopSignal.slice(3), input.command, ...input.args],
    {
      cwd: input.cwd,
      env: input.env ?? process.env,
      detached: true,
      stdio: ["ignore", log, log, "pipe"],
      ...(input.uid === undefined ? {} : { uid: input.uid }),
      ...(input.gid === undefined ? {} : { gid: input.gid }),
    },
  );
  closeSync(log);
  const running = watch(child);
  if (child.pid === undefined) {
    throw new Error(`${input.name} could not be started: /bin/sh is not there or may not be run.`);
  }
  const pid = child.pid;
  let stopping: Promise<void> | undefined;
  return {
    pid,
    logFile: input.logFile,
    ended: running.ended,
    isRunning: running.isRunning,
    stop: () => {
      stopping ??= stopGroup({ pid, running, input });
      return stopping;
    },
    lastLines: (count) =>
      readFileSync(input.logFile, "utf8").trimEnd().split("\n").slice(-count).join("\n"),
  };
}

function watch(child: ChildProcess) {
  let isRunning = true;
  // The pipe breaks when the process ends first; that is no fault of ours.
  child.stdio[3]?.on("error", () => undefined);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    const end = (code: number | null, signal: string | null) => {
      if (!isRunning) return;
      isRunning = false;
      // The watcher is the last member of the group; nothing else can have taken the group's id.
      signalGroup(child.pid, "SIGKILL");
      child.stdio[3]?.destroy();
      resolve({ code, signal });
    };
    child.once("exit", end);
    child.once("error", () => end(null, null));
  });
  return { isRunning: () => isRunning, ended };
}

async function stopGroup({
  pid,
  running,
  input,
}: {
  readonly pid: number;
  readonly running: ReturnType<typeof watch>;
  readonly input: SupervisedProcessInput;
}): Promise<void> {
  if (!running.isRunning()) return;
  process.kill(pid, input.stopSignal);
  const timeout = setTimeout(() => signalGroup(pid, "SIGKILL"), input.stopTimeoutMs ?? 10_000);
  await running.ended;
  clearTimeout(timeout);
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the whole group has ended already, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
