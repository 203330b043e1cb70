import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFreePort } from "@usher/local-services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "./until.ts";

const main = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "usher-start-"));
/** In the environment of everything that a start leaves running. */
const mark = `usher-start-${randomUUID()}`;
/** As root, PostgreSQL's data is kept apart from the home; where, it says. */
const dataFolders = new Set<string>();
let port: number;
beforeAll(async () => {
  port = await findFreePort({ name: "usher start", say: () => undefined });
});
afterAll(() => {
  for (const folder of [home, ...dataFolders]) rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly process: ChildProcess;
  readonly lines: () => readonly { readonly what: string; readonly data: never }[];
  readonly sentences: () => string;
  readonly ended: Promise<number | null>;
}

function start(...options: readonly string[]): Started {
  const child = spawn(process.execPath, [main, "start", "--json", ...options], {
    env: {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
      USHER_HOME: home,
      USHER_PORT: String(port),
      MARK: mark,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
    const [, folder] = /its data is kept in (\S+)\./.exec(stderr) ?? [];
    if (folder !== undefined) dataFolders.add(folder);
  });
  return {
    process: child,
    lines: () =>
      stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
    sentences: () => stderr,
    ended: new Promise((resolve) => child.once("exit", resolve)),
  };
}

/** What still runs of what a start has started. Linux tells by /proc. */
function leftovers(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const told =
          readFileSync(`/proc/${pid}/environ`) + readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return told.includes(mark) || told.includes(home);
      } catch {
        // It has ended in between, or is somebody else's.
        return false;
      }
    });
}

/** The watchers of a process end a moment after it, when its pipe closes. */
async function nothingIsLeft(): Promise<void> {
  await until({
    what: "everything that was started to end",
    timeoutMs: 15_000,
    ask: async () => leftovers().length === 0 || undefined,
  });
}

function answers(address: string): Promise<boolean> {
  const { hostname, port: at } = new URL(address.includes("://") ? address : `tcp://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(at) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

describe.skipIf(process.platform !== "linux")("usher start", () => {
  it("plays one deal from won to Active, tells it line by line, and leaves nothing running", async () => {
    const started = start("--once");
    expect(await started.ended, started.sentences()).toBe(0);
    const lines = started.lines();
    expect(lines.map(({ what }) => what)).toEqual([
      "ready",
      ...Array.from({ length: lines.length - 2 }, () => "event"),
      "done",
    ]);
    const done = lines.at(-1)?.data as unknown as { readonly order: { readonly status: string } };
    expect(done.order.status).toBe("Active");
    const demo = lines[0]?.data as unknown as Record<
      "base_url" | "temporal_address" | "database_url",
      string
    >;
    expect(JSON.parse(readFileSync(join(home, "demo.json"), "utf8"))).toEqual(demo);
    for (const address of [demo.base_url, demo.temporal_address, demo.database_url])
      expect(await answers(address), address).toBe(false);
    await nothingIsLeft();
  });

  it("comes back to the same key and books after it was killed, lets no other start under it, and stops on Ctrl-C", async () => {
    const keyOf = (one: Started) =>
      (
        one.lines().find(({ what }) => what === "ready")?.data as unknown as
          | { readonly api_key: string }
          | undefined
      )?.api_key;
    const killed = start("--no-demo");
    const key = await until({
      what: "the hub to be ready",
      timeoutMs: 90_000,
      ask: async () => keyOf(killed),
    });
    killed.process.kill("SIGKILL");
    await killed.ended;
    await nothingIsLeft();

    const again = start("--no-demo");
    expect(
      await until({
        what: "the hub to be ready again",
        timeoutMs: 90_000,
        ask: async () => keyOf(again),
      }),
    ).toBe(key);
    const another = start("--reset", "--once");
    expect(await another.ended).toBe(2);
    expect(another.sentences()).toMatch(/Usher already runs from .* \(process \d+/);
    expect(existsSync(join(home, "secrets.json"))).toBe(true);
    again.process.kill("SIGINT");
    expect(await again.ended).toBe(0);
    await nothingIsLeft();
  });

  it("reads nothing from whoever took its simulator's port meanwhile, such as another demo", async () => {
    const first = start("--no-demo", "--once");
    expect(await first.ended, first.sentences()).toBe(0);
    const { simulator } = JSON.parse(readFileSync(join(home, "demo.json"), "utf8"));
    const heard: string[] = [];
    const other = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.writeHead(503).end();
    });
    await new Promise<void>((resolve) =>
      other.listen(Number(new URL(simulator.salesforce.url).port), "127.0.0.1", resolve),
    );
    try {
      const second = start("--no-demo", "--once");
      expect(await second.ended, second.sentences()).toBe(0);
      const now = JSON.parse(readFileSync(join(home, "demo.json"), "utf8"));
      expect(now.simulator.salesforce.url).not.toBe(simulator.salesforce.url);
      expect(heard).toEqual([]);
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    await nothingIsLeft();
  });

  it("leaves nothing running when it is stopped half-way", async () => {
    const started = start();
    await until({
      what: "PostgreSQL or Temporal to run",
      ask: async () => /✓ (PostgreSQL|Temporal)/.test(started.sentences()) || undefined,
    });
    started.process.kill("SIGINT");
    await started.ended;
    await nothingIsLeft();
  });
});
