import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const module = fileURLToPath(new URL("./child-processes.mjs", import.meta.url));

// A program that starts a long child through the module and prints the child's pid.
const program = `
  import { runCaptured, stopChildrenOnSignals } from ${JSON.stringify(module)};
  stopChildrenOnSignals();
  await runCaptured("/bin/sh", ["-c", "sleep 300 & echo $! $$; wait"], {
    onLine: (text) => process.stdout.write(text),
  }).catch((error) => process.stdout.write(error.name));
`;

describe("a program that was started", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"])("ends with all it started on %s", async (signal) => {
    const { parent, started, ended } = await startProgram();
    parent.kill(signal);
    await ended;
    await untilGone(started);
  });

  it("ends, too, when its parent is killed without a chance to say so", async () => {
    const { parent, started, ended } = await startProgram();
    parent.kill("SIGKILL");
    await ended;
    // The watcher stops the program itself; what that one started is its own affair.
    await untilGone(started.slice(1));
    for (const pid of started.slice(0, 1))
      execFileSync("kill", ["-9", String(pid)], { stdio: "ignore" });
  });

  it("is answered with its exit code and what it printed", async () => {
    const { runCaptured } = await import("./child-processes.mjs");
    const { code, output } = await runCaptured("/bin/sh", ["-c", "echo out; echo err >&2; exit 7"]);
    expect(code).toBe(7);
    expect(output.split("\n").toSorted().join(" ").trim()).toBe("err out");
  });
});

async function startProgram() {
  const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => parent.once("exit", resolve));
  const started = await new Promise((resolve) => {
    let text = "";
    parent.stdout.setEncoding("utf8").on("data", (piece) => {
      text += piece;
      const match = /^(\d+) (\d+)\n/.exec(text);
      if (match) resolve([Number(match[1]), Number(match[2])]);
    });
  });
  return { parent, started, ended };
}

async function untilGone(pids) {
  await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    // An ended process that nobody has collected yet is not running.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
