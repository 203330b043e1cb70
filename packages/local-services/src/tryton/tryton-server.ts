import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort, loopback } from "../free-port.ts";
import { type SupervisedProcess, startSupervisedProcess } from "../supervised-process.ts";
import { waitUntil } from "../wait-until.ts";
import type { TrytonPrograms } from "./tryton-programs.ts";
import { trytonDatabase } from "./tryton-rpc.ts";

export type InstalledTryton = Extract<TrytonPrograms, { readonly kind: "installed" }>;

/** A folder with `erp.sqlite` in it is a database; this writes the server's settings beside it. */
export function writeTrytonSettings(input: {
  readonly folder: string;
  readonly port: number;
}): string {
  const { folder, port } = input;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "trytond.conf");
  writeFileSync(
    file,
    `[database]\nuri = sqlite://\npath = ${folder}\n[web]\nlisten = ${loopback}:${port}\n`,
  );
  return file;
}

export interface TrytonServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a server on the database in `folder` and waits until it answers for that database. */
export async function startTrytonServer(input: {
  readonly programs: InstalledTryton;
  readonly folder: string;
}): Promise<TrytonServer> {
  const { programs, folder } = input;
  const port = await findFreePort({ name: "Tryton", say: () => undefined });
  const settings = writeTrytonSettings({ folder, port });
  const server = startSupervisedProcess({
    name: "Tryton",
    command: programs.server,
    // Named at the start: otherwise the first calls are answered with an error about res.user.
    args: ["-c", settings, "-d", trytonDatabase],
    logFile: join(folder, "trytond.log"),
    stopSignal: "SIGTERM",
  });
  const url = `http://${loopback}:${port}`;
  try {
    await waitUntil(() => answers({ url, server }), {
      timeoutMs: 60_000,
      giveUp: () =>
        new Error(`Tryton did not answer within 60 seconds. Its log: ${server.logFile}`),
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url, pid: server.pid, stop: server.stop };
}

async function answers(input: {
  readonly url: string;
  readonly server: SupervisedProcess;
}): Promise<boolean> {
  const { url, server } = input;
  if (!server.isRunning()) {
    throw new Error(
      `Tryton ended while starting. The end of its log (${server.logFile}):\n${server.lastLines(12)}`,
    );
  }
  try {
    const answer = await fetch(`${url}/rpc/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"id":1,"method":"common.server.version","params":[]}',
      signal: AbortSignal.timeout(5_000),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
