import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Failure, Stopped } from "./failure.mjs";

// Every process that the scripts start is in this map until it has ended, so that a stop, at any
// moment, reaches all of them. Captured ones lead a process group of their own: what they start
// themselves is reached as well.
const running = new Map();
let stopSignal;

/** Runs a program to its end and keeps what it prints. Never throws for a non-zero exit code. */
export function runCaptured(command, args, { cwd, env, onLine } = {}) {
  return run(command, args, { cwd, env, onLine, group: true, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs a program on this terminal: it reads the keys and prints for itself. */
export function runInherited(command, args, { cwd, env } = {}) {
  // On a terminal Ctrl-C goes to the whole foreground group, so the program must be in it, and
  // hears of it without us. Without a terminal it gets a group of its own and hears from us.
  return run(command, args, { cwd, env, group: !process.stdin.isTTY, stdio: "inherit" });
}

// As in packages/local-services: a reader on a pipe that ends when this process dies, even by
// SIGKILL, stops the program. `exec` makes `$$` the program's own pid.
const guardedStart =
  '(trap "" INT TERM HUP; (read -r _ <&3; kill -s TERM $$ 2>/dev/null) >/dev/null 2>&1 &) ; exec "$@" 3<&-';

function run(command, args, { cwd, env, onLine, group, stdio }) {
  if (stopSignal) return Promise.reject(new Stopped());
  return new Promise((resolve, reject) => {
    const streams = stdio === "inherit" ? ["inherit", "inherit", "inherit"] : stdio;
    const child = spawn("/bin/sh", ["-c", guardedStart, "sh", command, ...args], {
      cwd,
      env: env ?? process.env,
      detached: group,
      stdio: [...streams, "pipe"],
    });
    running.set(child, { group, captured: stdio !== "inherit", interactive: !group });
    child.stdio[3].on("error", () => {});
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
        onLine?.(text);
      });
    }
    child.on("error", (error) => {
      running.delete(child);
      reject(new Failure(`${command} could not be started: ${error.message}`));
    });
    // "exit", not "close": a program that the child left behind may hold its streams open.
    child.on("exit", (code, signal) => {
      child.stdio[3].destroy();
      setImmediate(() => {
        running.delete(child);
        if (group) signalChild(child, "SIGKILL", true);
        if (stopSignal) reject(new Stopped());
        else resolve({ code: code ?? 128 + constants.signals[signal], output });
      });
    });
  });
}

/**
 * From here on a request to stop (Ctrl-C, `kill`, a closed terminal, the death of the npm that
 * started us) stops all running programs first, and then this one.
 */
export function stopChildrenOnSignals() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      void stopAll(signal).then(() => process.exit(128 + constants.signals[signal]));
    });
  }
  const startedBy = ancestors();
  setInterval(() => {
    if (ancestors() !== startedBy) void stopAll("SIGTERM").then(() => process.exit(143));
  }, 500).unref();
}

/**
 * Parent and grandparent: npm runs scripts through a shell, so the death of npm shows one step
 * further up. Without /proc only the parent is known.
 */
function ancestors() {
  try {
    // `pid (name) state ppid …`; the name may hold spaces and brackets.
    const status = readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    return `${process.ppid} ${status.slice(status.lastIndexOf(")") + 2).split(" ")[1]}`;
  } catch {
    return `${process.ppid}`;
  }
}

async function stopAll(signal) {
  const first = stopSignal === undefined;
  stopSignal ??= signal;
  if (!first) return new Promise(() => {});
  for (const [child, { group, interactive }] of running) {
    const heardItself = interactive && signal === "SIGINT";
    if (!heardItself) signalChild(child, signal, group);
  }
  // What runs captured is an install or a check: it can be ended at any point and done again.
  await allEnded({ withinMs: 1_000, which: ({ captured }) => captured });
  await allEnded({ withinMs: 20_000, which: () => true });
}

async function allEnded({ withinMs, which }) {
  const left = () => [...running].filter(([, how]) => which(how));
  const deadline = Date.now() + withinMs;
  while (left().length > 0 && Date.now() < deadline) {
    await new Promise((wake) => setTimeout(wake, 25));
  }
  for (const [child, { group }] of left()) signalChild(child, "SIGKILL", group);
}

function signalChild(child, signal, group) {
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
