import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { commandLineOf } from "./process-identity.ts";
import { startSupervisedProcess } from "./supervised-process.ts";

const folder = mkdtempSync(join(tmpdir(), "usher-supervised-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a supervised process", () => {
  it("stops when asked, with all that it started", async () => {
    const one = start(
      "stopped",
      'trap "exit 0" TERM; sleep 300 & echo $!; while :; do sleep 0.05; done',
    );
    const grandchild = await firstLine(one);
    await one.stop();
    expect(one.isRunning()).toBe(false);
    await gone([one.pid, grandchild]);
  });

  it("is killed when it does not stop in time", async () => {
    const one = start("stubborn", 'trap "" TERM; echo $$; while :; do sleep 0.05; done', 200);
    await firstLine(one);
    await one.stop();
    expect((await one.ended).signal).toBe("SIGKILL");
  });

  it("leaves no watcher behind when it ends by itself", async () => {
    const one = start("brief", "exit 3");
    expect(await one.ended).toEqual({ code: 3, signal: null });
    await expect.poll(() => groupMembers(one.pid), { timeout: 5_000 }).toBe("");
  });

  it("stops when its starter is killed with SIGKILL", async () => {
    const starter = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `import { startSupervisedProcess } from ${JSON.stringify(fileURLToPath(new URL("./supervised-process.ts", import.meta.url)))};
       const one = startSupervisedProcess({ name: "sleep", command: "/bin/sleep", args: ["300"], logFile: ${JSON.stringify(join(folder, "orphan.log"))}, stopSignal: "SIGTERM" });
       console.log(one.pid);`,
    ]);
    const pid = await new Promise<number>((resolve) => {
      starter.stdout.once("data", (text: Buffer) => resolve(Number(text.toString())));
    });
    await expect.poll(() => commandLineOf(pid)).toBe("/bin/sleep 300");
    starter.kill("SIGKILL");
    await gone([pid]);
  });
});

function start(name: string, script: string, stopTimeoutMs = 5_000) {
  return startSupervisedProcess({
    name,
    command: "/bin/sh",
    args: ["-c", script],
    logFile: join(folder, `${name}.log`),
    stopSignal: "SIGTERM",
    stopTimeoutMs,
  });
}

async function firstLine(one: ReturnType<typeof start>): Promise<number> {
  await expect.poll(() => one.lastLines(1), { timeout: 5_000 }).toMatch(/^\d+$/);
  return Number(one.lastLines(1));
}

async function gone(pids: readonly number[]): Promise<void> {
  await expect.poll(() => pids.map(commandLineOf), { timeout: 10_000 }).toEqual(pids.map(() => ""));
}

/** The commands in a process group, as the kernel knows them: empty when the group is gone. */
function groupMembers(group: number): string {
  try {
    process.kill(-group, 0);
    return `group ${group} has members`;
  } catch {
    return "";
  }
}
