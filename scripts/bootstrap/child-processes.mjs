import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Stopped } from "./failure.mjs";

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
    running.set(child, { group });
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
      reject(error);
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
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stopAll("SIGTERM").then(() => process.exit(143));
  }, 500).unref();
}

async function stopAll(signal) {
  const first = stopSignal === undefined;
  stopSignal ??= signal;
  for (const [child, { group }] of running) {
    const heardItself = !group && signal === "SIGINT";
    if (first && !heardItself) signalChild(child, signal, group);
  }
  const deadline = Date.now() + 20_000;
  while (running.size > 0 && Date.now() < deadline)
    await new Promise((wake) => setTimeout(wake, 25));
  for (const [child, { group }] of running) signalChild(child, "SIGKILL", group);
}

function signalChild(child, signal, group) {
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
